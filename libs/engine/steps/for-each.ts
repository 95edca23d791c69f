import { StepError, type Json } from '@millrace/component-sdk';
import { resolveTemplate } from '@millrace/flow';
import type { PlannedForEach } from '../plan.js';
import type { ErrorRecord, StepRow } from '../records.js';
import type { Halt } from '../strands.js';
import type { Trail } from '../trail.js';
import { decidingSignal, endsTheRun } from './join.js';
import { loopFailed, loopGave, LoopItems, loopSucceeded } from './loop-items.js';
import { DECIDED } from './parallel.js';
import { errorRecord, HALTED, NEXT, type StepSignal, type Walk } from './step.js';

/**
 * Runs its steps once per item, some items at a time. A finished item is one row that holds its output; the rows of its
 * steps are dropped with the same commit, but for those that can be looked into. How far the loop has come is one row more (the
 * cursor), so that going on after a wait costs the same in the first item and in the last.
 */
export async function walkForEach(step: PlannedForEach, walk: Walk): Promise<StepSignal> {
  const path = walk.path(step.id);
  const row = walk.row(path) ?? (await begin(step, walk, path));
  if (row.status === 'failed') return { kind: 'failed', error: row.error as ErrorRecord };
  if (row.status === 'succeeded') return loopGave(step.id, walk, row.output as Json[]);
  return new Loop(step, walk, row).run();
}

/** The items, journalled: what an expression gives may change with the version of the language. */
async function begin(step: PlannedForEach, walk: Walk, path: string): Promise<StepRow> {
  const startedAt = walk.clock.now();
  const row = { path, attempt: 1, kind: 'forEach', startedAt, finishedAt: startedAt };
  try {
    const items = listOf(await resolveTemplate(step.items, walk.scope, walk.environment(path)), step, walk);
    return noted(walk, { ...row, status: 'started', input: step.sampled ? items.slice(0, 1) : items });
  } catch (thrown) {
    return noted(walk, { ...row, status: 'failed', finishedAt: walk.clock.now(), error: errorRecord(thrown, path, 1) });
  }
}

function noted(walk: Walk, row: StepRow): StepRow {
  walk.note(row);
  return row;
}

function listOf(value: Json, { id }: PlannedForEach, { limits }: Walk): Json[] {
  if (!Array.isArray(value)) {
    const kind = value === null ? 'null' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
    const message = `${id} loops over ${kind}; forEach needs a list. Write \`expression[]\` where one item may come without its list.`;
    throw new StepError({ code: 'loop.not-a-list', message, blame: 'author' });
  }
  if (value.length <= limits.items) return value;
  const message = `${id} loops over ${value.length} items, and ${limits.items} are possible. Split the list, call a flow for each part, or raise MILLRACE_MAX_LOOP_ITEMS.`;
  throw new StepError({ code: 'loop.too-long', message, blame: 'author' });
}

/** Which item a lane works on. */
interface Lane {
  index: number | undefined;
}

class Loop {
  private readonly halt: Halt;
  private readonly items: readonly Json[];
  private readonly done: LoopItems;
  private verdict: { readonly error: ErrorRecord | undefined } | undefined;
  private next = 0;

  constructor(
    private readonly step: PlannedForEach,
    private readonly walk: Walk,
    private readonly row: StepRow,
  ) {
    this.halt = walk.halting();
    this.items = row.input as Json[];
    this.done = new LoopItems(step, walk, row);
    if (row.output === undefined) return;
    this.verdict = { error: row.error };
    walk.halt(this.halt);
  }

  async run(): Promise<StepSignal> {
    const lanes = Math.min(this.step.concurrency, this.items.length - this.done.cursor.count);
    const signals = await this.walk.sideBySide(
      Array.from({ length: lanes }, () => () => this.lane()),
      (signal) => this.decide(signal),
    );
    const decided = decidingSignal(signals);
    if (decided.kind === 'failed') return loopFailed(this.row, this.walk, this.verdict?.error ?? decided.error);
    if (decided.kind !== 'next') return decided;
    // Halted from outside: the other items were left out, and there is no list to give.
    if (this.done.cursor.count < this.items.length) return HALTED;
    return loopSucceeded(this.step.id, this.row, this.walk, await this.done.first(this.items.length));
  }

  /** The first item that ends the loop is noted at once, so that a walk after this one halts the others too. */
  private decide(signal: StepSignal): void {
    if (this.verdict || !(signal.kind === 'failed' || signal.kind === 'stopped')) return;
    this.verdict = { error: signal.kind === 'failed' ? signal.error : undefined };
    this.walk.note({ ...this.row, finishedAt: this.walk.clock.now(), output: DECIDED, error: this.verdict.error });
    this.walk.halt(this.halt);
  }

  /** Takes the next item that is not finished yet, until none is left. */
  private async lane(): Promise<StepSignal> {
    const lane: Lane = { index: this.take() };
    while (lane.index !== undefined) {
      const signal = await this.item(lane, lane.index);
      if (signal.kind !== 'next') return signal;
      if (this.walk.isLoaded && !(await this.walk.commit(true))) return { kind: 'lost' };
    }
    return NEXT;
  }

  /** A halted loop takes up only what had begun, which may have something to do on its way out. */
  private take(): number | undefined {
    for (; this.next < this.items.length; this.next += 1) {
      if (this.done.cursor.has(this.next)) continue;
      if (!this.halt.isSet || this.done.hasBegun(this.next)) return this.next++;
    }
    return undefined;
  }

  private async item(lane: Lane, index: number): Promise<StepSignal> {
    const { signal, row, trail, inner } = await this.done.walkItem(index, { [this.step.as]: this.items[index] }, this.halt);
    if (signal.kind === 'next') {
      this.finished(lane, index, { ...row, status: 'succeeded', output: inner.output }, trail);
      return NEXT;
    }
    if (signal.kind !== 'failed') return this.leave(signal, trail);
    const failed: StepRow = { ...row, status: 'failed', error: signal.error, output: { error: signal.error } as unknown as Json };
    if (this.step.continueOnItemError && !endsTheRun(signal)) {
      this.finished(lane, index, failed, trail);
      return NEXT;
    }
    this.walk.note(failed);
    return this.leave(signal, trail);
  }

  private leave(signal: StepSignal, trail: Trail): StepSignal {
    this.walk.leaveBehind(trail);
    return signal;
  }

  private finished(lane: Lane, index: number, row: StepRow, trail: Trail): void {
    lane.index = this.take();
    this.done.finished(index, row, trail, lane.index);
  }
}
