import type { StepPlace } from '@millrace/flow';
import { noteBelow, type Layout, type PlacedEdge, type PlacedNode, type Point } from '../canvas/placed.js';
import { emptyStop } from '../canvas/walk.js';
import { isLoop, type FlowStep, type FlowTree, type Lane } from '../flow/structure.js';
import { laneWords, stepTitle, stepTitles } from '../flow/words.js';

/** A list of steps and how it is found in the file. */
export interface StepLane {
  /** JSON pointer. */
  readonly list: string;
  readonly steps: readonly FlowStep[];
  /** The step around it; undefined at the top. */
  readonly owner: FlowStep | undefined;
  readonly key: string;
}

/** Of trees that were looked at: each of their steps asks for its place. */
const known = new WeakMap<FlowTree, { readonly lanes: readonly StepLane[]; readonly places: ReadonlyMap<string, CountedPlace> }>();

type CountedPlace = StepPlace & { readonly count: number };

/** Every list of steps of a flow, also those that hold none. */
export function lanesOf(tree: FlowTree): readonly StepLane[] {
  return read(tree).lanes;
}

function read(tree: FlowTree): NonNullable<ReturnType<(typeof known)['get']>> {
  const found = known.get(tree) ?? { lanes: everyLane(tree), places: placesIn(everyLane(tree)) };
  known.set(tree, found);
  return found;
}

/** Of steps with the same id the first counts. */
function placesIn(lanes: readonly StepLane[]): ReadonlyMap<string, CountedPlace> {
  const places = lanes.flatMap(({ list, steps }) => steps.map(({ id }, at) => [id, { list, at, count: steps.length }] as const));
  return new Map(places.reverse());
}

function everyLane(tree: FlowTree): StepLane[] {
  const top = (['steps', 'onError'] as const).map((key) => ({ list: `/${key}`, steps: tree[key], owner: undefined, key }));
  return top.flatMap((lane) => [lane, ...below(lane)]);
}

function below({ list, steps }: StepLane): StepLane[] {
  return steps.flatMap((owner, index) =>
    owner.lanes.flatMap((lane) => {
      const inner = { list: `${list}/${index}${laneSuffix(owner, lane)}`, steps: lane.steps, owner, key: lane.key };
      return [inner, ...below(inner)];
    }),
  );
}

function laneSuffix({ kind }: FlowStep, { key }: Lane): string {
  if (kind === 'parallel') return `/parallel/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  return kind === 'switch' && key !== 'default' ? `/cases/${key}/steps` : `/${key}`;
}

/** Where a step stands; undefined when there is none of this id. */
export function placeOf(tree: FlowTree, id: string): CountedPlace | undefined {
  return read(tree).places.get(id);
}

/** Where a new step goes: behind the selected one, below a selected trigger, else at the end. */
export function placeAfter(tree: FlowTree, selected: string | undefined): StepPlace {
  if (selected === 'trigger') return { list: '/steps', at: 0 };
  const place = selected === undefined ? undefined : placeOf(tree, selected);
  return place ? { list: place.list, at: place.at + 1 } : { list: '/steps', at: tree.steps.length };
}

/** A place of the drawing at which a step can be added. */
export interface Spot extends Point {
  readonly id: string;
  readonly place: StepPlace;
  readonly words: string;
  /** What the arrow keys know it by: the only way by key into a lane that holds no step. */
  readonly stop?: string;
}

const BELOW = 22;

/** A spot on every edge and at the end of every lane, of a layout that leaves room for them. */
export function spotsOf(tree: FlowTree, layout: Layout): Spot[] {
  return [...edgeSpots(tree, layout), ...endSpots(tree, layout)];
}

function edgeSpots(tree: FlowTree, { edges }: Layout): Spot[] {
  const lanes = lanesOf(tree);
  const titles = stepTitles(tree);
  return edges.flatMap((edge): Spot[] => {
    if (edge.kind === 'next') {
      const place = placeAfter(tree, edge.from);
      return [{ id: edge.id, ...edge.pill, place, words: `Add a step after ${titles.get(edge.from) ?? 'the trigger'}` }];
    }
    const lane = lanes.find(({ owner, key }) => owner !== undefined && owner.id === edge.lane?.owner && key === edge.lane.key);
    if (lane === undefined) return [];
    const at = edge.kind === 'leave' ? lane.steps.length : 0;
    const point = edge.kind === 'leave' ? shifted(edge.points[0]!, lane.steps.at(-1)) : beside(edge);
    return [{ id: edge.id, ...point, ...addingTo(lane, at) }];
  });
}

function addingTo(lane: StepLane, at: number): Pick<Spot, 'place' | 'words' | 'stop'> {
  const stop = lane.owner && lane.steps.length === 0 ? { stop: emptyStop(lane.owner.id, lane.key) } : {};
  return { place: { list: lane.list, at }, words: `Add a step ${whereIn(lane, at)}`, ...stop };
}

/** Where the pill of the lane does not lie; in its place where there is none. */
function beside({ points, pill, label }: PlacedEdge): Point {
  if (label === undefined) return pill;
  const end = points.at(-1)!;
  return { x: pill.x, y: end.y > pill.y + BELOW * 2 ? pill.y + BELOW : pill.y - BELOW };
}

/** Clear of the note of the last step, and of the frame of a loop, in which a plus stands as well. */
function shifted({ x, y }: Point, last: FlowStep | undefined): Point {
  return { x, y: y + noteBelow(last) + (last && isLoop(last) ? BELOW : BELOW / 2) };
}

function whereIn(lane: StepLane, at: number): string {
  return `at the ${at === 0 && lane.steps.length > 0 ? 'beginning' : 'end'} of ${laneName(lane)}`;
}

/** As the drawing names it. */
function laneName({ owner, key }: StepLane): string {
  if (owner === undefined) return key === 'steps' ? 'the flow' : 'what runs on errors';
  const lane = owner.lanes.find((one) => one.key === key);
  return isLoop(owner) || !lane ? stepTitle(owner) : `“${laneWords(owner, lane)}” of ${stepTitle(owner)}`;
}

/** What no edge leads out of: the end of the flow, of its error steps, and of the body of a loop. */
function endSpots(tree: FlowTree, layout: Layout): Spot[] {
  const nodes = new Map(layout.nodes.map((node) => [node.id, node]));
  const ends = lanesOf(tree).filter(({ owner }) => owner === undefined || isLoop(owner));
  return ends.flatMap((lane) => {
    const point = endOf(lane, nodes);
    return point === undefined ? [] : [{ id: `${lane.list}/end`, ...point, ...addingTo(lane, lane.steps.length) }];
  });
}

function endOf(lane: StepLane, nodes: ReadonlyMap<string, PlacedNode>): Point | undefined {
  if (lane.list === '/steps' && lane.steps.length === 0) return under(nodes.get('trigger'), nodes.get('trigger'));
  if (lane.steps.length === 0) {
    const frame = lane.owner && nodes.get(`frame:${lane.owner.id}`);
    return frame && { x: frame.x + frame.width / 2, y: frame.y + frame.height - BELOW };
  }
  const inside = lane.steps.flatMap(everyId).flatMap((id) => nodes.get(id) ?? []);
  const last = nodes.get(lane.steps.at(-1)!.id);
  const lowest = inside.reduce<PlacedNode | undefined>((low, node) => (low && bottom(low) >= bottom(node) ? low : node), undefined);
  const end = lane.steps.at(-1)!;
  return end.kind === 'stop' ? undefined : under(last, lowest, !isLoop(end) && end.lanes.length > 0 ? BELOW : 0);
}

function everyId(step: FlowStep): string[] {
  const { id, lanes } = step;
  const inner = lanes.flatMap(({ steps }) => steps.flatMap(everyId));
  return isLoop(step) ? [id, `frame:${id}`, ...inner] : [id, ...inner];
}

function bottom({ y, height, step }: PlacedNode): number {
  return y + height + noteBelow(step);
}

function under(node: PlacedNode | undefined, lowest: PlacedNode | undefined, extra = 0): Point | undefined {
  return node && lowest && { x: node.x + node.width / 2, y: bottom(lowest) + BELOW + extra };
}
