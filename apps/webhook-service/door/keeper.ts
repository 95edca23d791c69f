import { statusAtBirth, type LiveEndpoint, type LiveFlow } from '@millrace/catalog';
import { collecting, errorRecord } from '@millrace/engine';
import type {
  Acceptance,
  Accepted,
  BirthClaims,
  Collecting,
  Decision,
  ErrorRecord,
  EventRecord,
  EventStore,
  ListenerRun,
  NewRun,
  Reservation,
  RunHints,
  TriggerView,
} from '@millrace/engine';
import { newId } from '@millrace/platform';
import type { Log } from '@millrace/telemetry';
import { json, Refused, refused, unavailable, type Answer } from './answers.js';
import { answerOfRun } from './run-answer.js';
import { Callers, type Caller, type CallersParts, type WhenGone } from './callers.js';
import type { Proof } from './guard.js';
import { isShared, type OpenPlace } from './place.js';

export interface KeeperParts extends CallersParts {
  readonly events: EventStore;
  readonly hints: RunHints;
  /** Present where a runner shares this process. */
  readonly births: BirthClaims | undefined;
  readonly log: Log;
}

/** A run to be made, and the place in a runner that waits for it. */
interface Start {
  readonly flow: LiveFlow;
  readonly run: NewRun;
  readonly birth: Reservation | undefined;
  /** Who waits for it. */
  readonly caller?: Caller | undefined;
}

/** What became of a request that was written down. */
export interface Kept {
  /** The answer that it gets at once. */
  readonly answer?: Answer;
  /** An event was committed. */
  readonly stored?: true;
  /** Comes with what the run answers; nothing of the request is needed for it. */
  later?(whenGone: WhenGone | undefined): Promise<Answer>;
}

/** What is to be written down of one request, and what becomes of it then. */
interface Plan {
  readonly acceptance: Acceptance;
  readonly starts: readonly Start[];
}

const BORN_FAILED = { kind: 'end', status: 'failed' } as const;

/** Writes events down with their runs, and sets the runs going once they are committed. */
export class Keeper {
  private readonly callers: Callers;

  constructor(private readonly parts: KeeperParts) {
    this.callers = new Callers(parts);
  }

  /** Resolves after the commit. Rejects with a Refused when nothing was promised. */
  async keep(place: OpenPlace, event: EventRecord, trigger: TriggerView, signed: Proof['signed']): Promise<Kept> {
    const { acceptance, starts } = isShared(place) ? this.shared(place, event, trigger) : this.private(place as LiveFlow, event, trigger);
    const keyed = takesKey(acceptance) ? { ...acceptance, dedupe: acceptance.dedupe ?? signed } : acceptance;
    const accepted = await this.commit(keyed, starts);
    if (accepted.kind === 'duplicate') return { answer: json(200, { eventId: accepted.eventId, duplicate: true }) };
    this.setGoing(acceptance.event, withTurn(starts, accepted), trigger);
    this.tellFailed(starts);
    const caller = starts[0]?.caller;
    if (caller) return { stored: true, later: awaiting(caller, event) };
    if (place.rules.awaits && starts[0]?.run.status === 'failed')
      return { stored: true, answer: answerOfRun(starts[0].run.id, BORN_FAILED) };
    const runIds = starts.map(({ run }) => run.id);
    const collected = acceptance.collects?.map(({ flowId }) => flowId);
    const runId = runIds.length === 1 ? runIds[0] : undefined;
    return {
      stored: true,
      answer: place.rules.answer ?? json(202, { eventId: event.id, runIds, runId, collecting: collected?.length ? collected : undefined }),
    };
  }

  private private(flow: LiveFlow, event: EventRecord, trigger: TriggerView): Plan {
    // Whoever builds a flow wants to see all that comes, also what `when` would pass over.
    if (flow.draft) return { acceptance: { event: { ...event, draft: true } }, starts: [] };
    const decision = flow.rules!.decide(trigger);
    if (decision.kind === 'unmatched') return { acceptance: { event: { ...event, unmatched: decision.clause } }, starts: [] };
    const taken = collectedBy(flow, decision, trigger);
    if ('flowId' in taken) return { acceptance: { event, collects: [taken], dedupe: dedupeOf(decision) }, starts: [] };
    const start = this.awaited(flow, this.start(flow, taken, trigger), taken);
    return { acceptance: { event, run: start.run, dedupe: dedupeOf(taken) }, starts: [start] };
  }

  /** The endpoint decides about the key, each flow that listens about its own run. */
  private shared(endpoint: LiveEndpoint, event: EventRecord, trigger: TriggerView): Plan {
    const dedupe = dedupeOf(endpoint.rules!.decide(trigger));
    const decided = endpoint.listeners.flatMap((flow) => (flow.rules ? [{ flow, decision: flow.rules.decide(trigger) }] : []));
    const unmatched = decided.flatMap(({ flow, decision }) => (decision.kind === 'unmatched' ? [[flow.id, decision.clause]] : []));
    const takers = decided.filter(({ decision }) => decision.kind !== 'unmatched');
    const taken = takers.map(({ flow, decision }) => ({ flow, taken: collectedBy(flow, decision, trigger) }));
    const collects = taken.flatMap(({ taken: one }) => ('flowId' in one ? [one] : []));
    const starts = taken.flatMap(({ flow, taken: one }) => ('flowId' in one ? [] : [this.start(flow, one, trigger)]));
    const listeners = starts.map(({ flow, run }): ListenerRun => ({ ...run, flowId: flow.id }));
    const kept = unmatched.length > 0 ? { ...event, unmatchedBy: Object.fromEntries(unmatched) as Record<string, string> } : event;
    return { acceptance: { event: kept, listeners, collects, dedupe }, starts };
  }

  private start(flow: LiveFlow, decision: Decision, trigger: TriggerView): Start {
    if (decision.kind === 'invalid') return { flow, run: failedRun(flow, decision.error), birth: undefined };
    if (decision.kind === 'keyless') throw keyless(decision.problem);
    const id = newId();
    const birth = statusAtBirth(flow) === 'queued' ? this.parts.births?.reserve(id) : undefined;
    return {
      flow,
      run: {
        ...newRun(flow, id, birth),
        ...(flow.lane && { lane: flow.lane.of(trigger) }),
        ...(flow.priority && { priority: flow.priority }),
      },
      birth,
    };
  }

  /** A caller who waits is told of a body that does not fit; whoever does not is told by the failed run. */
  private awaited(flow: LiveFlow, start: Start, decision: Decision): Start {
    const { awaits } = flow.rules!;
    if (!awaits) return start;
    if (decision.kind === 'invalid') return orUnfit(start, decision);
    const caller = this.callers.of(start.run, awaits);
    return { ...start, run: { ...start.run, awaited: caller.awaited }, caller };
  }

  private async commit(acceptance: Acceptance, starts: readonly Start[]): Promise<Accepted> {
    try {
      const accepted = await this.parts.events.accept(acceptance);
      if (accepted.kind === 'stored') return accepted;
      for (const { birth, caller } of starts) {
        birth?.release();
        caller?.leave();
      }
      return accepted;
    } catch (error) {
      for (const { birth, caller } of starts) {
        birth?.doubt();
        caller?.leave();
      }
      throw this.notWritten(acceptance.event.flowId, error);
    }
  }

  /** The runs are committed: hand them over or tell the runners. None can be lost, the sweep finds it. */
  private setGoing(event: EventRecord, starts: readonly Start[], trigger: TriggerView): void {
    for (const { flow, run, birth } of starts) {
      if (!birth) continue;
      const claimed = {
        id: run.id,
        flowId: flow.id,
        version: run.version,
        eventId: event.id,
        startedAt: event.receivedAt,
        crashes: 0,
        ...(run.awaited && { awaited: true }),
        ...(run.lane && { laned: true }),
      };
      birth.start({ run: { ...claimed, lease: { runner: birth.runner, claim: 1 } }, event, journal: [] }, trigger);
    }
    const looked = starts.filter(({ run }) => run.status === 'paced' || (run.status === 'queued' && run.priority));
    if (looked.length > 0) this.parts.births?.ring();
    // A hint would take one of low priority as soon as the others.
    const queued = starts.filter(({ run }) => run.status === 'queued' && run.priority !== 'low').map(({ run }) => run.id);
    if (queued.length === 0) return;
    this.parts.hints.offer(queued).catch((error: unknown) => {
      this.parts.log.warn({ reason: (error as Error).message }, 'The queue is away; the sweep will find the run');
    });
  }

  /** No runner will see these; they are logged as it logs those that fail later. */
  private tellFailed(starts: readonly Start[]): void {
    for (const { flow, run } of starts) {
      if (!run.error) continue;
      const { code, step, message } = run.error;
      this.parts.log.warn({ flow: flow.id, runId: run.id, step, code }, `Run failed: ${message}`);
    }
  }

  private notWritten(id: string, error: unknown): Refused {
    this.parts.log.error(
      { flow: id, reason: (error as Error).message },
      'An event could not be written; its caller was told to come again',
    );
    return new Refused(
      unavailable('event.not-written', 'The event could not be written down. Nothing was accepted; send it again.'),
      'event.not-written',
      `The database refused the event: ${(error as Error).message}`,
    );
  }
}

/** Those that may go on. The others stand in line, and are due when whoever is before them ends; a place that was kept for them is free. */
function withTurn(starts: readonly Start[], { behind = [] }: Extract<Accepted, { kind: 'stored' }>): readonly Start[] {
  const [left, going] = [starts.filter(({ run }) => behind.includes(run.id)), starts.filter(({ run }) => !behind.includes(run.id))];
  for (const { birth } of left) birth?.release();
  return going;
}

/** What failed at its trigger, or matched nothing, must not take the key away from a copy that is put right. */
function takesKey({ run, listeners, collects }: Acceptance): boolean {
  return listeners !== undefined || collects !== undefined || (run !== undefined && run.status !== 'failed');
}

/** What is collected, where the flow collects; otherwise what becomes of the event. One without its key is kept as a failed run. */
function collectedBy(flow: LiveFlow, decision: Decision, trigger: TriggerView): Collecting | Decision {
  if (decision.kind !== 'run' || !flow.collects) return decision;
  try {
    return collecting(flow, flow.collects, trigger);
  } catch (error) {
    return { kind: 'invalid', error: errorRecord(error, 'trigger', 1) };
  }
}

function dedupeOf(decision: Decision): Acceptance['dedupe'] {
  if (decision.kind === 'keyless') throw keyless(decision.problem);
  return decision.kind === 'run' ? decision.dedupe : undefined;
}

function awaiting(caller: Caller, event: EventRecord): NonNullable<Kept['later']> {
  // The bytes are not held for as long as the caller waits.
  const { id, receivedAt } = event;
  return (whenGone) => caller.answer({ id, receivedAt }, whenGone);
}

/** A body that does not fit is refused; a run whose trigger itself is at fault is kept for the owner. */
function orUnfit(start: Start, { error: { code, message }, misfit }: Extract<Decision, { kind: 'invalid' }>): Start {
  if (!misfit) return start;
  const answer = json(422, { error: { code, message, pointers: misfit.pointers } });
  throw new Refused(answer, code, message);
}

function keyless(problem: string): Refused {
  return refused(400, 'dedupe.key-missing', `The dedupe key cannot be made: ${problem}`);
}

function newRun(flow: LiveFlow, id: string, birth: Reservation | undefined): NewRun {
  if (birth) return { id, version: flow.version, status: 'running', lease: { runner: birth.runner, claim: 1 } };
  return { id, version: flow.version, status: statusAtBirth(flow) };
}

function failedRun(flow: LiveFlow, error: ErrorRecord): NewRun {
  return { id: newId(), version: flow.version, status: 'failed', error };
}
