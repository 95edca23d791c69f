import { useStore } from '@xyflow/react';
import { Maximize, Minus, Plus, type LucideIcon } from 'lucide-react';
import { IconButton } from '../ui/controls.js';
import { ZOOM, type Zooming } from './zooming.js';

/** For whoever has a pointer and no wheel, and does not know the keys: those are in the tooltips. */
export function ViewControls({ zooming }: { readonly zooming: Zooming }) {
  const isLeast = useStore(({ transform: [, , zoom] }) => zoom <= ZOOM.least);
  const isMost = useStore(({ transform: [, , zoom] }) => zoom >= ZOOM.most);
  return (
    <div className="view-controls" role="group" aria-label="Zoom">
      <ViewButton label="Zoom out" shortcut="-" icon={Minus} atEnd={isLeast} onClick={zooming.out} />
      <ViewButton label="Zoom in" shortcut="+" icon={Plus} atEnd={isMost} onClick={zooming.in} />
      <ViewButton label="Fit the flow into the view" shortcut="F" icon={Maximize} onClick={zooming.fit} />
    </div>
  );
}

interface ViewButtonProps {
  readonly label: string;
  readonly shortcut: string;
  readonly icon: LucideIcon;
  /** It goes no further. It keeps the focus all the same, and the keys with it. */
  readonly atEnd?: boolean;
  readonly onClick: () => void;
}

function ViewButton({ label, shortcut, icon: Icon, atEnd = false, onClick }: ViewButtonProps) {
  const title = `${label} (${shortcut.replace('-', '−')})`;
  return (
    <IconButton label={label} title={title} aria-keyshortcuts={shortcut} aria-disabled={atEnd} onClick={onClick}>
      <Icon size={15} aria-hidden />
    </IconButton>
  );
}
