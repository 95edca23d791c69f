import { isStepError } from '@millrace/component-sdk';
import {
  isDatabaseAway,
  type Deed,
  type OperationItem,
  type PostgresHistory,
  type PostgresOperationStore,
  type StoredOperation,
} from '@millrace/postgres';
import type { Log } from '@millrace/telemetry';
import type { RepeatParts } from './repeat.js';
import { replayOf } from './replay.js';
import { rerunOf, retryOf } from './rerun.js';

export interface OperatorParts extends RepeatParts {
  readonly store: PostgresOperationStore;
  readonly history: PostgresHistory;
  readonly log: Log;
  /** Runs are due: look now. */
  ring(): void;
}

/** Pieces of an operation in a second, where its rate allows: progress shows, and whoever cancels does not wait for long. */
const PIECES = 4;
const MOST_AT_ONCE = 250;

/**
 * Does what people asked to be done to many events or runs, at the rate that they chose. Any number of processes may try:
 * what an item became is decided by one commit.
 */
export class Operator {
  constructor(private readonly parts: OperatorParts) {}

  /** One piece of what is due. Answers in how many milliseconds the next one is, undefined when there is none. */
  async round(): Promise<number | undefined> {
    const piece = await this.parts.store.next(({ perSecond }) => Math.min(MOST_AT_ONCE, Math.max(1, Math.ceil(perSecond / PIECES))));
    if (piece === undefined || typeof piece === 'number') return piece;
    const { operation, items } = piece;
    const deeds: Deed[] = [];
    for (const item of items) deeds.push(await this.decided(operation, item));
    const applied = await this.parts.store.apply(piece, deeds);
    if (applied && deeds.some(({ kind }) => kind === 'start')) this.parts.ring();
    return 0;
  }

  /** What cannot be decided is said of the item; only without the database the whole piece waits. */
  private async decided(operation: StoredOperation, item: OperationItem): Promise<Deed> {
    try {
      return await this.deedFor(operation, item);
    } catch (error) {
      if (isDatabaseAway(error)) throw error;
      if (!isStepError(error))
        this.parts.log.error({ err: error, operation: operation.id, item: item.id }, 'An item could not be worked on');
      return { kind: 'problem', message: (error as Error).message };
    }
  }

  private async deedFor({ kind, options }: StoredOperation, { id }: OperationItem): Promise<Deed> {
    if (kind === 'cancel') return { kind };
    if (kind === 'discard') return { kind, reason: options.reason ?? '' };
    if (kind === 'replay') return this.replay(id);
    const run = await this.parts.history.run(id);
    if (!run) return { kind: 'problem', message: `There is no run ${id}; history that old may have been dropped.` };
    if (kind === 'rerun') return { kind: 'start', runs: [(await rerunOf(run, options, this.parts)).run] };
    return { kind: 'start', runs: [(await retryOf(run, options.version, this.parts)).run], resolves: id };
  }

  private async replay(id: string): Promise<Deed> {
    const event = await this.parts.history.event(id);
    if (!event) return { kind: 'problem', message: `There is no event ${id}; history that old may have been dropped.` };
    return { kind: 'start', runs: await replayOf(event, this.parts) };
  }
}
