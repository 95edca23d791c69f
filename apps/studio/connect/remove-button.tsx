import { useState } from 'react';
import { Button } from '../ui/controls.js';

interface RemoveButtonProps {
  /** What goes, by its name. */
  readonly what: string;
  readonly disabled: boolean;
  readonly onRemove: () => void;
  readonly children: string;
}

/** Removes what cannot be had back: pressed twice, and the second time it says what goes. */
export function RemoveButton({ what, disabled, onRemove, children }: RemoveButtonProps) {
  const [sure, setSure] = useState(false);
  return (
    <Button onClick={() => (sure ? onRemove() : setSure(true))} disabled={disabled}>
      {sure ? `Remove ${what} for good` : children}
    </Button>
  );
}
