import { useCallback, useMemo, useRef, type KeyboardEvent } from 'react';
import { everyStep, isLoop, type FlowTree } from '../flow/structure.js';
import { nextFailedItem, withIteration } from '../run/iterations.js';
import type { Overlay } from '../run/overlay.js';
import { useUrlState } from '../ui/url-state.js';
import { useReveal, type Host } from './follow.js';
import type { Layout } from './placed.js';
import { focusStop, stopOf } from './stops.js';
import { isEmptyStop, neighboursOf, type Direction, type Neighbours } from './walk.js';
import type { Zooming } from './zooming.js';

const ARROWS: Readonly<Record<string, Direction>> = { ArrowUp: 'up', ArrowDown: 'down', ArrowLeft: 'left', ArrowRight: 'right' };

/** A drawing and what the keys do to it. */
export interface Keyed {
  readonly host: Host;
  readonly tree: FlowTree;
  readonly layout: Layout;
  readonly overlay: Overlay | undefined;
  readonly selected: string | undefined;
  /** Whether steps can be added. */
  readonly spots: boolean;
  readonly zooming: Zooming;
  readonly onSelect: (stepId: string | undefined, more?: boolean) => void;
}

/** Arrow keys walk the flow, `F` fits it, `+ − 0` zoom; in a run `E` goes to what failed, and `N`, `,` and `.` through the items of a loop. */
export function useCanvasKeys(keyed: Keyed): (event: KeyboardEvent<HTMLElement>) => void {
  const { tree, overlay, spots, onSelect, zooming } = keyed;
  const ways = useMemo(() => neighboursOf(tree, { spots }), [tree, spots]);
  const { show, focused } = useShow(keyed);
  const goToItem = useItems();
  return useCallback(
    (event) => {
      if (event.metaKey || event.ctrlKey || event.altKey) return;
      const from = focused(event);
      const to = nextStop(ways, from, event.key);
      if (from !== undefined && to !== undefined) {
        event.preventDefault();
        for (const id of selectedBy(from, to, event.shiftKey)) onSelect(id, event.shiftKey);
        show(to);
      }
      const failed = event.key === 'e' && overlay ? nextFailed(tree, overlay, from) : undefined;
      if (failed !== undefined) {
        onSelect(failed);
        show(failed);
      }
      if (overlay && from !== undefined) goToItem(overlay, loopOf(tree, overlay, from), event.key);
      const zoom = ZOOMS[event.key];
      if (zoom) zooming[zoom]();
    },
    [tree, overlay, ways, onSelect, show, focused, goToItem, zooming],
  );
}

function nextStop(ways: ReadonlyMap<string, Neighbours>, from: string | undefined, key: string): string | undefined {
  const direction = ARROWS[key];
  return direction && from !== undefined ? ways.get(from)?.[direction] : undefined;
}

/** What a way from one to another selects. Where a step can be added nothing is there to be selected: the block around it stays so. */
function selectedBy(from: string, to: string, more: boolean): string[] {
  return (more ? [from, to] : [to]).filter((id) => !isEmptyStop(id));
}

/** `=` is the plus of many keyboards, where that takes a second key. */
const ZOOMS: Readonly<Record<string, keyof Zooming>> = { f: 'fit', '+': 'in', '=': 'in', '-': 'out', 0: 'whole' };

interface Show {
  /** Brings a step into view and gives it the focus, once it is drawn there. */
  readonly show: (id: string) => void;
  /** The step that has the focus, or gets it with the next frame: keys may come faster than frames. */
  readonly focused: (event: KeyboardEvent<HTMLElement>) => string | undefined;
}

function useShow({ host, layout, selected }: Keyed): Show {
  const reveal = useReveal(host);
  const awaited = useRef<string>(undefined);
  const focused = useCallback<Show['focused']>((event) => awaited.current ?? stepOf(event, selected), [selected]);
  const show = useCallback<Show['show']>(
    (id) => {
      const node = layout.nodes.find((one) => one.id === id);
      // What has the focus may no longer be drawn then: keys that come meanwhile still come here.
      if (node && reveal(node)) host.current?.focus({ preventScroll: true });
      awaited.current = id;
      const isWanted = (): boolean => awaited.current === id;
      focusStop(id, isWanted, () => void (awaited.current = undefined));
    },
    [host, layout, reveal],
  );
  return useMemo(() => ({ show, focused }), [show, focused]);
}

/** Where a click gives buttons no focus, as in Safari, the drawing has it, and the step that was clicked is selected. */
function stepOf({ target, currentTarget }: KeyboardEvent<HTMLElement>, selected: string | undefined): string | undefined {
  return target === currentTarget ? selected : stopOf(target as HTMLElement);
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
  const loops = everyStep([...tree.steps, ...tree.onError]).filter(isLoop);
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
