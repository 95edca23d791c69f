import { useReactFlow } from '@xyflow/react';
import { useCallback, useEffect, useRef, type FocusEvent, type RefObject } from 'react';
import type { Layout } from './placed.js';
import { fitting, partsToShow, viewWith, type Box, type Shown, type View } from './reveal.js';
import { coveredOf, roomOf } from './room.js';
import { stopOf } from './stops.js';

export type Host = RefObject<HTMLElement | null>;

/** Moves the view as little as brings a part of the drawing into it, the first of several that there is room for; says whether it did. */
export function useReveal(host: Host): (...parts: readonly Box[]) => boolean {
  const { getViewport, setViewport } = useReactFlow();
  return useCallback(
    (...parts) => {
      if (!host.current) return false;
      const [view, room] = [getViewport(), roomOf(host.current)];
      const part = fitting(parts, view.zoom, room);
      const next = part && viewWith(view, part, room);
      if (!next || (next.x === view.x && next.y === view.y)) return false;
      void setViewport(next);
      return true;
    },
    [host, getViewport, setViewport],
  );
}

/** Brings what has the focus into sight, too: the Tab key may come to a step that was left out of it. */
export function useShownFocus(host: Host, { nodes }: Layout): (event: FocusEvent) => void {
  const reveal = useReveal(host);
  const { getViewport } = useReactFlow();
  return useCallback(
    ({ target }) => {
      const stop = stopOf(target as HTMLElement);
      if (stop === undefined || !host.current || !target.matches(':focus-visible')) return;
      reveal(nodes.find(({ id }) => id === stop) ?? boxOf(target, host.current, getViewport()));
    },
    [host, nodes, reveal, getViewport],
  );
}

/** What is drawn along with the flow knows its place on the screen only. */
function boxOf(element: Element, host: HTMLElement, { x, y, zoom }: View): Box {
  const [own, pane] = [element.getBoundingClientRect(), host.getBoundingClientRect()];
  const at = { x: (own.x - pane.x - x) / zoom, y: (own.y - pane.y - y) / zoom };
  return { ...at, width: own.width / zoom, height: own.height / zoom };
}

/**
 * Keeps in sight what has just come or was selected somewhere else: in a list, by a link, by undo. `clicked`: the step that the
 * pointer chose on the drawing, which must not move away under it, unless a panel has opened there.
 */
export function useFollow(host: Host, { layout, selected }: Shown, clicked: RefObject<string | undefined>): void {
  const reveal = useReveal(host);
  const before = useRef<Shown>(undefined);
  useEffect(() => {
    const [last, now] = [before.current, { layout, selected }];
    before.current = now;
    const isUnderPointer = clicked.current === selected && last?.layout === layout && host.current && coveredOf(host.current) === 0;
    clicked.current = undefined;
    if (last && !isUnderPointer) reveal(...partsToShow(last, now));
  }, [host, layout, selected, clicked, reveal]);
}
