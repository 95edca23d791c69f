import { useReactFlow } from '@xyflow/react';
import { useMemo, type RefObject } from 'react';
import { roomOf } from './room.js';

/** How far a drawing can be zoomed. */
export const ZOOM = { least: 0.1, most: 1.5 } as const;

export interface Zooming {
  in(): void;
  out(): void;
  /** All of the flow, no larger than it is. */
  fit(): void;
  /** As large as it is. */
  whole(): void;
}

/** What changes how much of a drawing is seen. At once: whoever presses twice means two steps, which a movement under way would not give. */
export function useZooming(host: RefObject<HTMLElement | null>): Zooming {
  const { fitView, zoomIn, zoomOut, zoomTo } = useReactFlow();
  return useMemo(
    () => ({
      in: () => void zoomIn(),
      out: () => void zoomOut(),
      whole: () => void zoomTo(1),
      fit: () => {
        if (host.current) void fitView({ maxZoom: 1, padding: marginsOf(host.current) });
      },
    }),
    [fitView, zoomIn, zoomOut, zoomTo, host],
  );
}

function marginsOf(host: HTMLElement) {
  const { left, top, right, bottom } = roomOf(host);
  const { clientWidth, clientHeight } = host;
  return { left: `${left}px`, top: `${top}px`, right: `${clientWidth - right}px`, bottom: `${clientHeight - bottom}px` } as const;
}
