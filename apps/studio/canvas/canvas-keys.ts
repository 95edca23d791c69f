import { useReactFlow } from '@xyflow/react';
import { useCallback, useMemo, useRef, type KeyboardEvent } from 'react';
import { everyStep, type FlowTree } from '../flow/structure.js';
import { nextFailedItem, withIteration } from '../run/iterations.js';
import type { Overlay } from '../run/overlay.js';
import { useUrlState } from '../ui/url-state.js';
import { NODE } from './placed.js';
import { neighboursOf, type Direction } from './walk.js';

/** What lies under the bars, from the top of the canvas. */
export const TOP = 80;

/** Nothing lies under the bars. */
const FIT = { top: `${TOP}px`, bottom: '32px', x: '32px' } as const;

/** Frames after which what is shown is drawn, on a slow machine too. */
const DRAWN_WITHIN = 60;

const ARROWS: Readonly<Record<string, Direction>> = { ArrowUp: 'up', ArrowDown: 'down', ArrowLeft: 'left', ArrowRight: 'right' };

/** Arrow keys walk the flow, `F` fits it, `+ − 0` zoom; in a run `E` goes to what failed, and `N`, `,` and `.` through the items of a loop. */
export function useCanvasKeys(
  tree: FlowTree,
  overlay: Overlay | undefined,
  selected: string | undefined,
  onSelect: (stepId: string | undefined, more?: boolean) => void,
): (event: KeyboardEvent<HTMLElement>) => void {
  const ways = useMemo(() => neighboursOf(tree), [tree]);
  const { fitView, zoomIn, zoomOut, zoomTo } = useReactFlow();
  const host = useRef<HTMLElement>(null);
  const { show, focused } = useShow(selected);
  const goToItem = useItems();
  return useCallback(
    (event) => {
      if (event.metaKey || event.ctrlKey || event.altKey) return;
      host.current = event.currentTarget;
      const from = focused(event);
      const direction = ARROWS[event.key];
      const to = direction && from !== undefined ? ways.get(from)?.[direction] : undefined;
      if (to !== undefined) {
        event.preventDefault();
        if (event.shiftKey) onSelect(from, true);
        onSelect(to, event.shiftKey);
        show(to, host.current);
      }
      const failed = event.key === 'e' && overlay ? nextFailed(tree, overlay, from) : undefined;
      if (failed !== undefined) {
        onSelect(failed);
        show(failed, host.current);
      }
      if (overlay && from !== undefined) goToItem(overlay, loopOf(tree, overlay, from), event.key);
      const zooms: Record<string, () => unknown> = {
        f: () => fitView({ maxZoom: 1, padding: FIT }),
        '+': zoomIn,
        '-': zoomOut,
        0: () => zoomTo(1),
      };
      zooms[event.key]?.();
    },
    [tree, overlay, ways, onSelect, show, focused, goToItem, fitView, zoomIn, zoomOut, zoomTo],
  );
}

interface Show {
  /** Brings a step into view and gives it the focus, once it is drawn there. */
  readonly show: (id: string, host: HTMLElement) => void;
  /** The step that has the focus, or gets it with the next frame: keys may come faster than frames. */
  readonly focused: (event: KeyboardEvent<HTMLElement>) => string | undefined;
}

function useShow(selected: string | undefined): Show {
  const { getNode, getViewport, setViewport } = useReactFlow();
  const awaited = useRef<string>(undefined);
  const focused = useCallback<Show['focused']>((event) => awaited.current ?? stepOf(event, selected), [selected]);
  const show = useCallback<Show['show']>(
    (id, host) => {
      const node = getNode(id);
      const { x, y, zoom } = getViewport();
      const pane = host.getBoundingClientRect();
      if (!node) return;
      const [left, top] = [node.position.x * zoom + x, node.position.y * zoom + y];
      const outside = left < 16 || top < TOP || left + NODE.width * zoom > pane.width - 16 || top + NODE.height * zoom > pane.height - 16;
      if (outside) {
        // What has the focus may no longer be drawn then: keys that come meanwhile still come here.
        host.focus({ preventScroll: true });
        const to = {
          x: pane.width / 2 - (node.position.x + NODE.width / 2) * zoom,
          y: pane.height / 2 - (node.position.y + NODE.height / 2) * zoom,
          zoom,
        };
        void setViewport(to);
      }
      awaited.current = id;
      const focus = (frames: number): void => {
        if (awaited.current !== id) return;
        const drawn = host.querySelector<HTMLElement>(`[data-step="${CSS.escape(id)}"]`);
        if (!drawn && frames > 0) return void requestAnimationFrame(() => focus(frames - 1));
        awaited.current = undefined;
        drawn?.focus({ preventScroll: true });
      };
      requestAnimationFrame(() => focus(DRAWN_WITHIN));
    },
    [getNode, getViewport, setViewport],
  );
  return useMemo(() => ({ show, focused }), [show, focused]);
}

/** Where a click gives buttons no focus, as in Safari, the drawing has it, and the step that was clicked is selected. */
function stepOf({ target, currentTarget }: KeyboardEvent<HTMLElement>, selected: string | undefined): string | undefined {
  return target === currentTarget ? selected : (target as HTMLElement).dataset['step'];
}

/** The next step that failed, in the order of the flow; a loop is passed by for what failed in it. */
function nextFailed(tree: FlowTree, overlay: Overlay, from: string | undefined): string | undefined {
  const steps = everyStep([...tree.steps, ...tree.onError]);
  const failed = overlay.failed();
  const order = steps.filter(
    ({ id, lanes }) => failed.has(id) && !lanes.some((lane) => everyStep(lane.steps).some((step) => failed.has(step.id))),
  );
  const at = steps.findIndex(({ id }) => id === from);
  return (order.find((step) => steps.indexOf(step) > at) ?? order[0])?.id;
}

/** The loop that a step is, or the nearest around it. */
function loopOf(tree: FlowTree, overlay: Overlay, id: string): string | undefined {
  const loops = everyStep([...tree.steps, ...tree.onError]).filter(({ kind }) => kind === 'forEach');
  const around = loops.filter((loop) => everyStep([loop]).some((step) => step.id === id));
  return around.findLast((loop) => overlay.iterations(loop.id).length > 0)?.id;
}

/** Goes from the item of a loop that is looked at to another. */
function useItems(): (overlay: Overlay, loop: string | undefined, key: string) => void {
  const url = useUrlState();
  const state = useRef(url);
  state.current = url;
  return useCallback((overlay, loop, key) => {
    if (loop === undefined) return;
    const all = overlay.iterations(loop);
    const current = overlay.iteration(loop);
    const at = all.findIndex(({ index }) => index === current);
    const to = key === 'n' ? nextFailedItem(all, current) : key === ',' ? all[at - 1] : key === '.' ? all[at + 1] : undefined;
    const { get, set } = state.current;
    if (to) set({ iter: withIteration(get('iter'), overlay.path(loop), to.index) }, { replace: true });
  }, []);
}
