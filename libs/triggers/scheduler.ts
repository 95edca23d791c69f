import { statusAtBirth, type LiveFlow } from '@millrace/catalog';
import { scheduleTurn, timingOf, triggerOf, type EventRecord, type ScheduleTurn } from '@millrace/engine';
import { nextTime, type ScheduleTrigger } from '@millrace/flow';
import type { PostgresScheduleStore, Start, StoredSchedule } from '@millrace/postgres';
import type { Log } from '@millrace/telemetry';

export interface SchedulerParts {
  readonly store: PostgresScheduleStore;
  /** What is live, from memory. */
  flows(): readonly LiveFlow[];
  /** Milliseconds since the epoch, by a clock that all processes share. */
  now(): Promise<number>;
  newId(): string;
  /** Runs are due: look now. */
  ring(): void;
  readonly log: Log;
}

/** A flow that a schedule starts. */
type Scheduled = LiveFlow & { readonly trigger: ScheduleTrigger };

/** cron(8): a clock that was set by more than this was corrected, and its new time counts; by less, no time comes twice. */
const CORRECTED_BY_MS = 3 * 3600 * 1000;

/** Starts the runs of schedules. Any number of processes may: each turn of a schedule is taken by one of them. */
export class Scheduler {
  private seen: string | undefined;

  constructor(private readonly parts: SchedulerParts) {}

  /** Takes every turn that is due. Answers when to look again at the latest, in milliseconds from now; undefined: no time is known. */
  async tick(): Promise<number | undefined> {
    const flows = this.parts.flows();
    await this.forgetOthers(flows);
    const scheduled = flows.filter(isScheduled);
    if (scheduled.length === 0) return undefined;
    const now = await this.parts.now();
    const stored = new Map((await this.parts.store.list(scheduled.map(({ id }) => id))).map((row) => [row.flowId, row]));
    const nexts: number[] = [];
    for (const flow of scheduled) nexts.push((await this.tended(flow, stored.get(flow.id), now)) ?? Infinity);
    const next = Math.min(...nexts);
    return next === Infinity ? undefined : Math.max(0, next - now);
  }

  /** A schedule that went away and comes back begins anew: only when the flows changed is there anything to forget. */
  private async forgetOthers(flows: readonly LiveFlow[]): Promise<void> {
    const seen = flows.map(({ id, version }) => `${id}@${version}`).join(' ');
    if (seen === this.seen) return;
    await this.parts.store.end(flows.filter(({ declared }) => declared && declared.type !== 'schedule'));
    this.seen = seen;
  }

  /** One schedule that cannot be tended does not hold up the others. */
  private async tended(flow: Scheduled, stored: StoredSchedule | undefined, now: number): Promise<number | undefined> {
    try {
      return await this.tend(flow, stored, now);
    } catch (error) {
      this.parts.log.error({ flow: flow.id, err: error }, 'The schedule of a flow could not be tended; trying again');
      return undefined;
    }
  }

  /** Answers the next time. */
  private async tend(flow: Scheduled, stored: StoredSchedule | undefined, now: number): Promise<number | undefined> {
    const { store } = this.parts;
    const timing = { flowId: flow.id, version: flow.version, timing: timingOf(flow.trigger) };
    if (!stored) return this.restart(flow, now, (next) => store.begin({ ...timing, next }, now));
    // Another process knows a newer version already; ours is a second behind.
    if (stored.version > flow.version) return stored.next;
    const corrected = stored.changedAt - now > CORRECTED_BY_MS;
    if (corrected) this.parts.log.warn({ flow: flow.id }, 'The clock was set back; the schedule goes on from its new time');
    if (corrected || stored.timing !== timing.timing) {
      return this.restart(flow, now, (next) => store.change(stored, { ...timing, next }, now));
    }
    if (stored.version < flow.version && !(await store.change(stored, { ...timing, next: stored.next }, now))) return stored.next;
    return stored.version < flow.version ? now : this.turn(flow, stored, now);
  }

  /** From now on, without the times that the schedule would have had before. */
  private async restart(
    { trigger }: Scheduled,
    now: number,
    write: (next: number | undefined) => Promise<unknown>,
  ): Promise<number | undefined> {
    const next = nextTime(trigger, now);
    await write(next);
    return next;
  }

  private async turn(flow: Scheduled, stored: StoredSchedule, now: number): Promise<number | undefined> {
    const decided = scheduleTurn(flow.trigger, stored, { now, paused: !flow.enabled, busy: stored.busy });
    if (isIdle(decided, stored)) return stored.next;
    const taken = await this.parts.store.take(stored, decided, this.starts(flow, stored, decided, now), now);
    if (!taken) return now;
    if (decided.start.length > 0) this.parts.ring();
    this.report(flow, decided);
    return decided.next;
  }

  private starts(flow: Scheduled, { last }: StoredSchedule, { start }: ScheduleTurn, now: number): Start[] {
    return start.map((at, index) => {
      const body = { scheduledAt: iso(at), previousAt: previousOf(index === 0 ? last : start[index - 1]) };
      const event = this.event(flow, at, body, now);
      const lane = flow.lane?.of(triggerOf(event, { body, files: [] }));
      return { event, runs: [{ id: this.parts.newId(), flowId: flow.id, version: flow.version, status: statusAtBirth(flow), lane }] };
    });
  }

  private event({ id: flowId }: Scheduled, at: number, body: object, now: number): EventRecord {
    return {
      id: this.parts.newId(),
      flowId,
      receivedAt: now,
      method: 'SCHEDULE',
      url: '',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(body)),
      origin: { kind: 'schedule', at },
    };
  }

  private report({ id: flow }: Scheduled, { leftOut }: ScheduleTurn): void {
    const [first] = leftOut;
    if (!first) return;
    const times = leftOut.length === 1 ? `The time ${iso(first.at)}` : `${leftOut.length} times from ${iso(first.at)} on`;
    this.parts.log[first.because === 'paused' ? 'debug' : 'info']({ flow, because: first.because }, `${times} of a schedule was left out`);
  }
}

function isScheduled(flow: LiveFlow): flow is Scheduled {
  return flow.trigger?.type === 'schedule';
}

function isIdle({ start, leftOut, waiting, next }: ScheduleTurn, stored: StoredSchedule): boolean {
  return start.length === 0 && leftOut.length === 0 && waiting.length === stored.waiting.length && next === stored.next;
}

function previousOf(time: number | undefined): string | null {
  return time === undefined ? null : iso(time);
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
