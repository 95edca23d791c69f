import type { JsonObject } from '../../flow/structure.js';

/** What can start a flow, in the words of a choice. */
export const TRIGGER_TYPES = {
  webhook: 'A request',
  schedule: 'A schedule',
  event: 'An event from inside',
  call: 'Another flow that calls it',
} as const;

export type TriggerType = keyof typeof TRIGGER_TYPES;

export function isTriggerType(type: unknown): type is TriggerType {
  return typeof type === 'string' && Object.hasOwn(TRIGGER_TYPES, type);
}

/** What a trigger of a type begins with: it can be published as it is. */
export function newTrigger(type: TriggerType): JsonObject {
  return STARTS[type]();
}

const STARTS: Readonly<Record<TriggerType, () => JsonObject>> = {
  webhook: () => ({ type: 'webhook' }),
  schedule: () => ({ type: 'schedule', cron: '0 6 * * *', timezone: Intl.DateTimeFormat().resolvedOptions().timeZone }),
  event: () => ({ type: 'event', event: 'flow.failed' }),
  call: () => ({ type: 'call' }),
};
