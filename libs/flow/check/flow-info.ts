import type { FlowInfo } from '../steps/kind.js';
import type { Flow } from '../types.js';
import { allSteps } from './check.js';

/** What the checker of other flows needs to know of this one: see `Catalog.flows`. */
export function flowInfo({ trigger, steps, onError = [] }: Flow): FlowInfo {
  const calls = [...allSteps(steps), ...allSteps(onError)].flatMap((step) => ('call' in step ? [step.call] : []));
  return { trigger: trigger.type, calls: [...new Set(calls)] };
}
