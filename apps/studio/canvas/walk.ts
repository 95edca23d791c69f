import type { FlowStep, FlowTree } from '../flow/structure.js';

export type Direction = 'up' | 'down' | 'left' | 'right';

/** Where each arrow key leads from a step; nothing where there is nothing. */
export type Neighbours = Readonly<Partial<Record<Direction, string>>>;

/** Where a step can be added to a lane that holds none: a stop of the arrow keys like a step. No id of a step has a slash. */
export function emptyStop(owner: string, lane: string): string {
  return `${owner}/${lane}`;
}

export function isEmptyStop(stop: string): boolean {
  return stop.includes('/');
}

/** A list of steps and how it is reached. */
interface Place {
  readonly steps: readonly FlowStep[];
  /** What stands above its first step. */
  readonly above: string;
  /** What follows its last step. */
  readonly below: string | undefined;
  /** The stops of the lists beside it. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

export interface WalkOptions {
  /** Whether steps can be added, so that lanes without one have a stop. */
  readonly spots?: boolean;
}

/**
 * How arrow keys walk a flow, by step: down goes into a branch or loop and on after its end, up the same way back, left
 * and right to the lane beside. The steps on errors are to the right of the trigger.
 */
export function neighboursOf({ steps, onError }: FlowTree, { spots = false }: WalkOptions = {}): ReadonlyMap<string, Neighbours> {
  const found = new Map<string, Neighbours>();
  const [main, errors] = [idsOf(steps), idsOf(onError)];
  found.set('trigger', { down: main[0], right: errors[0] });
  visit(found, { steps, above: 'trigger', below: undefined, before: [], after: errors }, spots);
  visit(found, { steps: onError, above: 'trigger', below: undefined, before: main, after: [] }, spots);
  return found;
}

function visit(found: Map<string, Neighbours>, place: Place, spots: boolean): void {
  place.steps.forEach((step, index) => {
    const next = place.steps[index + 1]?.id ?? place.below;
    const previous = place.steps[index - 1];
    const lanes = lanesOf(step, spots);
    found.set(step.id, {
      up: previous ? lastOf(previous, spots) : place.above,
      down: lanes[0]?.stops[0] ?? next,
      left: beside(place.before, index),
      right: beside(place.after, index),
    });
    lanes.forEach(({ steps, stops: [first] }, at) => {
      const [before, after] = [lanes[at - 1]?.stops ?? [], lanes[at + 1]?.stops ?? []];
      if (steps.length > 0) return visit(found, { steps, above: step.id, below: next, before, after }, spots);
      found.set(first!, { up: step.id, down: next, left: beside(before, 0), right: beside(after, 0) });
    });
  });
}

interface WalkedLane {
  readonly steps: readonly FlowStep[];
  readonly stops: readonly string[];
}

/** The lanes of a step that have something to stop at. */
function lanesOf({ id, lanes }: FlowStep, spots: boolean): WalkedLane[] {
  const all = lanes.map(({ key, steps }) => ({ steps, stops: steps.length === 0 && spots ? [emptyStop(id, key)] : idsOf(steps) }));
  return all.filter(({ stops }) => stops.length > 0);
}

function idsOf(steps: readonly FlowStep[]): string[] {
  return steps.map(({ id }) => id);
}

/** The stop beside the nth one: a shorter list ends earlier. */
function beside(stops: readonly string[], index: number): string | undefined {
  return stops[Math.min(index, stops.length - 1)];
}

/** What stands right above whatever follows this step. */
function lastOf(step: FlowStep, spots: boolean): string {
  const [lane] = lanesOf(step, spots);
  const last = lane?.steps.at(-1);
  return last ? lastOf(last, spots) : (lane?.stops[0] ?? step.id);
}
