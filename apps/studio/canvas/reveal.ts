import type { Layout, PlacedNode, Point } from './placed.js';

/** Where a drawing lies in its pane: React Flow's viewport. */
export interface View extends Point {
  readonly zoom: number;
}

/** The part of a pane that nothing lies over, in its pixels. */
export interface Room {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A part of a drawing, in its coordinates. */
export type Box = Pick<PlacedNode, 'x' | 'y' | 'width' | 'height'>;

/** The view with a part of the drawing in sight, by the smallest move, at the same zoom. What does not fit is shown from its beginning. */
export function viewWith({ x, y, zoom }: View, box: Box, room: Room): View {
  return {
    x: x + shift(x + box.x * zoom, box.width * zoom, room.left, room.right),
    y: y + shift(y + box.y * zoom, box.height * zoom, room.top, room.bottom),
    zoom,
  };
}

function shift(start: number, length: number, from: number, to: number): number {
  if (start < from) return from - start;
  return Math.min(0, Math.max(to - (start + length), from - start));
}

/** The first of some parts that is small enough to be in sight as a whole; the last one in any case. */
export function fitting(parts: readonly Box[], zoom: number, { left, top, right, bottom }: Room): Box | undefined {
  return parts.find(({ width, height }) => width * zoom <= right - left && height * zoom <= bottom - top) ?? parts.at(-1);
}

/** What a drawing shows at one time. */
export interface Shown {
  readonly layout: Layout;
  readonly selected: string | undefined;
}

/**
 * What has to come into sight after a change, if anything: the first step that was not there before, with the lanes that it brought
 * if there is room; else the selected one, once it is another or has moved. Whoever looks elsewhere and types is left alone.
 */
export function partsToShow(before: Shown, now: Shown): readonly Box[] {
  const added = addedStep(before.layout, now.layout);
  if (added) return [withLanes(now.layout, added), added];
  const step = stepIn(now.layout, now.selected);
  const isAnother = now.selected !== before.selected || placeIn(now.layout, step) !== placeIn(before.layout, step);
  return step && isAnother ? [step] : [];
}

function stepIn({ nodes }: Layout, id: string | undefined): PlacedNode | undefined {
  return nodes.find((node) => node.id === id);
}

/** Of a text with as many steps as before none is new: one may have another name. */
function addedStep(before: Layout, now: Layout): PlacedNode | undefined {
  if (now.nodes.length <= before.nodes.length) return undefined;
  const known = new Set(before.nodes.map(({ id }) => id));
  return now.nodes.find(({ id, type }) => type === 'step' && !known.has(id));
}

/** Where a step stands to what is drawn before it: that stays as it is when only something above grows. */
function placeIn({ nodes }: Layout, step: PlacedNode | undefined): string {
  const steps = nodes.filter(({ type }) => type !== 'frame');
  const at = steps.findIndex(({ id }) => id === step?.id);
  const [before, own] = [steps[at - 1], steps[at]];
  return before && own ? `${before.id} ${own.x - before.x} ${own.y - before.y}` : '';
}

/** A block with its frame, and with the lines that lead into its lanes. */
function withLanes({ nodes, edges }: Layout, step: PlacedNode): Box {
  const own = nodes.filter(({ id }) => id === step.id || id === `frame:${step.id}`);
  const points = edges.flatMap(({ lane, points: line }) => (lane?.owner === step.id ? line : []));
  const xs = [...own.flatMap(({ x, width }) => [x, x + width]), ...points.map(({ x }) => x)];
  const ys = [...own.flatMap(({ y, height }) => [y, y + height]), ...points.map(({ y }) => y)];
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}
