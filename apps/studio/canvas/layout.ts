import { isLoop, type FlowStep, type FlowTree, type Lane } from '../flow/structure.js';
import { laneWords } from '../flow/words.js';
import { NODE, noteBelow, type Layout, type PlacedEdge, type PlacedNode } from './placed.js';

export const GAP = 56;
const LANE_GAP = 40;
const FRAME_PADDING = 24;
/** From a branching step down to where its lanes part, and to where they begin. */
const SPLIT = 26;
const LANE_TOP = 74;
/** From the longest lane down to where the lanes meet, and on to the end of the block. */
const MEET = 28;
const AFTER_MEET = 14;
const ERROR_REACH = 72;
const EMPTY_LANE = 72;
const STRIP = 34;
/** What adds a step at the end of a loop stands well inside of its frame, and what adds one behind it well outside. */
const ADD_ROOM = 24;
const LOOP_FOOT = 14;
/** Branches that all end have no line that leads out of them, below which it would stand. */
const ENDS_ROOM = 22;

/** How much room a part needs on both sides of its axis, and below its top. */
interface Extent {
  readonly left: number;
  readonly right: number;
  readonly height: number;
}

interface Drawing {
  readonly nodes: PlacedNode[];
  readonly edges: PlacedEdge[];
}

/** A part that has been measured and can be drawn anywhere. */
interface Block extends Extent {
  /** Nothing follows it: the run ends inside. */
  readonly ends: boolean;
  /** What it needs below its height where a step can be added behind it: a note stands there. */
  readonly foot: number;
  draw(into: Drawing, axis: number, top: number): void;
}

export interface LayoutOptions {
  /** Leave room for the strip of iterations in the head of each loop. */
  readonly strips?: boolean;
  /** Leave room at the end of each lane for what adds a step there. */
  readonly spots?: boolean;
}

const HALF = NODE.width / 2;

/**
 * Places a flow. Its structure is a tree, so that measuring goes up and placing goes down it, once each: the result
 * depends on nothing else but the notes that end a lane, and an edit moves only what follows it. The axis of the flow is x = 0.
 */
export function layoutFlow(tree: FlowTree, options: LayoutOptions = {}): Layout {
  const drawing: Drawing = { nodes: [], edges: [] };
  const main = sequence(tree.steps, options);
  addNode(drawing, { id: 'trigger', type: 'trigger', step: undefined }, 0, 0);
  if (tree.steps[0]) connect(drawing, 'trigger', tree.steps[0].id, 0, NODE.height, NODE.height + GAP);
  main.draw(drawing, 0, NODE.height + GAP);
  if (tree.onError.length > 0) drawErrorLane(drawing, tree.onError, Math.max(HALF, main.right), options);
  return { ...drawing, bounds: boundsOf(drawing.nodes) };
}

/** To the right of everything, for it can begin at any step. */
function drawErrorLane(drawing: Drawing, steps: readonly FlowStep[], right: number, options: LayoutOptions): void {
  const lane = sequence(steps, options);
  const axis = right + ERROR_REACH + lane.left;
  const top = NODE.height + GAP;
  const y = NODE.height / 2;
  drawing.edges.push({
    id: 'error',
    kind: 'error',
    from: 'trigger',
    to: steps[0]?.id,
    lane: { owner: 'flow', key: 'onError' },
    label: 'on error',
    points: [
      { x: HALF, y },
      { x: axis, y },
      { x: axis, y: top },
    ],
    pill: { x: axis, y: y + (top - y) / 2 },
  });
  lane.draw(drawing, axis, top);
}

function sequence(steps: readonly FlowStep[], options: LayoutOptions): Block {
  const blocks = steps.map((step) => blockOf(step, options));
  const height = blocks.reduce((sum, block) => sum + block.height, 0) + GAP * Math.max(0, blocks.length - 1);
  return {
    left: Math.max(...blocks.map(({ left }) => left), EMPTY_LANE),
    right: Math.max(...blocks.map(({ right }) => right), EMPTY_LANE),
    height,
    ends: blocks.some(({ ends }) => ends),
    foot: blocks.at(-1)?.foot ?? 0,
    draw: (into, axis, top) => drawSequence(into, steps, blocks, axis, top),
  };
}

function drawSequence(into: Drawing, steps: readonly FlowStep[], blocks: readonly Block[], axis: number, top: number): void {
  let y = top;
  blocks.forEach((block, index) => {
    block.draw(into, axis, y);
    y += block.height;
    const next = steps[index + 1];
    if (next && !block.ends) connect(into, steps[index]!.id, next.id, axis, y, y + GAP);
    y += GAP;
  });
}

function blockOf(step: FlowStep, options: LayoutOptions): Block {
  if (isLoop(step)) return loop(step, options);
  if (step.lanes.length > 0) return branching(step, options);
  return {
    left: HALF,
    right: HALF,
    height: NODE.height,
    ends: step.kind === 'stop',
    foot: options.spots && step.kind !== 'stop' ? noteBelow(step) : 0,
    draw: (into, axis, top) => addNode(into, { id: step.id, type: 'step', step }, axis, top),
  };
}

/** The loop's node straddles the top of a frame around its body. */
function loop(step: FlowStep, options: LayoutOptions): Block {
  const lane = step.lanes[0];
  const steps = lane?.steps ?? [];
  const body = sequence(steps, options);
  const head = NODE.height + (options.strips ? STRIP : 0);
  const [left, right] = [Math.max(HALF, body.left) + FRAME_PADDING, Math.max(HALF, body.right) + FRAME_PADDING];
  const room = options.spots && steps.at(-1)?.kind !== 'stop' ? ADD_ROOM + (body.ends ? ENDS_ROOM : 0) : 0;
  const height = head + GAP + body.height + body.foot + room + FRAME_PADDING;
  return {
    left,
    right,
    height,
    ends: false,
    foot: options.spots ? LOOP_FOOT : 0,
    draw: (into, axis, top) => {
      const frameTop = top + NODE.height / 2;
      const frame = { id: `frame:${step.id}`, type: 'frame', step, width: left + right, height: height - NODE.height / 2 } as const;
      into.nodes.push({ ...frame, x: axis - left, y: frameTop });
      addNode(into, { id: step.id, type: 'step', step }, axis, top);
      const first = steps[0];
      if (lane && first) enterBody(into, { owner: step.id, key: lane.key }, first, axis, top + head);
      body.draw(into, axis, top + head + GAP);
    },
  };
}

function enterBody(into: Drawing, lane: NonNullable<PlacedEdge['lane']>, first: FlowStep, x: number, y: number): void {
  into.edges.push({
    id: `${lane.owner}/${lane.key}`,
    kind: 'enter',
    from: lane.owner,
    to: first.id,
    lane,
    label: undefined,
    points: [
      { x, y },
      { x, y: y + GAP },
    ],
    pill: { x, y: y + GAP / 2 },
  });
}

interface PlacedLane {
  readonly lane: Lane;
  readonly block: Block;
  /** Relative to the axis of the branching step. */
  readonly axis: number;
}

/** Lanes side by side, and below them the lane that is always taken, if there is one. */
function branching(step: FlowStep, options: LayoutOptions): Block {
  const measured = step.lanes.map((lane) => ({ lane, block: sequence(lane.steps, options) }));
  const lanes = placeLanes(
    measured.filter(({ lane }) => lane.role !== 'finally'),
    step.kind === 'try',
  );
  const last = measured.find(({ lane }) => lane.role === 'finally');
  const tallest = Math.max(0, ...lanes.map(({ block }) => block.height + block.foot));
  const meeting = NODE.height + LANE_TOP + tallest + MEET;
  const ends = lanes.length > 0 && lanes.every(({ block }) => block.ends);
  const tail = last && options.spots && last.lane.steps.length > 0 && !last.block.ends ? last.block.foot + MEET : 0;
  const height = last ? meeting + GAP + last.block.height + tail : meeting + AFTER_MEET;
  return {
    left: Math.max(HALF, last?.block.left ?? 0, ...lanes.map(({ block, axis }) => block.left - axis)),
    right: Math.max(HALF, last?.block.right ?? 0, ...lanes.map(({ block, axis }) => block.right + axis)),
    height: ends && !last ? meeting - MEET : height,
    ends,
    foot: 0,
    draw: (into, axis, top) => {
      addNode(into, { id: step.id, type: 'step', step }, axis, top);
      for (const placed of lanes) drawLane(into, step, placed, axis, top, meeting);
      if (last) drawFinally(into, step, last, axis, top + meeting, tail);
    },
  };
}

/** A row of lanes around the axis; the first one on it where it is the way that is usually taken. */
function placeLanes(lanes: readonly Omit<PlacedLane, 'axis'>[], firstOnAxis: boolean): PlacedLane[] {
  let edge = 0;
  const row = lanes.map(({ lane, block }) => {
    const axis = edge + block.left;
    edge = axis + block.right + LANE_GAP;
    return { lane, block, axis };
  });
  const [first, last] = [row[0]?.axis ?? 0, row.at(-1)?.axis ?? 0];
  const middle = firstOnAxis ? first : (first + last) / 2;
  return row.map((placed) => ({ ...placed, axis: placed.axis - middle }));
}

function drawLane(
  into: Drawing,
  owner: FlowStep,
  { lane, block, axis: offset }: PlacedLane,
  axis: number,
  top: number,
  meeting: number,
): void {
  const x = axis + offset;
  const bottom = top + NODE.height;
  const laneTop = bottom + LANE_TOP;
  const ref = { owner: owner.id, key: lane.key };
  const label = laneWords(owner, lane);
  const pill = { x, y: laneTop - 18 };
  const enter = [
    { x: axis, y: bottom },
    { x: axis, y: bottom + SPLIT },
    { x, y: bottom + SPLIT },
    { x, y: laneTop },
  ];
  const leave = [
    { x, y: laneTop + block.height },
    { x, y: top + meeting },
    { x: axis, y: top + meeting },
    { x: axis, y: top + meeting + AFTER_MEET },
  ];
  const kind = lane.role === 'catch' ? 'error' : 'enter';
  const first = lane.steps[0]?.id;
  const base = { lane: ref, from: owner.id } as const;
  if (first === undefined) {
    into.edges.push({ ...base, id: `${owner.id}/${lane.key}`, kind, label, pill, to: undefined, points: [...enter, ...leave.slice(1)] });
    return;
  }
  into.edges.push({ ...base, id: `${owner.id}/${lane.key}`, kind, label, pill, to: first, points: enter });
  block.draw(into, x, laneTop);
  if (block.ends) return;
  into.edges.push({ ...base, id: `${owner.id}/${lane.key}/end`, kind: 'leave', label: undefined, pill, to: undefined, points: leave });
}

/** `tail`: how far its line goes on below its last step. */
function drawFinally(
  into: Drawing,
  owner: FlowStep,
  { lane, block }: Omit<PlacedLane, 'axis'>,
  axis: number,
  top: number,
  tail: number,
): void {
  const points = [
    { x: axis, y: top },
    { x: axis, y: top + GAP },
  ];
  const base = { lane: { owner: owner.id, key: lane.key }, from: owner.id, pill: { x: axis, y: top + GAP / 2 } } as const;
  into.edges.push({ ...base, id: `${owner.id}/finally`, kind: 'enter', to: lane.steps[0]?.id, label: laneWords(owner, lane), points });
  block.draw(into, axis, top + GAP);
  if (tail === 0) return;
  const end = top + GAP + block.height;
  const leave = [
    { x: axis, y: end },
    { x: axis, y: end + tail },
  ];
  into.edges.push({ ...base, id: `${owner.id}/finally/end`, kind: 'leave', label: undefined, to: undefined, points: leave });
}

function connect(into: Drawing, from: string, to: string, x: number, top: number, bottom: number): void {
  const pill = { x, y: (top + bottom) / 2 };
  into.edges.push({
    id: `${from}→${to}`,
    kind: 'next',
    from,
    to,
    lane: undefined,
    label: undefined,
    points: [
      { x, y: top },
      { x, y: bottom },
    ],
    pill,
  });
}

function addNode(into: Drawing, node: Pick<PlacedNode, 'id' | 'type' | 'step'>, axis: number, top: number): void {
  into.nodes.push({ ...node, ...NODE, x: axis - HALF, y: top });
}

function boundsOf(nodes: readonly PlacedNode[]): Layout['bounds'] {
  const [x, y] = [Math.min(...nodes.map((node) => node.x)), Math.min(...nodes.map((node) => node.y))];
  const [right, bottom] = [Math.max(...nodes.map((node) => node.x + node.width)), Math.max(...nodes.map((node) => node.y + node.height))];
  return { x, y, width: right - x, height: bottom - y };
}
