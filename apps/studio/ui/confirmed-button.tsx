import { useState } from 'react';
import { Button } from './controls.js';

interface ConfirmedButtonProps {
  readonly children: string;
  /** What it says once it was pressed: what is done by pressing it again. */
  readonly sure: string;
  readonly disabled: boolean;
  readonly onConfirm: () => void;
}

/** For what cannot be had back: pressed twice, and the second time it says what goes. */
export function ConfirmedButton({ children, sure, disabled, onConfirm }: ConfirmedButtonProps) {
  const [pressed, setPressed] = useState(false);
  return (
    <Button onClick={() => (pressed ? onConfirm() : setPressed(true))} disabled={disabled}>
      {pressed ? sure : children}
    </Button>
  );
}
