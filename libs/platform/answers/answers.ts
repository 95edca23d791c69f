import type { AnswerFrom, RunAnswer } from '@millrace/engine';
import type { Log } from '@millrace/telemetry';
import { newId } from '../ids.js';

/** How often answers are looked for whose ring was lost. */
const LOOK_MS = 1_000;

/** An answer that is one. */
export type GivenAnswer = Exclude<RunAnswer, { kind: 'none' }>;

export interface AnswersParts {
  readonly store: {
    answered(runIds: readonly string[]): Promise<string[]>;
    find(runId: string): Promise<{ readonly answer: RunAnswer } | undefined>;
  };
  /** Rings of other processes, which call `ring`. */
  readonly bell: { listen(): Promise<void>; close(): Promise<void> };
  /** Callers who may wait at the same time. */
  readonly maxWaiting: number;
  readonly log: Log;
}

/** Somebody who waits for the answer of a run. */
export interface Waiting {
  /**
   * Resolves once, with the answer, or with undefined: it did not come within `ms`, the caller left, or the process ends.
   * Nothing of the caller is kept after that.
   */
  answer(ms: number): Promise<GivenAnswer | undefined>;
  leave(): void;
}

/**
 * The callers that this process keeps waiting, and the answers of their runs. Runners of this process tell the answer
 * itself, those of others ring, and whatever got lost on the way is found by looking once a second: Postgres has it.
 */
export class Answers {
  /** Names this process beside the runs that it awaits. */
  readonly instance: string;
  private readonly waiting = new Map<string, Waiter>();
  private timer: NodeJS.Timeout | undefined;
  private looking = false;
  private away = false;
  private closed = false;

  constructor(
    private readonly parts: AnswersParts,
    instance: string = newId(),
  ) {
    this.instance = instance;
  }

  /** How many wait. */
  get size(): number {
    return this.waiting.size;
  }

  /** A place for the caller of a run that is about to be written down; undefined when all are taken, or the process ends. */
  expect(runId: string, from: AnswerFrom): Waiting | undefined {
    if (this.closed || this.waiting.size >= this.parts.maxWaiting) return undefined;
    const waiter = new Waiter(from, () => this.forget(runId));
    this.waiting.set(runId, waiter);
    void this.parts.bell.listen();
    this.timer ??= setInterval(() => void this.lookForAll(), LOOK_MS);
    return waiter;
  }

  /** A runner of this process has committed it, at a `respond` step or with the end of the run. */
  tell(runId: string, at: AnswerFrom, answer: GivenAnswer): void {
    const waiter = this.waiting.get(runId);
    // Who waits for the end is not told before it.
    if (waiter && (waiter.from === 'step' || at === 'end')) waiter.settle(withoutOutput(waiter.from, answer));
  }

  /** There is an answer in the store. Ids that nobody awaits here are passed over. */
  async ring(runId: string): Promise<void> {
    if (this.waiting.has(runId)) await this.unlessAway(() => this.fetch(runId));
  }

  /** Everybody who waits is told that it takes longer, and nobody can wait any more. */
  release(): void {
    this.closed = true;
    for (const waiter of [...this.waiting.values()]) waiter.settle(undefined);
  }

  async close(): Promise<void> {
    this.release();
    await this.parts.bell.close();
  }

  private forget(runId: string): void {
    this.waiting.delete(runId);
    if (this.waiting.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private async lookForAll(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    await this.unlessAway(() => this.look());
    this.looking = false;
  }

  /** One answer at a time in memory. */
  private async look(): Promise<void> {
    for (const runId of await this.parts.store.answered([...this.waiting.keys()])) await this.fetch(runId);
  }

  private async fetch(runId: string): Promise<void> {
    const found = await this.parts.store.find(runId);
    if (found && found.answer.kind !== 'none') this.waiting.get(runId)?.settle(found.answer);
  }

  /** Callers are not to blame for a database that is away: they wait on, until their deadline. */
  private async unlessAway(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.away = false;
    } catch (error) {
      if (!this.away) this.parts.log.warn({ reason: (error as Error).message }, 'Answers cannot be read; their callers wait');
      this.away = true;
    }
  }
}

class Waiter implements Waiting {
  private readonly settled: Promise<GivenAnswer | undefined>;
  private resolve!: (answer: GivenAnswer | undefined) => void;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    readonly from: AnswerFrom,
    private readonly forget: () => void,
  ) {
    this.settled = new Promise((resolve) => (this.resolve = resolve));
  }

  answer(ms: number): Promise<GivenAnswer | undefined> {
    this.timer = setTimeout(() => this.settle(undefined), Math.max(0, ms));
    void this.settled.then(() => clearTimeout(this.timer));
    return this.settled;
  }

  leave(): void {
    this.settle(undefined);
  }

  settle(answer: GivenAnswer | undefined): void {
    this.forget();
    this.resolve(answer);
  }
}

/** Who waits for a step gets nothing that no step said, as the store keeps it. */
function withoutOutput(from: AnswerFrom, answer: GivenAnswer): GivenAnswer {
  return from === 'step' && answer.kind === 'end' ? { kind: 'end', status: answer.status } : answer;
}
