import { StepError, type Json } from '@millrace/component-sdk';
import { resolveTemplate } from '@millrace/flow';
import type { PlannedForEach } from '../plan.js';
import type { ErrorRecord, StepRow } from '../records.js';
import type { Halt } from '../strands.js';
import { decidingSignal } from './join.js';
import { Cursor } from './loop-cursor.js';
import { errorRecord, NEXT, type StepSignal, type Walk } from './step.js';

/**
 * Runs its steps once per item, some items at a time. A finished item is one row that holds its output; the rows of its
 * steps are dropped with the same commit, unless it failed. How far the loop has come is one row more (the cursor), so
 * that going on after a wait costs the same in the first item and in the last.
 */
export async function walkForEach(step: PlannedForEach, walk: Walk): Promise<StepSignal> {
  const path = walk.path(step.id);
  const row = walk.row(path);
  if (row?.status === 'failed') return { kind: 'failed', error: row.error as ErrorRecord };
  if (row?.status === 'succeeded') return succeed(step, walk, path, row.output as Json[]);
  const items = row ? (row.input as Json[]) : await begin(step, walk, path);
  if (!Array.isArray(items)) return items;
  const loop = new Loop(step, walk, path, items, Cursor.from(walk.row(`${path}[]`)));
  return loop.run(row?.startedAt ?? walk.clock.now());
}

/** The items, journalled: what an expression gives may change with the version of the language. */
async function begin(step: PlannedForEach, walk: Walk, path: string): Promise<Json[] | StepSignal> {
  const startedAt = walk.clock.now();
  const row = { path, attempt: 1, kind: 'forEach', startedAt };
  try {
    const items = listOf(await resolveTemplate(step.items, walk.scope, walk.environment(path)), step, walk);
    walk.note({ ...row, status: 'started', finishedAt: startedAt, input: items });
    return items;
  } catch (thrown) {
    const error = errorRecord(thrown, path, 1);
    walk.note({ ...row, status: 'failed', finishedAt: walk.clock.now(), error });
    return { kind: 'failed', error };
  }
}

function listOf(value: Json, { id }: PlannedForEach, { limits }: Walk): Json[] {
  if (!Array.isArray(value)) {
    const kind = value === null ? 'null' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
    const message = `${id} loops over ${kind}; forEach needs a list. Write \`expression[]\` where one item may come without its list.`;
    throw new StepError({ code: 'loop.not-a-list', message, blame: 'author' });
  }
  if (value.length <= limits.items) return value;
  const message = `${id} loops over ${value.length} items, and ${limits.items} are possible. Split the list, or call a flow for each part.`;
  throw new StepError({ code: 'loop.too-long', message, blame: 'author' });
}

class Loop {
  private readonly halt: Halt;
  private readonly outputs = new Map<number, Json>();
  private next = 0;

  constructor(
    private readonly step: PlannedForEach,
    private readonly walk: Walk,
    private readonly path: string,
    private readonly items: readonly Json[],
    private readonly cursor: Cursor,
  ) {
    this.halt = walk.halting();
  }

  async run(startedAt: number): Promise<StepSignal> {
    const lanes = Math.min(this.step.concurrency, this.items.length - this.cursor.count);
    const signals = await this.walk.sideBySide(Array.from({ length: lanes }, () => () => this.lane()));
    const decided = decidingSignal(signals);
    if (decided.kind === 'failed') return this.fail(decided.error, startedAt);
    return decided.kind === 'next' ? this.succeed(startedAt) : decided;
  }

  /** Takes the next item that is not finished yet, until none is left. */
  private async lane(): Promise<StepSignal> {
    for (;;) {
      const index = this.take();
      if (index === undefined) return NEXT;
      const signal = await this.item(index);
      if (signal.kind === 'failed' || signal.kind === 'stopped') this.walk.halt(this.halt);
      if (signal.kind !== 'next') return signal;
    }
  }

  private take(): number | undefined {
    while (this.cursor.has(this.next)) this.next += 1;
    return this.next < this.items.length && !this.halt.isSet ? this.next++ : undefined;
  }

  private async item(index: number): Promise<StepSignal> {
    const path = `${this.path}[${index}]`;
    const startedAt = this.walk.clock.now();
    const trail: StepRow[] = [];
    const inner = this.walk.inner({
      prefix: `${path}.`,
      halt: this.halt,
      trail,
      scope: { [this.step.as]: this.items[index], index, ...this.resume(path) },
    });
    const signal = await inner.list(this.step.steps);
    this.walk.joined(inner);
    const row = { path, attempt: 1, kind: 'item', startedAt, finishedAt: this.walk.clock.now() };
    if (signal.kind === 'next') return this.finished(index, { ...row, status: 'succeeded', output: inner.output }, trail);
    if (signal.kind !== 'failed') return signal;
    const failed: StepRow = { ...row, status: 'failed', error: signal.error };
    if (this.step.continueOnItemError) return this.finished(index, { ...failed, output: { error: signal.error } as unknown as Json }, []);
    this.walk.note(failed);
    return signal;
  }

  private finished(index: number, row: StepRow, inside: readonly StepRow[]): StepSignal {
    this.outputs.set(index, row.output ?? null);
    this.cursor.add(index);
    this.walk.drop(inside);
    this.walk.note(row);
    this.walk.note(this.cursor.row(`${this.path}[]`, row.finishedAt));
    return NEXT;
  }

  /** What resumes the waits of this item; the others around stay as they are. */
  private resume(path: string): { readonly resume?: Walk['scope']['resume'] } {
    const { resumable } = this.step;
    if (resumable.length === 0) return {};
    const own = resumable.map((id) => [id, { url: this.walk.resumptions.url(this.walk.run.id, `${path}.${id}`) }]);
    return { resume: { ...this.walk.scope.resume, ...(Object.fromEntries(own) as Walk['scope']['resume']) } };
  }

  private fail(error: ErrorRecord, startedAt: number): StepSignal {
    this.walk.note({
      path: this.path,
      attempt: 1,
      kind: 'forEach',
      status: 'failed',
      startedAt,
      finishedAt: this.walk.clock.now(),
      input: this.items as Json[],
      error,
    });
    return { kind: 'failed', error };
  }

  private async succeed(startedAt: number): Promise<StepSignal> {
    const output = await this.output();
    this.walk.note({
      path: this.path,
      attempt: 1,
      kind: 'forEach',
      status: 'succeeded',
      startedAt,
      finishedAt: this.walk.clock.now(),
      input: this.items as Json[],
      output,
    });
    return succeed(this.step, this.walk, this.path, output);
  }

  /** In the order of the items. What earlier slices finished is read back once, at the end. */
  private async output(): Promise<Json[]> {
    if (this.outputs.size < this.items.length) {
      for (const { path, output } of await this.walk.items(this.path)) {
        this.outputs.set(Number(path.slice(this.path.length + 1, -1)), output ?? null);
      }
    }
    return this.items.map((_, index) => this.outputs.get(index) ?? null);
  }
}

/** The rows of the items are not read again; in an item of a loop around this one they are to go with it. */
function succeed(step: PlannedForEach, walk: Walk, path: string, output: readonly Json[]): StepSignal {
  walk.pass([...output.map((_, index) => passedRow(`${path}[${index}]`, 'item')), passedRow(`${path}[]`, 'cursor')]);
  walk.scope.steps[step.id] = output;
  return NEXT;
}

function passedRow(path: string, kind: string): StepRow {
  return { path, attempt: 1, kind, status: 'succeeded', startedAt: 0, finishedAt: 0 };
}
