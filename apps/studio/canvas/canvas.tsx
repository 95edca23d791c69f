import { MiniMap, ReactFlow, ReactFlowProvider, useReactFlow, useStore, type ReactFlowInstance } from '@xyflow/react';
import { useCallback, useContext, useEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import type { FlowTree } from '../flow/structure.js';
import type { Overlay } from '../run/overlay.js';
import { layoutFlow, NODE, type Layout, type PlacedNode } from './layout.js';
import { Edges } from './edges.js';
import { NODE_TYPES, type CanvasNode } from './nodes.js';
import { Pills } from './pills.js';
import { CanvasContext, CanvasStore } from './store.js';
import { neighboursOf, type Direction } from './walk.js';

export interface CanvasProps {
  readonly tree: FlowTree;
  readonly overlay?: Overlay;
  readonly selected: string | undefined;
  /** What the trigger gave, in words. */
  readonly eventSize?: string;
  readonly marked?: ReadonlyMap<string, string>;
  readonly onSelect: (stepId: string | undefined) => void;
  readonly onOpenData?: (stepId: string) => void;
  /** Drawn along with the flow, in its coordinates. */
  readonly drawn?: (layout: Layout) => ReactNode;
  /** Floats over the drawing. */
  readonly children?: ReactNode;
}

const NONE: ReadonlyMap<string, string> = new Map();
/** Steps from which on only what is in view is drawn. */
const MANY = 150;

/** A flow as a drawing: React Flow pans and zooms, everything else is ours. */
export function Canvas(props: CanvasProps) {
  return (
    <ReactFlowProvider>
      <Drawing {...props} />
    </ReactFlowProvider>
  );
}

function Drawing({ tree, overlay, selected, eventSize, marked = NONE, onSelect, onOpenData, drawn, children }: CanvasProps) {
  const [store] = useState(() => new CanvasStore());
  const strips = overlay !== undefined;
  const layout = useMemo(() => layoutFlow(tree, { strips }), [tree, strips]);
  const nodes = useMemo(() => layout.nodes.map((placed) => canvasNode(placed, tree)), [layout, tree]);
  useEffect(() => store.set({ overlay, selected, entry: selected ?? 'trigger', marked }), [store, overlay, selected, marked]);
  const onKeyDown = useArrowKeys(tree, onSelect);
  const open = onOpenData ?? onSelect;
  return (
    <CanvasContext value={store}>
      <section className="canvas" aria-label="Flow" onKeyDown={onKeyDown}>
        <ReactFlow<CanvasNode>
          nodes={nodes}
          edges={[]}
          nodeTypes={NODE_TYPES}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          disableKeyboardA11y
          panOnScroll
          zoomOnDoubleClick={false}
          minZoom={0.1}
          maxZoom={1.5}
          onlyRenderVisibleElements={nodes.length > MANY}
          onNodeClick={(_, { id, type }) => onSelect(type === 'frame' ? undefined : id)}
          onPaneClick={() => onSelect(undefined)}
          onInit={(instance) => showStart(instance, layout, selected)}
        >
          <Edges layout={layout} />
          <Pills layout={layout} event={eventSize} onOpen={open} />
          {drawn?.(layout)}
          <Overview layout={layout} />
          <Detail />
        </ReactFlow>
        {children}
      </section>
    </CanvasContext>
  );
}

function canvasNode({ id, type, x, y, width, height, step }: PlacedNode, tree: FlowTree): CanvasNode {
  const base = { id, position: { x, y }, width, height, handles: [] };
  if (type === 'frame') return { ...base, type, data: { step: step! }, zIndex: -1 };
  return type === 'step' ? { ...base, type, data: { step: step! }, zIndex: 1 } : { ...base, type, data: { tree }, zIndex: 1 };
}

const TOP = 80;
/** Smaller than this, texts cannot be read: rather show a part of the flow, at a size that is good to read. */
const READABLE = 0.8;
const GOOD = 0.9;
const MARGIN = 24;

/** All of it where that can be read, else its beginning; the selected step in any case. */
function showStart(instance: ReactFlowInstance<CanvasNode>, { bounds, nodes }: Layout, selected: string | undefined): void {
  const pane = document.querySelector('.canvas')?.getBoundingClientRect();
  if (!pane) return;
  const whole = Math.min((pane.width - 2 * MARGIN) / bounds.width, (pane.height - TOP - MARGIN) / bounds.height);
  const wide = (pane.width - 2 * MARGIN) / bounds.width;
  const zoom = Math.min(1, whole >= READABLE ? whole : wide >= READABLE ? wide : GOOD);
  const centre = wide >= zoom ? bounds.x + bounds.width / 2 : Math.max(0, bounds.x + (pane.width / 2 - MARGIN) / zoom);
  const target = nodes.find(({ id }) => id === selected);
  const hidden = target && (target.y + NODE.height) * zoom + TOP > pane.height;
  const lift = hidden ? (target.y + NODE.height / 2) * zoom - pane.height / 2 + TOP : 0;
  const aside = target && Math.abs(target.x + NODE.width / 2 - centre) * zoom > pane.width / 2 - NODE.width / 2;
  const middle = aside ? target.x + NODE.width / 2 : centre;
  void instance.setViewport({ x: pane.width / 2 - middle * zoom, y: TOP - lift, zoom });
}

/** Nothing lies under the bars. */
const FIT = { top: `${TOP}px`, bottom: '32px', x: '32px' } as const;

const ARROWS: Readonly<Record<string, Direction>> = { ArrowUp: 'up', ArrowDown: 'down', ArrowLeft: 'left', ArrowRight: 'right' };

/** Arrow keys walk the flow, `F` fits it, `+ − 0` zoom. */
function useArrowKeys(tree: FlowTree, onSelect: CanvasProps['onSelect']): (event: KeyboardEvent<HTMLElement>) => void {
  const ways = useMemo(() => neighboursOf(tree), [tree]);
  const { fitView, zoomIn, zoomOut, zoomTo } = useReactFlow();
  const host = useRef<HTMLElement>(null);
  const show = useShow();
  return useCallback(
    (event) => {
      if (event.metaKey || event.ctrlKey || event.altKey) return;
      host.current = event.currentTarget;
      const from = (event.target as HTMLElement).dataset['step'];
      const direction = ARROWS[event.key];
      const to = direction && from !== undefined ? ways.get(from)?.[direction] : undefined;
      if (to !== undefined) {
        event.preventDefault();
        onSelect(to);
        show(to, host.current);
      }
      const zooms: Record<string, () => unknown> = {
        f: () => fitView({ maxZoom: 1, padding: FIT }),
        '+': zoomIn,
        '-': zoomOut,
        0: () => zoomTo(1),
      };
      zooms[event.key]?.();
    },
    [ways, onSelect, show, fitView, zoomIn, zoomOut, zoomTo],
  );
}

/** Brings a step into view and gives it the focus. */
function useShow(): (id: string, host: HTMLElement) => void {
  const { getNode, getViewport, setViewport } = useReactFlow();
  return useCallback(
    (id, host) => {
      const node = getNode(id);
      const { x, y, zoom } = getViewport();
      const pane = host.getBoundingClientRect();
      if (!node) return;
      const [left, top] = [node.position.x * zoom + x, node.position.y * zoom + y];
      const outside = left < 16 || top < TOP || left + NODE.width * zoom > pane.width - 16 || top + NODE.height * zoom > pane.height - 16;
      if (outside) {
        const to = {
          x: pane.width / 2 - (node.position.x + NODE.width / 2) * zoom,
          y: pane.height / 2 - (node.position.y + NODE.height / 2) * zoom,
          zoom,
        };
        void setViewport(to);
      }
      requestAnimationFrame(() => host.querySelector<HTMLElement>(`[data-step="${CSS.escape(id)}"]`)?.focus({ preventScroll: true }));
    },
    [getNode, getViewport, setViewport],
  );
}

/** The map of the whole, when the view shows only a part. */
function Overview({ layout: { bounds } }: { readonly layout: Layout }) {
  const store = useContext(CanvasContext);
  const exceeds = useStore(
    ({ width, height, transform: [, , zoom] }) => bounds.width * zoom > width || bounds.height * zoom > height - TOP,
  );
  if (!exceeds) return null;
  const colour = ({ id, type }: CanvasNode): string => {
    if (type === 'frame') return 'transparent';
    return store.state(id)?.status === 'failed' ? 'var(--failed)' : 'var(--line-strong)';
  };
  return (
    <MiniMap<CanvasNode> nodeColor={colour} nodeBorderRadius={6} style={{ width: 120, height: 84 }} ariaLabel={null} zoomable={false} />
  );
}

/** How much of a step can be read at this zoom, for the styles. */
function Detail() {
  const detail = useStore(({ transform: [, , zoom] }) => (zoom < 0.25 ? 'tiles' : zoom < 0.45 ? 'titles' : 'all'));
  const host = useRef<HTMLSpanElement>(null);
  useEffect(() => host.current?.closest('.canvas')?.setAttribute('data-detail', detail), [detail]);
  return <span ref={host} hidden />;
}
