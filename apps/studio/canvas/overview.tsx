import { useStore } from '@xyflow/react';
import { memo, useContext, useMemo, useSyncExternalStore } from 'react';
import type { Layout, PlacedNode } from './placed.js';
import { CanvasContext } from './store.js';

const SIZE = { width: 120, height: 84 } as const;
/** Around the flow, in its coordinates. */
const MARGIN = 120;

interface OverviewProps {
  readonly layout: Layout;
  /** What lies under the bars is not seen. */
  readonly top: number;
}

/** A small picture of the whole with the part in view, when that is only a part. All steps are one path: they are many. */
export function Overview({ layout, top }: OverviewProps) {
  const { bounds } = layout;
  const exceeds = useStore(
    ({ width, height, transform: [, , zoom] }) => bounds.width * zoom > width || bounds.height * zoom > height - top,
  );
  if (!exceeds) return null;
  const [x, y] = [bounds.x - MARGIN, bounds.y - MARGIN];
  const [width, height] = [bounds.width + 2 * MARGIN, bounds.height + 2 * MARGIN];
  return (
    <svg className="overview" {...SIZE} viewBox={`${x} ${y} ${width} ${height}`} aria-hidden>
      <Steps layout={layout} />
      <InView whole={rectangle({ x, y, width, height })} />
    </svg>
  );
}

/** Those that failed stand out. */
const Steps = memo(function Steps({ layout: { nodes } }: { readonly layout: Layout }) {
  const store = useContext(CanvasContext);
  const steps = useMemo(() => nodes.filter(({ type }) => type !== 'frame'), [nodes]);
  const failed = useSyncExternalStore(store.subscribe, () => store.failed());
  return (
    <>
      <path className="overview-steps" d={steps.map(rectangle).join('')} />
      {failed.size > 0 && (
        <path
          className="overview-failed"
          d={steps
            .filter(({ id }) => failed.has(id))
            .map(rectangle)
            .join('')}
        />
      )}
    </>
  );
});

function InView({ whole }: { readonly whole: string }) {
  const view = useStore(({ width, height, transform: [x, y, zoom] }) =>
    rectangle({ x: -x / zoom, y: -y / zoom, width: width / zoom, height: height / zoom }),
  );
  return <path className="overview-rest" fillRule="evenodd" d={whole + view} />;
}

function rectangle({ x, y, width, height }: Pick<PlacedNode, 'x' | 'y' | 'width' | 'height'>): string {
  return `M${Math.round(x)} ${Math.round(y)}h${Math.round(width)}v${Math.round(height)}h${-Math.round(width)}z`;
}
