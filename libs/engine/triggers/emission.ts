import { StepError, type Json } from '@millrace/component-sdk';
import { eventNamePattern, matchesEvent, type EventTrigger } from '@millrace/flow';
import { defaultLimits } from '../limits.js';
import type { TriggerView } from '../records.js';
import { bodyFault } from './bodies/fit.js';
import { acceptCondition } from './rules.js';

/** An event that somebody emits. */
export interface Emission {
  readonly name: string;
  readonly data: Json;
  /** The same key a second time is the same event, for a week. */
  readonly key?: string;
  /** The flow and the run that emit it, or that it tells of. */
  readonly flowId?: string;
  readonly runId?: string;
  /** How many calls and events stand above the runs that it starts. */
  readonly depth: number;
}

/** How the names begin that only the system gives. */
const SYSTEM = ['flow.', 'run.', 'credential.', 'endpoint.', 'instance.'];

const NAME = new RegExp(eventNamePattern);
const LONGEST_NAME = 200;
const encoder = new TextEncoder();

/** What the system emits about a flow; the flow itself is not started by it, or its own failures would start it for ever. */
const ABOUT_A_FLOW: ReadonlySet<string> = new Set(['flow.failed', 'flow.recovered']);

export interface EmissionLimits {
  /** Bytes of the data as JSON. */
  readonly maxBytes: number;
  /** How many calls and events may stand above a run. */
  readonly depth?: number;
}

/** Throws a StepError that says why this may not be emitted by a producer or a step. */
export function checkEmission({ name, data, depth }: Emission, { maxBytes, depth: deepest = defaultLimits.depth }: EmissionLimits): void {
  if (name.length > LONGEST_NAME || !NAME.test(name)) {
    throw refused('event.bad-name', `${JSON.stringify(name.slice(0, 80))} is no name for an event; write it like order.paid.`);
  }
  if (SYSTEM.some((beginning) => name.startsWith(beginning))) {
    throw refused(
      'event.reserved-name',
      `Only the system emits ${name}. Choose a name that begins with none of ${SYSTEM.map((beginning) => `"${beginning}"`).join(', ')}.`,
    );
  }
  const fault = bodyFault(data);
  if (fault !== undefined) throw refused('event.bad-data', `The data of ${name} ${fault}.`);
  const size = encoder.encode(JSON.stringify(data)).length;
  if (size > maxBytes) throw refused('event.too-large', `The data of ${name} has ${size} bytes; an event may have ${maxBytes}.`);
  if (depth > deepest) throw tooDeep(name, deepest);
}

function tooDeep(name: string, deepest: number): StepError {
  return refused(
    'event.too-deep',
    `${name} was not emitted: ${deepest} calls and events stand above this run already. Look for flows that start each other.`,
  );
}

function refused(code: string, message: string): StepError {
  return new StepError({ code, message, blame: 'author', arrived: 'no' });
}

/** Whether an emission may still start runs. What the system emits is not refused, for nobody would be told. */
export function isTooDeep({ depth }: Emission): boolean {
  return depth > defaultLimits.depth;
}

/** Whether a flow listens to an emission. */
export function listensTo(trigger: EventTrigger, flowId: string, { name, flowId: source }: Emission): boolean {
  return matchesEvent(trigger.event, name) && !(ABOUT_A_FLOW.has(name) && source === flowId);
}

/**
 * Whether the condition of a listening flow holds. One outside the accept subset, or one that cannot be evaluated, holds
 * here: the runner decides it again, and there the run ends filtered, or failed with the reason.
 */
export function holdsFor(trigger: EventTrigger, view: TriggerView): boolean {
  const condition = conditions.get(trigger) ?? acceptCondition(trigger.when);
  conditions.set(trigger, condition);
  return condition(view) !== false;
}

/** Compiled once per live version. */
const conditions = new WeakMap<EventTrigger, ReturnType<typeof acceptCondition>>();
