import { Dialog } from '@base-ui/react/dialog';
import type { ReactNode } from 'react';
import { useOpener } from './opener.js';

interface ModalProps {
  readonly open: boolean;
  /** Called when it is left by Escape or by a click beside it; its buttons call what they like. */
  readonly onClose: () => void;
  /** The name for those who cannot see it, where there is no `ModalTitle`. */
  readonly label?: string;
  readonly className: string;
  readonly children: ReactNode;
}

/** Every dialog of the studio. However it is closed, the focus goes back to what opened it, unless something else has taken it. */
export function Modal({ open, onClose, label, className, children }: ModalProps) {
  const opener = useOpener(open);
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="dialog-backdrop" />
        <Dialog.Popup className={`dialog ${className}`} aria-label={label} finalFocus={() => isFree() && whereTo(opener.current)}>
          {children}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

export const ModalTitle = Dialog.Title;

/** Whether the focus is still in the dialog, or was lost with a part of it: not where a choice in the dialog led to. */
function isFree(): boolean {
  const { activeElement } = document;
  return activeElement === null || activeElement === document.body || activeElement.closest('[role="dialog"]') !== null;
}

/** For an opener that is gone the first on the page that takes the focus: without any, Tab would begin at the navigation. */
function whereTo(opener: HTMLElement | undefined): HTMLElement | false {
  if (opener === undefined) return false;
  return opener.isConnected ? opener : (document.getElementById('main') ?? false);
}
