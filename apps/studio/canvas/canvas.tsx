import { ReactFlow, ReactFlowProvider, useStore, type ReactFlowInstance } from '@xyflow/react';
import { memo, useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import type { FlowTree } from '../flow/structure.js';
import type { Overlay } from '../run/overlay.js';
import { layoutFlow } from './layout.js';
import { useCanvasKeys } from './canvas-keys.js';
import { Edges } from './edges.js';
import { useFollow, useShownFocus, type Host } from './follow.js';
import { MANY } from './in-view.js';
import { NODE_TYPES, type CanvasNode } from './nodes.js';
import { Overview } from './overview.js';
import { Pills } from './pills.js';
import type { Layout, PlacedNode } from './placed.js';
import { viewWith } from './reveal.js';
import { roomOf, TOP } from './room.js';
import { startView } from './start-view.js';
import { CanvasContext, CanvasStore } from './store.js';
import { ViewControls } from './view-controls.js';
import { useZooming, ZOOM } from './zooming.js';

export interface CanvasProps {
  readonly tree: FlowTree;
  readonly overlay?: Overlay;
  readonly selected: string | undefined;
  /** Steps that are selected beside it. */
  readonly also?: ReadonlySet<string>;
  /** What the trigger gave, in words. */
  readonly eventSize?: string;
  readonly marked?: ReadonlyMap<string, string>;
  readonly pinned?: ReadonlySet<string>;
  /** `more`: beside what is selected. */
  readonly onSelect: (stepId: string | undefined, more?: boolean) => void;
  readonly onOpenData?: (stepId: string) => void;
  /** Drawn along with the flow, in its coordinates: what steps are added by, at the end of every lane too. */
  readonly drawn?: (layout: Layout) => ReactNode;
  /** Floats over the drawing. */
  readonly children?: ReactNode;
}

const NONE: ReadonlyMap<string, string> = new Map();
const NOBODY: ReadonlySet<string> = new Set();
/** They are ours. React Flow takes another list for other edges, and looks at every node again. */
const NO_EDGES: [] = [];

/** A flow as a drawing: React Flow pans and zooms, everything else is ours. */
export function Canvas(props: CanvasProps) {
  return (
    <ReactFlowProvider>
      <Drawing {...props} />
    </ReactFlowProvider>
  );
}

function Drawing(props: CanvasProps) {
  const { tree, overlay, selected, also = NOBODY, eventSize, marked = NONE, pinned = NOBODY, onSelect, drawn, children } = props;
  const [store] = useState(() => new CanvasStore());
  const strips = overlay !== undefined;
  const spots = drawn !== undefined;
  const layout = useMemo(() => layoutFlow(tree, { strips, spots }), [tree, strips, spots]);
  const [first] = useState(selected);
  const latest = useRef(props);
  useEffect(() => void (latest.current = props));
  const host = useRef<HTMLElement>(null);
  const clicked = useRef<string>(undefined);
  const select = useCallback((stepId: string | undefined, more?: boolean) => {
    clicked.current = stepId;
    latest.current.onSelect(stepId, more);
  }, []);
  const open = useCallback((stepId: string) => (latest.current.onOpenData ?? latest.current.onSelect)(stepId), []);
  useEffect(
    () => store.set({ overlay, selected, also, entry: selected ?? 'trigger', marked, pinned }),
    [store, overlay, selected, also, marked, pinned],
  );
  useFollow(host, { layout, selected }, clicked);
  const zooming = useZooming(host);
  const onKeyDown = useCanvasKeys({ host, tree, layout, overlay, selected, spots, zooming, onSelect });
  const onFocus = useShownFocus(host, layout);
  return (
    <CanvasContext value={store}>
      <section ref={host} className="canvas" aria-label="Flow" tabIndex={-1} {...{ onKeyDown, onFocus }}>
        <Flow {...{ host, tree, layout, eventSize, first, drawn }} onSelect={select} onOpenData={open} />
        {children}
        <ViewControls zooming={zooming} />
      </section>
    </CanvasContext>
  );
}

interface FlowProps extends Pick<CanvasProps, 'tree' | 'eventSize' | 'onSelect' | 'drawn'> {
  readonly host: Host;
  readonly layout: Layout;
  /** Is in view at the start. */
  readonly first: string | undefined;
  readonly onOpenData: (stepId: string) => void;
}

/** What the state of a run has no part in: whatever of it is drawn looks for it in the store. */
const Flow = memo(function Flow({ host, tree, layout, eventSize, first, onSelect, onOpenData, drawn }: FlowProps) {
  const nodes = useMemo(() => layout.nodes.map((placed) => canvasNode(placed, tree)), [layout, tree]);
  return (
    <ReactFlow<CanvasNode>
      nodes={nodes}
      edges={NO_EDGES}
      nodeTypes={NODE_TYPES}
      nodesDraggable={false}
      nodesConnectable={false}
      nodesFocusable={false}
      edgesFocusable={false}
      elementsSelectable={false}
      disableKeyboardA11y
      panOnScroll
      zoomOnDoubleClick={false}
      minZoom={ZOOM.least}
      maxZoom={ZOOM.most}
      onlyRenderVisibleElements={nodes.length > MANY}
      onNodeClick={({ shiftKey }, { id, type }) => onSelect(type === 'frame' ? undefined : id, shiftKey)}
      multiSelectionKeyCode={null}
      selectionKeyCode={null}
      onPaneClick={() => onSelect(undefined)}
      onInit={(instance) => host.current && showStart(instance, host.current, layout, first)}
    >
      <Edges layout={layout} />
      <Pills layout={layout} event={eventSize} onOpen={onOpenData} />
      {drawn?.(layout)}
      <Detail />
      <Overview layout={layout} top={TOP} />
    </ReactFlow>
  );
});

function canvasNode({ id, type, x, y, width, height, step }: PlacedNode, tree: FlowTree): CanvasNode {
  const base = { id, position: { x, y }, width, height, handles: [] };
  if (type === 'frame') return { ...base, type, data: { step: step! }, zIndex: -1 };
  return type === 'step' ? { ...base, type, data: { step: step! }, zIndex: 1 } : { ...base, type, data: { tree }, zIndex: 1 };
}

/** Once it is known how much room there is. */
function showStart(instance: ReactFlowInstance<CanvasNode>, host: HTMLElement, layout: Layout, selected: string | undefined): void {
  const { width, height } = host.getBoundingClientRect();
  const start = startView(layout, { width, height, top: TOP }, selected);
  const step = layout.nodes.find(({ id }) => id === selected);
  void instance.setViewport(step ? viewWith(start, step, roomOf(host)) : start);
}

/** How much of a step can be read at this zoom, for the styles. */
function Detail() {
  const detail = useStore(({ transform: [, , zoom] }) => (zoom < 0.25 ? 'tiles' : zoom < 0.45 ? 'titles' : 'all'));
  const host = useRef<HTMLSpanElement>(null);
  useEffect(() => host.current?.closest('.canvas')?.setAttribute('data-detail', detail), [detail]);
  return <span ref={host} hidden />;
}
