import { StepError, type Json } from '@millrace/component-sdk';
import { evaluateCondition, previousName } from '@millrace/flow';
import type { PlannedRepeat } from '../plan.js';
import type { ErrorRecord, StepRow } from '../records.js';
import { loopFailed, loopGave, LoopItems, loopSucceeded, type WalkedItem } from './loop-items.js';
import { errorRecord, HALTED, NEXT, type StepSignal, type Walk } from './step.js';

/**
 * Runs its steps in rounds, one after the other, as long as its condition holds after a round. A finished round is a row that
 * holds its output, as the item of a loop is, and the cursor written with it says whether another one follows: that is decided
 * once, and a walk after a crash or a wait goes by it.
 */
export async function walkRepeat(step: PlannedRepeat, walk: Walk): Promise<StepSignal> {
  const path = walk.path(step.id);
  const row = walk.row(path) ?? begin(walk, path);
  if (row.status === 'failed') return { kind: 'failed', error: row.error as ErrorRecord };
  if (row.status === 'succeeded') return loopGave(step.id, walk, row.output as Json[]);
  return new Repetition(step, walk, row).run();
}

function begin(walk: Walk, path: string): StepRow {
  const startedAt = walk.clock.now();
  const row: StepRow = { path, attempt: 1, kind: 'repeat', status: 'started', startedAt, finishedAt: startedAt };
  walk.note(row);
  return row;
}

class Repetition {
  private readonly rounds: LoopItems;
  private readonly limit: number;

  constructor(
    private readonly step: PlannedRepeat,
    private readonly walk: Walk,
    private readonly row: StepRow,
  ) {
    this.rounds = new LoopItems(step, walk, row);
    this.limit = Math.min(step.limit, walk.limits.items);
  }

  async run(): Promise<StepSignal> {
    const { cursor } = this.rounds;
    while (!cursor.isOver) {
      if (cursor.count >= this.limit) return loopFailed(this.row, this.walk, this.tooMany());
      const signal = await this.round(cursor.count);
      if (signal.kind === 'failed') return loopFailed(this.row, this.walk, signal.error);
      if (signal.kind !== 'next') return signal;
      if (this.walk.isLoaded && !(await this.walk.commit(true))) return { kind: 'lost' };
    }
    return loopSucceeded(this.step.id, this.row, this.walk, await this.rounds.first(cursor.count));
  }

  /** A round that had begun may have something to do on its way out, when all of it was halted. */
  private async round(index: number): Promise<StepSignal> {
    if (this.walk.isHalted && !this.rounds.hasBegun(index)) return HALTED;
    const previous = index === 0 ? undefined : await this.rounds.outputOf(index - 1);
    const walked = await this.rounds.walkItem(index, { [previousName]: previous });
    const { signal, row, trail } = walked;
    if (signal.kind === 'next') return this.finish(index, walked);
    if (signal.kind === 'failed')
      this.walk.note({ ...row, status: 'failed', error: signal.error, output: { error: signal.error } as unknown as Json });
    this.walk.leaveBehind(trail);
    return signal;
  }

  private async finish(index: number, { row, trail, inner }: WalkedItem): Promise<StepSignal> {
    const goesOn = await this.goesOn(row.path, inner);
    if (typeof goesOn !== 'boolean') {
      this.walk.leaveBehind(trail);
      return { kind: 'failed', error: goesOn };
    }
    const next = goesOn && index + 1 < this.limit ? index + 1 : undefined;
    if (!goesOn) this.rounds.cursor.end();
    this.rounds.finished(index, { ...row, status: 'succeeded', output: inner.output }, trail, next);
    return NEXT;
  }

  /** Whether another round follows, or why that cannot be told. */
  private async goesOn(path: string, inner: Walk): Promise<boolean | ErrorRecord> {
    if (this.step.sampled) return false;
    try {
      return await evaluateCondition(this.step.goesOn, inner.scope, inner.environment(path), 'while');
    } catch (thrown) {
      return errorRecord(thrown, path, 1);
    }
  }

  /** Names the round that was not begun: a re-run with a higher limit goes on from there. */
  private tooMany(): ErrorRecord {
    const { id, limit } = this.step;
    const raise = limit > this.limit ? 'MILLRACE_MAX_LOOP_ITEMS' : '`limit`';
    const message = `${id} has run ${this.limit} rounds, as many as it may, and its \`while\` still holds. Raise ${raise} if there is that much to do, or look at what \`while\` asks for.`;
    return errorRecord(new StepError({ code: 'repeat.limit', message, blame: 'author' }), `${this.row.path}[${this.limit}]`, 1);
  }
}
