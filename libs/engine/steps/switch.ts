import type { Json } from '@millrace/component-sdk';
import { evaluateCondition, resolveTemplate } from '@millrace/flow';
import type { StepEnvironment } from '../determinism.js';
import type { PlannedCase, PlannedSwitch } from '../plan.js';
import { decision, type StepSignal, type Walk } from './step.js';

/** Takes the first case that fits, else the default; the choice is journalled by position (-1: default). */
export async function walkSwitch(step: PlannedSwitch, walk: Walk): Promise<StepSignal> {
  const decided = await decision(walk, step, async (environment) => ({ case: await firstFitting(step, walk, environment) }));
  if ('failed' in decided) return { kind: 'failed', error: decided.failed };
  return walk.list(step.cases[decided.output.case]?.steps ?? step.default);
}

async function firstFitting(step: PlannedSwitch, walk: Walk, environment: StepEnvironment): Promise<number> {
  const subject = step.subject && (await resolveTemplate(step.subject, walk.scope, environment));
  for (const [index, candidate] of step.cases.entries()) {
    if (await fits(candidate, subject, walk, environment)) return index;
  }
  return -1;
}

async function fits(candidate: PlannedCase, subject: Json | undefined, walk: Walk, environment: StepEnvironment): Promise<boolean> {
  if (candidate.condition) return evaluateCondition(candidate.condition, walk.scope, environment);
  for (const value of candidate.values) {
    if (sameJson(await resolveTemplate(value, walk.scope, environment), subject)) return true;
  }
  return false;
}

/** Compares by value, key order aside; numbers and strings are different. */
function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b || Array.isArray(a) !== Array.isArray(b)) return false;
  const left = Object.entries(a);
  const right = b as Record<string, Json>;
  return left.length === Object.keys(right).length && left.every(([key, value]) => Object.hasOwn(right, key) && sameJson(value, right[key]));
}
