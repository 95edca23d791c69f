import { moveStep, type EditResult, type StepPlace } from '@millrace/flow';
import { everyStep, readFlow, type FlowTree } from '../flow/structure.js';
import { lanesOf, placeOf, type StepLane } from './places.js';
import { replaced } from './replaced.js';

/** up, down: in the list, and out of it at its ends. left, right: to the lane beside, out of a block, into the one beside. */
export type MoveWay = 'up' | 'down' | 'left' | 'right';

/** Where a step goes by a key; undefined where there is nothing that way. */
export function placeTowards(tree: FlowTree, id: string, way: MoveWay): StepPlace | undefined {
  const lanes = lanesOf(tree);
  const place = placeOf(tree, id);
  const lane = lanes.find(({ list }) => list === place?.list);
  if (place === undefined || lane === undefined) return undefined;
  const { list, at, count } = place;
  if (way === 'up') return at > 0 ? { list, at: at - 1 } : outOf(tree, lane, 0);
  if (way === 'down') return at + 1 < count ? { list, at: at + 2 } : outOf(tree, lane, 1);
  if (way === 'left') return beside(lanes, lane, at, -1) ?? outOf(tree, lane, 1);
  return beside(lanes, lane, at, 1) ?? into(lanes, lane, at);
}

/** Before or behind the step around a list. */
function outOf(tree: FlowTree, { owner }: StepLane, by: 0 | 1): StepPlace | undefined {
  const place = owner && placeOf(tree, owner.id);
  return place && { list: place.list, at: place.at + by };
}

/** The lane to the left or right in the same step, at the same height. */
function beside(lanes: readonly StepLane[], { owner, list }: StepLane, at: number, by: -1 | 1): StepPlace | undefined {
  const own = owner ? lanes.filter((lane) => lane.owner === owner) : [];
  const next = own[own.findIndex((lane) => lane.list === list) + by];
  return next && { list: next.list, at: Math.min(at, next.steps.length) };
}

/** Into the block right above, at its end; else into the one right below, at its beginning. */
function into(lanes: readonly StepLane[], { steps }: StepLane, at: number): StepPlace | undefined {
  const first = (index: number): StepLane | undefined => lanes.find(({ owner }) => owner !== undefined && owner === steps[index]);
  const above = first(at - 1);
  if (above) return { list: above.list, at: above.steps.length };
  const below = first(at + 1);
  return below && { list: below.list, at: 0 };
}

/** Those of `ids` that are steps, in the order of the file, without what lies inside others of them. */
export function outermostIds(tree: FlowTree, ids: Iterable<string>): string[] {
  const wanted = new Set(ids);
  const all = everyStep([...tree.steps, ...tree.onError]).filter(({ id }) => wanted.has(id));
  const inside = new Set(all.flatMap(({ lanes }) => lanes.flatMap(({ steps }) => everyStep(steps).map(({ id }) => id))));
  return all.map(({ id }) => id).filter((id) => !inside.has(id));
}

/** Moves steps to one place, one behind the other, as one edit. What reads them stays as it is. */
export function moveSteps(text: string, ids: readonly string[], to: StepPlace): EditResult {
  return chained(text, ids, (current, id, index) => {
    const before = index === 0 ? undefined : placeOf(readFlow(current), ids[index - 1]!);
    return moveStep(current, { step: id, to: before ? { list: before.list, at: before.at + 1 } : to });
  });
}

/** Moves steps one place on, together, also out of their list and into others. Nothing happens where there is no place. */
export function nudgeSteps(text: string, ids: readonly string[], way: MoveWay): EditResult {
  const lead = way === 'down' || way === 'right' ? ids.at(-1) : ids[0];
  const to = lead === undefined ? undefined : placeTowards(readFlow(text), lead, way);
  return to ? moveSteps(text, ids, to) : replaced(text, text);
}

type Work = (text: string, id: string, index: number) => EditResult;

/** Several edits as one: the first refusal is that of all. */
function chained(text: string, ids: readonly string[], work: Work): EditResult {
  let current = text;
  for (const [index, id] of ids.entries()) {
    const result = work(current, id, index);
    if (!result.ok) return result;
    current = result.text;
  }
  return replaced(text, current);
}
