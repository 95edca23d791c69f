import type { Step } from '../types.js';
import { callKind } from './call.js';
import { forEachKind } from './forEach.js';
import { ifKind } from './if.js';
import { SHAPELESS, type StepKind, type StepKindName } from './kind.js';
import { parallelKind } from './parallel.js';
import { repeatKind } from './repeat.js';
import { respondKind } from './respond.js';
import { setKind } from './set.js';
import { stopKind } from './stop.js';
import { switchKind } from './switch.js';
import { tryKind } from './try.js';
import { useKind } from './use.js';
import { waitKind } from './wait.js';

/** Every kind of step. */
export const kinds = {
  use: useKind,
  if: ifKind,
  switch: switchKind,
  forEach: forEachKind,
  repeat: repeatKind,
  parallel: parallelKind,
  try: tryKind,
  wait: waitKind,
  call: callKind,
  respond: respondKind,
  set: setKind,
  stop: stopKind,
} as const;

export const kindNames = Object.keys(kinds) as StepKindName[];

/** Which kind of step this is: the key that says so. */
export function stepKind(step: Step): StepKindName {
  const name = kindNames.find((key) => key in step);
  if (name === undefined) throw new TypeError(`The step ${step.id} has no key that says what it is.`);
  return name;
}

/** The lists of steps inside a step, in file order. */
export function listsIn(step: Step): (readonly Step[])[] {
  return kindOf(step)
    .inner(step, SHAPELESS)
    .map(({ steps }) => steps);
}

/** The definition of a step's kind. */
export function kindOf(step: Step): StepKind {
  // Each kind takes its own steps only; `stepKind` picked the one that fits.
  return kinds[stepKind(step)] as unknown as StepKind;
}
