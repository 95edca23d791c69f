import { ViewportPortal } from '@xyflow/react';
import { memo, useMemo } from 'react';
import type { Overlay } from '../run/overlay.js';
import { edgePath } from './edge-path.js';
import { isIn, usePart } from './in-view.js';
import type { Layout, PlacedEdge } from './placed.js';
import { useCanvasView } from './store.js';

type EdgeState = 'taken' | 'left-out' | 'plain';

/** All edges in one drawing: they are ours, so that React Flow need not know them. */
export const Edges = memo(function Edges({ layout }: { readonly layout: Layout }) {
  const { overlay } = useCanvasView();
  const { x, y, width, height } = layout.bounds;
  const part = usePart(layout);
  const seen = useMemo(() => layout.edges.filter(({ points }) => isIn(part, points)), [layout, part]);
  const drawn = seen.map((edge) => ({ edge, state: overlay ? stateOf(edge, overlay) : ('plain' as const) }));
  // What was taken is drawn over what was not.
  const ordered = [...drawn].sort((a, b) => Number(a.state === 'taken') - Number(b.state === 'taken'));
  return (
    <ViewportPortal>
      <svg className="edges" width={width} height={height} viewBox={`${x} ${y} ${width} ${height}`} style={{ left: x, top: y }} aria-hidden>
        {ordered.map(({ edge, state }) => (
          <path key={edge.id} d={edgePath(edge.points)} data-state={state} data-kind={edge.kind} />
        ))}
      </svg>
      {drawn.map(({ edge, state }) => (edge.label === undefined ? null : <LanePill key={edge.id} edge={edge} state={state} />))}
    </ViewportPortal>
  );
});

function LanePill({ edge: { label, pill, kind }, state }: { readonly edge: PlacedEdge; readonly state: EdgeState }) {
  return (
    <span className="lane-pill" data-state={state} data-kind={kind} style={{ left: pill.x, top: pill.y }} aria-hidden>
      {label}
    </span>
  );
}

/** An edge was taken when what it leads to was reached; into and out of lanes, when the lane was. */
function stateOf({ to, from, lane, kind }: PlacedEdge, overlay: Overlay): EdgeState {
  if (kind === 'leave') return lane && overlay.took(lane.owner, lane.key) ? finished(overlay, lane.owner) : waitingState(overlay, lane);
  if (to !== undefined && overlay.state(to).status === 'folded') return 'plain';
  if (to !== undefined) return overlay.reached(to) ? 'taken' : leftOut(overlay.state(to).status);
  return lane && overlay.took(lane.owner, lane.key) ? 'taken' : waitingState(overlay, lane ?? { owner: from, key: '' });
}

function finished(overlay: Overlay, owner: string): EdgeState {
  return overlay.state(owner).status === 'failed' ? 'plain' : 'taken';
}

function waitingState(overlay: Overlay, lane: PlacedEdge['lane']): EdgeState {
  return lane && overlay.took(lane.owner, lane.key) === false ? 'left-out' : 'plain';
}

function leftOut(status: string): EdgeState {
  return status === 'skipped' || status === 'unreached' ? 'left-out' : 'plain';
}
