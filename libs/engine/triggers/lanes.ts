import { isStepError } from '@millrace/component-sdk';
import { compileTemplate, type Concurrency } from '@millrace/flow';
import type { EventRecord, Lane, TriggerView } from '../records.js';
import { BodyRefusal } from './bodies/refusal.js';
import { parseTrigger } from './webhook.js';

/** Which lane a run stands in line in. */
export interface LaneRule {
  readonly limit: number;
  of(trigger: TriggerView): Lane;
}

/**
 * Compiles what a checked flow says of its lanes; nothing in it waits. What has no key, or an empty one, shares one lane of
 * the flow: it must neither be turned away for what it lacks nor pass the limit.
 */
export function laneRule({ key, limit }: Concurrency): LaneRule {
  const resolve = key === undefined ? undefined : compileTemplate(key, 'concurrency.key').resolveSync;
  if (!resolve) return { limit, of: () => ({ key: '', limit }) };
  return { limit, of: (trigger) => ({ key: keyOf(() => resolve({ trigger })), limit }) };
}

function keyOf(resolve: () => unknown): string {
  try {
    const value = resolve() ?? '';
    return typeof value === 'string' ? value : JSON.stringify(value);
  } catch (error) {
    if (isStepError(error)) return '';
    throw error;
  }
}

/** The lane for an event that was written down before. One whose body cannot be read any more has no key. */
export async function laneOfEvent(rule: LaneRule, event: EventRecord): Promise<Lane> {
  try {
    return rule.of(await parseTrigger(event));
  } catch (error) {
    if (!(error instanceof BodyRefusal)) throw error;
    return { key: '', limit: rule.limit };
  }
}
