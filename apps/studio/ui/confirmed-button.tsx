import { useEffect, useState } from 'react';
import { Button } from './controls.js';
import { isRepeatedPress } from './press.js';

interface ConfirmedButtonProps {
  readonly children: string;
  /** What it says once it was pressed: what is done by pressing it again. */
  readonly sure: string;
  readonly disabled: boolean;
  readonly onConfirm: () => void;
}

/** So long after the first press another one may still be meant for what the button said before. */
const READ_MS = 400;

/** For what cannot be had back: pressed twice, and the second time it says what goes. A double click is the first press only. */
export function ConfirmedButton({ children, sure, disabled, onConfirm }: ConfirmedButtonProps) {
  const [asked, setAsked] = useState<'no' | 'just now' | 'yes'>('no');
  useEffect(() => {
    if (asked !== 'just now') return undefined;
    const timer = setTimeout(() => setAsked('yes'), READ_MS);
    return () => clearTimeout(timer);
  }, [asked]);
  const press = (): void => {
    if (asked === 'no') setAsked('just now');
    else if (asked === 'yes' && !isRepeatedPress()) onConfirm();
  };
  // Not `disabled`, which would take the focus away from who presses it by keyboard.
  return (
    <Button onClick={press} disabled={disabled} aria-disabled={asked === 'just now' || undefined}>
      {asked === 'no' ? children : sure}
    </Button>
  );
}
