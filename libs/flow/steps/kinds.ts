import type { Step } from '../types.js';
import { ifKind } from './if.js';
import type { StepKind, StepKindName } from './kind.js';
import { setKind } from './set.js';
import { stopKind } from './stop.js';
import { switchKind } from './switch.js';
import { useKind } from './use.js';

/** Every kind of step this version runs. */
export const kinds = { use: useKind, if: ifKind, switch: switchKind, set: setKind, stop: stopKind } as const;

/** Kinds of the format that later versions run. */
export const futureKinds: readonly string[] = ['forEach', 'parallel', 'try', 'wait', 'call', 'respond'];

export const kindNames = Object.keys(kinds) as StepKindName[];

/** Which kind of step this is: the key that says so. */
export function stepKind(step: Step): StepKindName {
  const name = kindNames.find((key) => key in step);
  if (name === undefined) throw new TypeError(`The step ${step.id} has no key that says what it is.`);
  return name;
}

/** The definition of a step's kind. */
export function kindOf(step: Step): StepKind {
  // Each kind takes its own steps only; `stepKind` picked the one that fits.
  return kinds[stepKind(step)] as unknown as StepKind;
}
