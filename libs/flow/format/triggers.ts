import { listed, suggestion } from '../names.js';
import { propertiesOf } from '../text.js';
import { eventPattern } from '../events.js';
import { faultOfCron, faultOfZone } from '../schedule.js';
import type { CallTrigger, EventTrigger, ScheduleTrigger, Trigger, TriggerType } from '../types.js';
import { complain, optional, present, readChoice, readDuration, readFields, readPattern, readText, required } from './reader.js';
import type { Cursor, Fields, Reader } from './reader.js';
import { readCondition } from './settings.js';
import { readSchema, readWebhookTrigger } from './trigger.js';

/** What a schedule does where the file is silent. */
export const scheduleDefaults = { timezone: 'UTC', overlap: 'skip', catchUp: 'latest' } as const;

/** The shortest interval of a schedule, in milliseconds: below, a flow should listen to events. */
export const shortestInterval = 1000;

const readers: Readonly<Record<TriggerType, Reader<Trigger>>> = {
  webhook: readWebhookTrigger,
  schedule: readSchedule,
  event: readEvent,
  call: readCall,
};

/** Every type of trigger. */
export const triggerTypes = Object.keys(readers) as TriggerType[];

/** Reads a trigger by its type; of a type that does not exist, nothing but that is reported. */
export function readTrigger(at: Cursor): Trigger | undefined {
  if (at.node.type !== 'object') return complain(at, 'flow.wrong-type', 'The trigger is an object with a `type`.');
  const type = typeCursor(at);
  if (type === undefined) {
    const start = { ...at, node: { ...at.node, length: 1 } };
    return complain(start, 'flow.missing-key', `The trigger needs \`type\`: one of ${listed(triggerTypes)}.`);
  }
  const name = readText(type);
  const known = triggerTypes.find((candidate) => candidate === name);
  if (known !== undefined) return readers[known](at);
  if (name !== undefined) complain(type, 'flow.bad-value', `There is no trigger \`${name}\`.${suggestion(name, triggerTypes)}`);
  return undefined;
}

function typeCursor(at: Cursor): Cursor | undefined {
  const type = propertiesOf(at.node).find(({ key }) => key.value === 'type')?.value;
  return type && { ...at, node: type, pointer: `${at.pointer}/type` };
}

const scheduleKeys = ['type', 'cron', 'every', 'timezone', 'overlap', 'catchUp'] as const;

function readSchedule(at: Cursor): ScheduleTrigger | undefined {
  const fields = readFields(at, { what: 'a schedule trigger', keys: scheduleKeys });
  if (fields === undefined) return undefined;
  checkClock(fields);
  return present<ScheduleTrigger>({
    type: 'schedule',
    cron: optional(fields, 'cron', readUnless(faultOfCron)),
    every: optional(fields, 'every', readDuration(shortestInterval)),
    timezone: optional(fields, 'timezone', readUnless(faultOfZone)),
    overlap: optional(fields, 'overlap', readChoice(['skip', 'queue', 'allow'])),
    catchUp: optional(fields, 'catchUp', readChoice(['none', 'latest', 'all'])),
  });
}

function checkClock({ at, keys }: Fields): void {
  const hasCron = keys.has('cron');
  const every = keys.get('every');
  if (!hasCron && every === undefined) {
    complain({ ...at, node: { ...at.node, length: 1 } }, 'flow.missing-key', 'A schedule trigger needs `cron` or `every`.');
  }
  if (every === undefined) return;
  if (hasCron) at.report('flow.conflicting-keys', 'A schedule goes by `cron` or by `every`; keep one.', every, `${at.pointer}/every`);
  const zone = keys.get('timezone');
  if (zone !== undefined && !hasCron) {
    at.report(
      'flow.key-no-effect',
      '`timezone` has no effect on `every`, which counts from 1 January 1970 in UTC; remove it.',
      zone,
      `${at.pointer}/timezone`,
    );
  }
}

/** Reads a text unless there is a sentence against it. */
function readUnless(faultOf: (text: string) => string | undefined): Reader<string> {
  return (at) => {
    const text = readText(at);
    const fault = text === undefined ? undefined : faultOf(text);
    return fault === undefined ? text : complain(at, 'flow.bad-value', fault);
  };
}

const readEventName = readPattern(
  eventPattern,
  'flow.bad-value',
  'is not the name of an event; write lower-case words with dots or dashes between them, such as `order.paid`, `order.*` or `*`.',
);

function readEvent(at: Cursor): EventTrigger | undefined {
  const fields = readFields(at, { what: 'an event trigger', keys: ['type', 'event', 'when'] });
  if (fields === undefined) return undefined;
  const event = required(fields, 'event', readEventName);
  return present<EventTrigger>({ type: 'event', event: event ?? '*', when: optional(fields, 'when', readCondition) });
}

function readCall(at: Cursor): CallTrigger | undefined {
  const fields = readFields(at, { what: 'a call trigger', keys: ['type', 'input'] });
  return fields && present<CallTrigger>({ type: 'call', input: optional(fields, 'input', readSchema) });
}
