import { useRef } from 'react';
import { isRepeatedPress } from './press.js';

/**
 * One press is one call: what repeats a press does nothing, and neither does what is pressed before the call is over. A button that
 * is disabled meanwhile says so, but only from its next drawing on, and not when the answer was faster than the second click.
 */
export function useOnce<A extends readonly unknown[]>(call: (...args: A) => Promise<unknown>): (...args: A) => void {
  const busy = useRef(false);
  return (...args) => {
    if (busy.current || isRepeatedPress()) return;
    busy.current = true;
    void call(...args).finally(() => (busy.current = false));
  };
}
