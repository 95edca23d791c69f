import type { FlowStep, FlowTree } from '../flow/structure.js';

export type Direction = 'up' | 'down' | 'left' | 'right';

/** Where each arrow key leads from a step; nothing where there is nothing. */
export type Neighbours = Readonly<Partial<Record<Direction, string>>>;

/** A list of steps and how it is reached. */
interface Place {
  readonly steps: readonly FlowStep[];
  /** What stands above its first step. */
  readonly above: string;
  /** What follows its last step. */
  readonly below: string | undefined;
  /** The lists beside it. */
  readonly before: readonly FlowStep[] | undefined;
  readonly after: readonly FlowStep[] | undefined;
}

/**
 * How arrow keys walk a flow, by step: down goes into a branch or loop and on after its end, up the same way back, left
 * and right to the lane beside. The steps on errors are to the right of the trigger.
 */
export function neighboursOf({ steps, onError }: FlowTree): ReadonlyMap<string, Neighbours> {
  const found = new Map<string, Neighbours>();
  found.set('trigger', { down: steps[0]?.id, right: onError[0]?.id });
  visit(found, { steps, above: 'trigger', below: undefined, before: undefined, after: onError });
  visit(found, { steps: onError, above: 'trigger', below: undefined, before: steps, after: undefined });
  return found;
}

function visit(found: Map<string, Neighbours>, place: Place): void {
  place.steps.forEach((step, index) => {
    const next = place.steps[index + 1]?.id ?? place.below;
    const previous = place.steps[index - 1];
    const filled = step.lanes.filter((lane) => lane.steps.length > 0);
    found.set(step.id, {
      up: previous ? lastOf(previous) : place.above,
      down: filled[0]?.steps[0]?.id ?? next,
      left: beside(place.before, index),
      right: beside(place.after, index),
    });
    filled.forEach(({ steps }, at) =>
      visit(found, { steps, above: step.id, below: next, before: filled[at - 1]?.steps, after: filled[at + 1]?.steps }),
    );
  });
}

/** The step beside the nth one: a shorter list ends earlier. */
function beside(steps: readonly FlowStep[] | undefined, index: number): string | undefined {
  return steps?.[Math.min(index, steps.length - 1)]?.id;
}

/** What stands right above whatever follows this step. */
function lastOf(step: FlowStep): string {
  const lane = step.lanes.find(({ steps }) => steps.length > 0);
  const last = lane?.steps.at(-1);
  return last ? lastOf(last) : step.id;
}
