import { useRef, type CSSProperties, type KeyboardEvent, type KeyboardEventHandler, type PointerEvent, type ReactNode } from 'react';
import { inspectorWidth, setInspectorWidth, useInspectorWidth, WIDTH } from './inspector-width.js';

interface SplitProps {
  readonly className?: string;
  readonly inspector: ReactNode;
  readonly onKeyDown?: KeyboardEventHandler | undefined;
  readonly children: ReactNode;
}

/** A drawing with the inspector beside it, and between them what makes that wider. Where there is no room, it lies over the drawing. */
export function Split({ className = '', inspector, onKeyDown, children }: SplitProps) {
  const width = useInspectorWidth();
  return (
    <div className={`split ${className}`} style={{ '--inspector': `${width}px` } as CSSProperties} onKeyDown={onKeyDown}>
      {children}
      <Separator width={width} />
      {inspector}
    </div>
  );
}

const STEP = 20;

/** The window splitter of the ARIA patterns: its value is how wide the inspector is, so that the left arrow makes it more. */
const KEYS: Readonly<Record<string, (width: number) => number>> = {
  ArrowLeft: (width) => width + STEP,
  ArrowRight: (width) => width - STEP,
  Home: () => WIDTH.least,
  End: () => WIDTH.most,
};

/** `data-field`: it takes its keys itself, which mean no step of the drawing. */
function Separator({ width }: { readonly width: number }) {
  return (
    <div
      className="split-line"
      role="separator"
      tabIndex={0}
      data-field
      aria-label="Width of the inspector"
      aria-orientation="vertical"
      aria-valuenow={width}
      aria-valuemin={WIDTH.least}
      aria-valuemax={WIDTH.most}
      onKeyDown={pressed}
      onDoubleClick={() => setInspectorWidth(WIDTH.usual)}
      {...usePull()}
    />
  );
}

function pressed(event: KeyboardEvent): void {
  const next = KEYS[event.key];
  if (!next || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  setInspectorWidth(next(inspectorWidth()));
}

/** The pointer belongs to the line until it is let go, wherever it is by then. */
function usePull() {
  const from = useRef({ x: 0, width: 0 });
  return {
    onPointerDown: ({ button, clientX, pointerId, currentTarget }: PointerEvent) => {
      if (button !== 0) return;
      currentTarget.setPointerCapture(pointerId);
      from.current = { x: clientX, width: inspectorWidth() };
    },
    onPointerMove: ({ clientX, pointerId, currentTarget }: PointerEvent) => {
      if (currentTarget.hasPointerCapture(pointerId)) setInspectorWidth(from.current.width + from.current.x - clientX);
    },
  };
}
