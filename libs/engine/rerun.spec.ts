import { describe, expect, it } from '@jest/globals';
import { StepError } from '@millrace/component-sdk';
import type { Step } from '@millrace/flow';
import { componentOf, flowOf, Rig } from './contract/rig.js';
import { defaultLimits } from './limits.js';
import { failedStep, recordedRows, rowsBefore } from './rerun.js';
import type { StepRow } from './records.js';

const use = (id: string, parts: object = {}): Step => ({ id, use: 'test.step', with: { id }, retry: { attempts: 1 }, ...parts });

/** A component that fails in the steps whose paths are named. */
async function ran(steps: readonly Step[], failing: readonly string[], body = {}, keptItems = 0): Promise<Rig> {
  const component = componentOf('test.step', ({ path }) => {
    if (failing.includes(path)) throw new StepError({ code: 'test.failed', message: `${path} failed` });
    return { from: path };
  });
  const rig = new Rig(flowOf(steps), [component]);
  rig.limits = { ...defaultLimits, keptItems };
  await rig.run(body);
  return rig;
}

function trail(rows: readonly StepRow[]): string[] {
  return rows.map(({ path, status }) => `${path} ${status}`);
}

function before(rig: Rig, path: string): string[] {
  const reuse = rowsBefore(rig.plan, rig.rows, path);
  return 'rows' in reuse ? trail(reuse.rows) : [reuse.problem];
}

/** A run of these steps that goes on from a place with what `rig` had done before it. */
async function goesOn(steps: readonly Step[], { plan, rows }: Rig, place: string): Promise<Rig> {
  const reuse = rowsBefore(plan, rows, place);
  if (!('rows' in reuse)) throw new Error(reuse.problem);
  const again = new Rig(flowOf(steps), [componentOf('test.step', ({ path }) => ({ from: path }))]);
  again.clock.advance(3_600_000);
  await again.accept({});
  const work = await again.claim();
  expect(await again.slice({ ...work, journal: reuse.rows })).toMatchObject({ kind: 'ended', result: { status: 'succeeded' } });
  return again;
}

describe('what a re-run takes over', () => {
  it('is everything before the step, and nothing of the step or behind it', async () => {
    const rig = await ran([use('a'), use('b'), use('c')], ['c']);
    expect(before(rig, 'b')).toEqual(['a succeeded']);
    expect(before(rig, 'c')).toEqual(['a succeeded', 'b succeeded']);
    expect(before(rig, 'a')).toEqual([]);
  });

  it('keeps the decision of a branch that the step is in', async () => {
    const rig = await ran([{ id: 'which', if: true, then: [use('a'), use('b')] }], ['b']);
    expect(before(rig, 'b')).toEqual(['which succeeded', 'a succeeded']);
    expect(before(rig, 'which')).toEqual([]);
  });

  it('keeps the other branches as far as they came', async () => {
    const rig = await ran([{ id: 'both', parallel: { left: [use('a'), use('b')], right: [use('c')] }, onBranchError: 'wait-all' }], ['b']);
    expect(before(rig, 'b').sort()).toEqual(['a succeeded', 'c succeeded']);
  });

  it('opens a loop again for the one item, its finished ones stay', async () => {
    const rig = await ran([{ id: 'each', forEach: [1, 2, 3], steps: [use('a'), use('b')] }, use('after')], ['each[1].b']);
    expect(before(rig, 'each[1].b')).toEqual(['each started', 'each[0] succeeded', 'each[] succeeded', 'each[1].a succeeded']);
  });

  it('is marked, and nothing that the re-run has a part in: a loop that is opened again, and how far it has come', async () => {
    const marks = (rows: readonly StepRow[]) => rows.map(({ path, given = 'own' }) => `${path} ${given}`).sort();
    const steps = [use('a'), { id: 'which', if: true, then: [{ id: 'each', forEach: [1, 2], steps: [use('x'), use('y')] }] }] as Step[];
    const rig = await ran(steps, ['each[1].y']);
    const reuse = rowsBefore(rig.plan, rig.rows, 'each[1].y');
    if (!('rows' in reuse)) throw new Error(reuse.problem);
    const expected = ['a recorded', 'each own', 'each[0] recorded', 'each[1].x recorded', 'each[] own', 'which recorded'];
    expect(marks(reuse.rows)).toEqual(expected);
    // What was taken over as a whole once is opened like any other.
    const twice = rowsBefore(
      rig.plan,
      rig.rows.map((row) => ({ ...row, given: 'recorded' as const })),
      'each[1].y',
    );
    expect('rows' in twice && marks(twice.rows.filter(({ path }) => path === 'each'))).toEqual(['each own']);
  });

  it('goes on in the last attempt of a step that was tried again, as though it were the first', async () => {
    const retry = { attempts: 2, delay: '1s' };
    const block: Step = { id: 'block', if: true, then: [use('a'), use('b'), use('c')], retry };
    const rig = await ran([use('first'), block], ['c', 'block~2.b']);
    const ended = rig.store.ended.get(rig.runId)?.error;
    expect(failedStep(ended, rig.plan)).toBe('b');
    for (const path of ['b', 'block~2.b']) {
      expect(before(rig, path)).toEqual(['first succeeded', 'block succeeded', 'a succeeded']);
    }
    const reuse = rowsBefore(rig.plan, rig.rows, 'b');
    expect('rows' in reuse && reuse.rows.at(-1)?.output).toEqual({ from: 'block~2.a' });
  });

  it('takes over the finished items of the last attempt of a loop', async () => {
    const loop: Step = { id: 'each', forEach: [1, 2], steps: [use('a')], retry: { attempts: 2, delay: '1s' } };
    const rig = await ran([loop], ['each[0].a', 'each~2[1].a']);
    expect(before(rig, 'each~2[1].a').sort()).toEqual(['each started', 'each[0] succeeded', 'each[] succeeded']);
  });

  it('does a finished item again only as a whole', async () => {
    const rig = await ran([{ id: 'each', forEach: [1, 2], steps: [use('a'), use('b')] }, use('after')], ['after']);
    expect(before(rig, 'each[1].b')).toEqual([expect.stringContaining('re-run from each[1]')]);
    const reuse = rowsBefore(rig.plan, rig.rows, 'each[1]');
    if (!('rows' in reuse)) throw new Error(reuse.problem);
    expect(trail(reuse.rows)).toEqual(['each started', 'each[0] succeeded', 'each[] succeeded']);
    expect(reuse.rows.find(({ kind }) => kind === 'cursor')?.output).toMatchObject({ done: [[0, 0]], begun: {}, steps: 6 });
  });

  it('leaves the other items as they ended, also those that failed and were passed over', async () => {
    const inner: Step = { id: 'in', forEach: ['{{ item }}'], as: 'part', steps: [use('a')] };
    const steps: Step[] = [{ id: 'each', forEach: [0, 1, 2, 3], onItemError: 'continue', steps: [use('v'), inner] }];
    for (const keptItems of [0, defaultLimits.keptItems]) {
      const rig = await ran(steps, ['each[0].in[0].a', 'each[2].in[0].a'], {}, keptItems);
      for (const place of ['each[1]', 'each[2].in[0].a', ...(keptItems > 0 ? ['each[1].in', 'each[2].in'] : [])]) {
        const items = before(rig, place).filter((row) => /^each\[\d\] /.test(row));
        const own = Number(place[5]);
        expect(items).toEqual([0, 1, 2, 3].filter((n) => n !== own).map((n) => `each[${n}] ${n % 2 ? 'succeeded' : 'failed'}`));
      }
    }
  });

  it('is refused for an item that the list did not have', async () => {
    const rig = await ran([{ id: 'each', forEach: [1, 2], steps: [use('a')] }, use('after')], ['after']);
    expect(before(rig, 'each[2]')).toEqual(['There is no item each[2]: the loop had 2 items, counted from 0.']);
    expect(before(rig, 'each[9].a')).toEqual([expect.stringContaining('There is no item each[9]')]);
  });

  it('are the steps before it in a finished item that can be looked into', async () => {
    const steps: Step[] = [{ id: 'each', forEach: [1, 2, 3], steps: [use('a'), use('b')] }, use('after')];
    const rig = await ran(steps, ['after'], {}, defaultLimits.keptItems);
    expect(before(rig, 'each[1].b').sort()).toEqual([
      'each started',
      'each[0] succeeded',
      'each[0].a succeeded',
      'each[0].b succeeded',
      'each[1].a succeeded',
      'each[2] succeeded',
      'each[2].a succeeded',
      'each[2].b succeeded',
      'each[] succeeded',
    ]);
    const again = await goesOn(steps, rig, 'each[1].b');
    // How many are kept already is taken over.
    expect(again.rows.find(({ kind }) => kind === 'cursor')?.output).toMatchObject({ kept: { first: { items: 3 } } });
    expect(again.calls.map(({ path }) => path)).toEqual(['each[1].b', 'after']);
  });

  describe('of a repetition', () => {
    const rounds = (parts: object = {}): Step =>
      ({ id: 'pages', repeat: [use('a'), use('b')], while: '{{ index < 3 }}', ...parts }) as Step;

    it('is the rounds before the one that it begins in, and nothing of those behind it', async () => {
      const rig = await ran([rounds(), use('after')], ['after']);
      expect(before(rig, 'pages[2].b')).toEqual([expect.stringContaining('re-run from pages[2]')]);
      const reuse = rowsBefore(rig.plan, rig.rows, 'pages[2]');
      if (!('rows' in reuse)) throw new Error(reuse.problem);
      expect(trail(reuse.rows).sort()).toEqual(['pages started', 'pages[0] succeeded', 'pages[1] succeeded', 'pages[] succeeded']);
      const cursor = reuse.rows.find(({ kind }) => kind === 'cursor')?.output;
      expect(cursor).toMatchObject({ done: [[0, 1]] });
      expect(cursor).not.toHaveProperty('over');
    });

    it('goes on in the round that failed', async () => {
      const rig = await ran([rounds(), use('after')], ['pages[1].b']);
      expect(failedStep(rig.rows.find(({ path }) => path === 'pages')?.error, rig.plan)).toBe('pages[1].b');
      const again = await goesOn([rounds(), use('after')], rig, 'pages[1].b');
      expect(again.calls.map(({ path }) => path)).toEqual([
        ...['pages[1].b', 'pages[2].a', 'pages[2].b', 'pages[3].a', 'pages[3].b'],
        'after',
      ]);
    });

    it('goes on behind the last round where the limit was too low', async () => {
      const rig = await ran([rounds({ limit: 2 })], []);
      expect(failedStep(rig.rows.find(({ path }) => path === 'pages')?.error, rig.plan)).toBe('pages[2]');
      const again = await goesOn([rounds()], rig, 'pages[2]');
      expect(again.calls.map(({ path }) => path)).toEqual(['pages[2].a', 'pages[2].b', 'pages[3].a', 'pages[3].b']);
    });

    it('has the rounds that it does begin after those that it took over, by which they are ordered', async () => {
      const rig = await ran([rounds({ limit: 2 })], []);
      const again = await goesOn([rounds()], rig, 'pages[2]');
      const taken = rig.rows.filter(({ kind }) => kind === 'item').map(({ finishedAt }) => finishedAt);
      const done = again.rows.filter(({ kind }) => kind === 'item').map(({ startedAt }) => startedAt);
      expect([taken.length, done.length]).toEqual([2, 2]);
      expect(Math.min(...done)).toBeGreaterThan(Math.max(...taken));
    });
  });

  it('keeps a failure that was caught, and does one again that was not', async () => {
    const steps = [{ id: 'safe', try: [use('a')], catch: [use('b')] }, use('c', { onError: 'continue' }), use('d')];
    const rig = await ran(steps as Step[], ['a', 'c', 'd']);
    expect(before(rig, 'd')).toEqual(['a failed', 'b succeeded', 'c failed']);
  });

  it('does catch and finally again when the step stands in try', async () => {
    const rig = await ran([{ id: 'safe', try: [use('a'), use('b')], catch: [use('c')], finally: [use('d')] }], ['b']);
    expect(before(rig, 'b')).toEqual(['a succeeded']);
    expect(before(rig, 'd')).toEqual(['a succeeded', 'b failed', 'c succeeded']);
  });

  it('says that there is no such step', async () => {
    const rig = await ran([use('a')], []);
    expect(before(rig, 'nowhere')).toEqual([expect.stringContaining('There is no step nowhere')]);
  });

  it('lets the run go on from there to the same end', async () => {
    const steps = [use('a'), { id: 'each', forEach: [1, 2, 3], steps: [use('x'), use('y')] }, use('z')] as Step[];
    const rig = await ran(steps, ['each[1].y']);
    const again = await goesOn(steps, rig, 'each[1].y');
    expect(again.calls.map(({ path }) => path)).toEqual(['each[1].y', 'each[2].x', 'each[2].y', 'z']);
  });

  it('can answer a rehearsal with what each step gave', async () => {
    const rig = await ran([use('a'), { id: 's', set: { x: 1 } }], []);
    expect(trail(recordedRows(rig.plan, rig.rows))).toEqual(['~a succeeded']);
  });
});
