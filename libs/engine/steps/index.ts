import type { PlannedStep } from '../plan.js';
import { walkCall } from './call.js';
import { walkForEach } from './for-each.js';
import { walkIf } from './if.js';
import { walkParallel } from './parallel.js';
import { walkRepeat } from './repeat.js';
import { walkRespond } from './respond.js';
import { walkSet } from './set.js';
import type { StepSignal, Walk } from './step.js';
import { walkStop } from './stop.js';
import { walkSwitch } from './switch.js';
import { walkTry } from './try.js';
import { walkUse } from './use.js';
import { walkWait } from './wait.js';

/** One entry per kind of step. A new kind is one file, one entry here and one in the flow schema. */
const KINDS: { readonly [K in PlannedStep['kind']]: (step: Extract<PlannedStep, { kind: K }>, walk: Walk) => Promise<StepSignal> } = {
  use: walkUse,
  if: walkIf,
  switch: walkSwitch,
  set: walkSet,
  stop: walkStop,
  forEach: walkForEach,
  repeat: walkRepeat,
  parallel: walkParallel,
  try: walkTry,
  wait: walkWait,
  call: walkCall,
  respond: walkRespond,
};

export function walkStep(step: PlannedStep, walk: Walk): Promise<StepSignal> {
  const run = KINDS[step.kind] as (step: PlannedStep, walk: Walk) => Promise<StepSignal>;
  return run(step, walk);
}
