import { statusAtBirth, type LiveFlow } from '@millrace/catalog';
import { StepError, type Json } from '@millrace/component-sdk';
import { bodyFault, triggerOf, type EventRecord, type TriggerView } from '@millrace/engine';
import { matchesEvent, type EventTrigger } from '@millrace/flow';
import type { PostgresRunStarter } from '@millrace/postgres';

/** What a person starts a flow with. */
export interface ByHand {
  /** What the flow sees as `trigger.body`. */
  readonly input: Json | undefined;
  /** The name that the event stands for, for a flow that listens to several. */
  readonly event?: string;
}

export interface ByHandParts {
  readonly starter: PostgresRunStarter;
  now(): number;
  newId(): string;
  /** Runs are due: look now. */
  ring(): void;
}

export interface StartedByHand {
  readonly runId: string;
  readonly eventId: string;
}

/** Starts a run of a flow, whatever its trigger is. Throws a StepError for input that does not fit; nothing was started then. */
export async function startByHand(flow: LiveFlow, by: ByHand, { starter, now, newId, ring }: ByHandParts): Promise<StartedByHand> {
  if (!flow.trigger)
    throw refused('flow.not-enabled', `The flow ${flow.id} is not enabled: ${flow.problems[0]?.message ?? 'no version of it is live'}`);
  const fault = bodyFault(by.input);
  if (fault !== undefined) throw refused('call.invalid-input', `The input ${fault}.`);
  const event = eventOf(flow, by, { id: newId(), at: now() });
  const trigger = triggerOf(event, { body: by.input ?? null, files: [] });
  checkInput(flow, trigger);
  const run = { id: newId(), version: flow.version, status: statusAtBirth(flow), lane: flow.lane?.of(trigger), priority: flow.priority };
  await starter.start(event, run);
  ring();
  return { runId: run.id, eventId: event.id };
}

function eventOf({ id: flowId, trigger }: LiveFlow, by: ByHand, { id, at }: { readonly id: string; readonly at: number }): EventRecord {
  const name = trigger?.type === 'event' ? eventName(trigger, by.event) : noName(flowId, by.event);
  const scheduled = { scheduledAt: new Date(at).toISOString(), previousAt: null };
  const input = by.input ?? (trigger?.type === 'schedule' ? scheduled : null);
  return {
    id,
    flowId,
    receivedAt: at,
    method: 'POST',
    url: '',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(input)),
    origin: { kind: 'api', ...(name !== undefined && { event: name }) },
  };
}

function noName(flowId: string, given: string | undefined): undefined {
  if (given !== undefined) throw refused('event.not-listened', `The flow ${flowId} is not started by events: leave \`event\` out.`);
}

function eventName({ event }: EventTrigger, given: string | undefined): string {
  if (given !== undefined && matchesEvent(event, given)) return given;
  if (given !== undefined)
    throw refused('event.not-listened', `The flow listens to ${event}, which ${JSON.stringify(given.slice(0, 80))} is none of.`);
  if (!event.includes('*')) return event;
  throw refused('event.name-missing', `The flow listens to ${event}: say with \`event\` which one this stands for.`);
}

function checkInput({ id, rules, inputProblem }: LiveFlow, trigger: TriggerView): void {
  const problem = inputProblem?.(trigger.body);
  if (problem !== undefined) throw refused('call.invalid-input', `The input does not fit the flow ${id}: ${problem}`);
  const decision = rules?.decide(trigger);
  if (decision?.kind === 'invalid') throw refused(decision.error.code, decision.error.message);
}

function refused(code: string, message: string): StepError {
  return new StepError({ code, message, blame: 'author', arrived: 'no' });
}
