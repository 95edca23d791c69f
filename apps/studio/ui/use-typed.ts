import { useEffect, useRef, useState } from 'react';

const QUIET_MS = 300;

/**
 * The text of a search field, and how to change it: `onAsk` is called once typing pauses. Whatever else changes `asked`, going back
 * or a link, shows in the field unless somebody is typing.
 */
export function useTyped(asked: string, onAsk: (text: string) => void): readonly [text: string, type: (text: string) => void] {
  const [typed, setTyped] = useState<string>();
  const ask = useRef(onAsk);
  useEffect(() => void (ask.current = onAsk));
  useEffect(() => {
    if (typed === undefined) return undefined;
    const timer = setTimeout(() => {
      ask.current(typed);
      setTyped(undefined);
    }, QUIET_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return [typed ?? asked, setTyped];
}
