import type { StepPlace } from '@millrace/flow';
import { useReactFlow, ViewportPortal } from '@xyflow/react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { NODE, type Layout, type Point } from '../canvas/placed.js';
import { everyStep, type FlowTree } from '../flow/structure.js';
import { stepTitle } from '../flow/words.js';
import { placeOf, spotsOf, type Spot } from './places.js';

interface DragProps {
  readonly tree: FlowTree;
  readonly layout: Layout;
  readonly onMove: (id: string, to: StepPlace) => void;
}

/** A step on its way. */
interface Held {
  readonly id: string;
  readonly at: Point;
  readonly spot: Spot | undefined;
}

/** From where on a press is a pull, in pixels of the screen; and how near an edge must be, in those of the drawing. */
const PULL = 6;
const REACH = 110;

/** Steps are moved by pulling them onto an edge. Escape lets go; the keyboard moves with ⌥ and the arrows. */
export function Drag({ tree, layout, onMove }: DragProps) {
  const host = useRef<HTMLSpanElement>(null);
  const [held, setHeld] = useState<Held>();
  const { screenToFlowPosition } = useReactFlow();
  const spots = useMemo(() => spotsOf(tree, layout), [tree, layout]);
  const holdAt = (id: string, x: number, y: number): Held => {
    const at = screenToFlowPosition({ x, y });
    return { id, at, spot: nearest(spots, tree, id, at) };
  };
  // The page goes on while a step is held: what counts is how things are when the pointer moves.
  const use = useRef<DragUse>({ holdAt, drop: () => undefined });
  useEffect(() => void (use.current = { holdAt, drop: ({ id, spot }) => spot && onMove(id, spot.place) }));
  useEffect(() => {
    const canvas = host.current?.closest<HTMLElement>('.canvas');
    return canvas ? listen(canvas, use, setHeld) : undefined;
  }, []);
  const step = held && everyStep([...tree.steps, ...tree.onError]).find(({ id }) => id === held.id);
  return (
    <>
      <span ref={host} hidden />
      {held && step && (
        <ViewportPortal>
          {held.spot && <span className="drop-spot" style={{ left: held.spot.x, top: held.spot.y, width: NODE.width }} aria-hidden />}
          <span className="dragged" style={{ left: held.at.x, top: held.at.y }} aria-hidden>
            {stepTitle(step)}
          </span>
        </ViewportPortal>
      )}
    </>
  );
}

/** The spot below the pointer where the step can go: not inside itself, and not where it stands already. */
function nearest(spots: readonly Spot[], tree: FlowTree, id: string, { x, y }: Point): Spot | undefined {
  const own = placeOf(tree, id);
  if (!own) return undefined;
  const pointer = `${own.list}/${own.at}`;
  const isFree = ({ place: { list, at } }: Spot): boolean =>
    !list.startsWith(`${pointer}/`) && !(list === own.list && (at === own.at || at === own.at + 1));
  const near = spots.filter(isFree).map((spot) => ({ spot, away: Math.hypot(spot.x - x, spot.y - y) }));
  const best = near.sort((a, b) => a.away - b.away)[0];
  return best && best.away <= REACH ? best.spot : undefined;
}

interface DragUse {
  readonly holdAt: (id: string, x: number, y: number) => Held;
  readonly drop: (held: Held) => void;
}

/** Follows the pointer from a press on a step; answers how to stop listening. */
function listen(canvas: HTMLElement, use: { readonly current: DragUse }, show: (held: Held | undefined) => void): () => void {
  let pressed: { readonly id: string; readonly x: number; readonly y: number } | undefined;
  let held: Held | undefined;
  const end = (): void => {
    pressed = held = undefined;
    show(undefined);
  };
  const stop = new AbortController();
  const on = <K extends keyof HTMLElementEventMap>(type: K, act: (event: HTMLElementEventMap[K]) => void, capture = false): void =>
    window.addEventListener(type as string, act as EventListener, { signal: stop.signal, capture });
  on('pointerdown', ({ target, button, clientX: x, clientY: y, pointerType }) => {
    const id =
      target instanceof Element && canvas.contains(target) ? target.closest<HTMLElement>('[data-step]')?.dataset['step'] : undefined;
    pressed = id !== undefined && id !== 'trigger' && button === 0 && pointerType !== 'touch' ? { id, x, y } : undefined;
  });
  on('pointermove', ({ clientX: x, clientY: y }) => {
    if (!pressed || (!held && Math.hypot(x - pressed.x, y - pressed.y) < PULL)) return;
    held = use.current.holdAt(pressed.id, x, y);
    show(held);
  });
  on('pointerup', () => {
    if (held) {
      use.current.drop(held);
      swallowClick();
    }
    end();
  });
  on('pointercancel', end);
  on('keydown', (event) => event.key === 'Escape' && held && (event.stopPropagation(), end()), true);
  return () => stop.abort();
}

/** The click that ends a pull is none: it would select what the pointer happens to be over. */
function swallowClick(): void {
  const done = new AbortController();
  window.addEventListener('click', (event) => event.stopPropagation(), { capture: true, signal: done.signal });
  setTimeout(() => done.abort());
}
