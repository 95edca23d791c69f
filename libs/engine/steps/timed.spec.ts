import { describe, expect, it } from '@jest/globals';
import { StepError } from '@millrace/component-sdk';
import type { Step } from '@millrace/flow';
import { componentOf, flowOf, Rig, type Run } from '../contract/rig.js';
import type { SliceOutcome } from '../walk.js';

const use = (id: string, more: object = {}): Step => ({ id, use: 'test.step', ...more });
const nap = (id: string, time: string): Step => ({ id, wait: { for: time } });
const done = (id: string): Step => ({ id, set: { value: id } });

const rigOf = (steps: readonly Step[], run: Run = () => null): Rig => new Rig(flowOf(steps), [componentOf('test.step', run)]);

/** Begun steps by path, without timers. */
const paths = (rig: Rig): string[] => rig.rows.filter(({ kind }) => kind !== 'timer' && kind !== 'cursor').map(({ path }) => path);

function failure(outcome: SliceOutcome): unknown {
  return outcome.kind === 'ended' ? outcome.result.error : outcome;
}

/** One slice in which time passes while nothing else can happen. */
async function passing(rig: Rig): Promise<SliceOutcome> {
  const outcome = rig.slice(await rig.claim());
  let ended = false;
  void outcome.finally(() => (ended = true));
  for (let rounds = 0; !ended && rounds < 1_000; rounds += 1) {
    await new Promise(setImmediate);
    if (!ended && rig.clock.next !== undefined) rig.clock.advanceTo(rig.clock.next);
  }
  return outcome;
}

async function lived(rig: Rig, body = {}): Promise<SliceOutcome> {
  await rig.accept(body);
  let outcome = await passing(rig);
  while (outcome.kind === 'suspended') outcome = await passing(rig);
  return outcome;
}

describe('the timeout of a step with steps inside', () => {
  it.each<[string, Step]>([
    ['if', { id: 'block', if: true, then: [use('a'), nap('wait', '1h'), use('b')], timeout: '10m' }],
    ['switch', { id: 'block', switch: true, cases: [{ when: true, steps: [use('a'), nap('wait', '1h'), use('b')] }], timeout: '10m' }],
    ['try', { id: 'block', try: [use('a'), nap('wait', '1h'), use('b')], timeout: '10m' }],
    ['forEach', { id: 'block', forEach: [1], steps: [use('a'), nap('wait', '1h'), use('b')], timeout: '10m' }],
    ['parallel', { id: 'block', parallel: { one: [use('a'), nap('wait', '1h'), use('b')], two: [nap('long', '2h')] }, timeout: '10m' }],
  ])('ends %s at its time, from its start, over waits', async (_, block) => {
    const rig = rigOf([nap('before', '5m'), block, use('after')]);
    const startedAt = rig.clock.now();
    const outcome = await lived(rig);
    expect(failure(outcome)).toMatchObject({ code: 'timeout', step: 'block', message: expect.stringContaining('longer than 600 seconds') });
    expect(rig.clock.now() - startedAt).toBe(15 * 60_000);
    expect(rig.calls.map(({ path }) => path.split('.').at(-1))).toEqual(['a']);
  });

  it('gives the slot up until the time is over, not for longer', async () => {
    const rig = rigOf([{ id: 'block', if: true, then: [nap('wait', '1h')], timeout: '10m' }]);
    await rig.accept();
    const began = rig.clock.now();
    expect(await passing(rig)).toEqual({ kind: 'suspended', resumeAt: began + 600_000 });
  });

  it('is written down before anything in it happens, and counts from there after a crash', async () => {
    let crash = true;
    const rig = rigOf([{ id: 'block', if: true, then: [use('a'), nap('wait', '8m'), use('b')], timeout: '10m' }], () => {
      if (crash) throw new Error('the process dies here');
    });
    await rig.accept();
    const began = rig.clock.now();
    const work = await rig.claim();
    const { record } = rig.journal;
    let written: string[] = [];
    const dies = {
      ...rig.journal,
      record: async (...args: Parameters<typeof record>) => ((written = args[1].rows.map(({ path }) => path)), record(...args)),
      finish: () => new Promise<boolean>(() => undefined),
    };
    void rig.slice(work, { journal: dies });
    await new Promise(setImmediate);
    expect(written).toEqual(['block~', 'block']);
    crash = false;
    rig.clock.advance(5 * 60_000);
    let outcome = await passing(rig);
    while (outcome.kind === 'suspended') outcome = await passing(rig);
    expect(failure(outcome)).toMatchObject({ code: 'timeout' });
    expect(rig.clock.now() - began).toBe(600_000);
  });

  it('says no more once the step has ended, however late a later walk is', async () => {
    const rig = rigOf([{ id: 'block', if: true, then: [use('a')], timeout: '1m' }, nap('wait', '1h'), use('b')]);
    expect(await lived(rig)).toMatchObject({ kind: 'ended', result: { status: 'succeeded' } });
    expect(rig.calls.map(({ path }) => path)).toEqual(['a', 'b']);
  });

  it('keeps a failure that came before it what it was, also on a later walk', async () => {
    const rig = rigOf(
      [
        {
          id: 'safe',
          try: [{ id: 'block', if: true, then: [use('a')], timeout: '1m' }],
          catch: [nap('wait', '1h'), { id: 'seen', set: { code: '{{ error.code }}' } }],
        },
      ],
      () => {
        throw new StepError({ code: 'test.broken', message: 'broken' });
      },
    );
    await lived(rig);
    expect(rig.rows.find(({ path }) => path === 'seen')?.output).toEqual({ code: 'test.broken' });
  });

  it('can be caught around the step, and the flow goes on', async () => {
    const rig = rigOf([
      { id: 'safe', try: [{ id: 'block', if: true, then: [nap('wait', '1h')], timeout: '1m' }], on: ['timeout'], catch: [use('instead')] },
      done('after'),
    ]);
    expect(await lived(rig)).toMatchObject({ result: { status: 'succeeded' } });
    expect(rig.calls.map(({ path }) => path)).toEqual(['instead']);
    expect(paths(rig)).toContain('after');
  });

  it('is passed over by onError: "continue"', async () => {
    const rig = rigOf([
      { id: 'block', if: true, then: [nap('wait', '1h')], timeout: '1m', onError: 'continue' },
      { id: 'seen', set: { code: "{{ steps.block.error.code ?? 'none' }}" } },
    ]);
    expect(await lived(rig)).toMatchObject({ result: { status: 'succeeded' } });
    expect(rig.rows.find(({ path }) => path === 'seen')?.output).toEqual({ code: 'timeout' });
  });

  it('gives up the attempt in flight, and does not try it again', async () => {
    const rig = rigOf(
      [{ id: 'block', if: true, then: [use('slow', { timeout: '10m', retry: { attempts: 5 } }), use('b')], timeout: '1m' }],
      ({ signal }) => {
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
      },
    );
    const began = rig.clock.now();
    expect(failure(await lived(rig))).toMatchObject({ code: 'timeout', step: 'block' });
    expect(rig.clock.now() - began).toBe(60_000);
    expect(rig.rows.find(({ path }) => path === 'slow')).toMatchObject({ attempt: 1, status: 'failed', error: { code: 'timeout' } });
    expect(rig.calls).toHaveLength(1);
  });

  it('leaves out the items that had not begun, and gives no list', async () => {
    const rig = rigOf([
      { id: 'safe', try: [{ id: 'each', forEach: [1, 2, 3, 4], steps: [use('a'), nap('wait', '4m')], timeout: '10m' }], catch: [] },
    ]);
    expect(await lived(rig)).toMatchObject({ result: { status: 'succeeded' } });
    expect(rig.calls.map(({ path }) => path)).toEqual(['each[0].a', 'each[1].a', 'each[2].a']);
    expect(rig.rows.find(({ path }) => path === 'each')?.status).toBe('started');
  });

  const last = use('last', { with: { at: '{{ $now() }}', seen: "{{ steps.seen.value ?? 'nothing' }}" } });
  const within = (id: string, timeout: string, then: Step[]): Step => ({ id, if: true, then, timeout });

  it.each<[string, Step]>([
    ['that began before the time was over', within('block', '10m', [{ id: 'safe', try: [use('a')], finally: [last] }])],
    ['after steps without effect', within('block', '10m', [{ id: 'safe', try: [done('seen')], finally: [last] }])],
    [
      'in two steps of which the outer one was out of time first',
      within('block', '10m', [within('inner', '11m', [{ id: 'safe', try: [use('a'), nap('wait', '1h')], finally: [last] }])]),
    ],
  ])('repeats a finally %s as it was, when the process died in it and the time is over', async (_, block) => {
    let dies = true;
    const rig = rigOf([block], ({ path }) => (path === 'last' && dies ? new Promise(() => undefined) : null));
    await rig.accept();
    while (!rig.calls.some(({ path }) => path === 'last')) {
      void rig.slice(await rig.claim());
      for (let rounds = 0; rounds < 20; rounds += 1) await new Promise(setImmediate);
    }
    dies = false;
    rig.clock.advance(12 * 60_000);
    while ((await passing(rig)).kind === 'suspended');
    const calls = rig.calls.filter(({ path }) => path === 'last').map(({ props }) => props);
    expect(calls).toHaveLength(2);
    expect(calls[1]).toEqual(calls[0]);
  });

  it('runs a finally for what was in flight when the process died, though the time is over', async () => {
    let dies = true;
    const block = within('block', '10m', [{ id: 'safe', try: [use('a')], finally: [use('last')] }]);
    const rig = rigOf([block], () => (dies ? new Promise(() => undefined) : null));
    await rig.accept();
    void rig.slice(await rig.claim());
    for (let rounds = 0; rounds < 20; rounds += 1) await new Promise(setImmediate);
    dies = false;
    rig.clock.advance(12 * 60_000);
    expect(failure(await passing(rig))).toMatchObject({ code: 'timeout', step: 'block' });
    expect(rig.calls.map(({ path }) => path)).toEqual(['a', 'last']);
  });

  it('runs no finally of what had not begun', async () => {
    const rig = rigOf([within('block', '10m', [nap('wait', '1h'), { id: 'safe', try: [use('a')], finally: [use('last')] }])]);
    expect(failure(await lived(rig))).toMatchObject({ code: 'timeout' });
    expect(rig.calls).toEqual([]);
  });

  it('lets a finally in it run to its end', async () => {
    const block: Step = {
      id: 'block',
      if: true,
      then: [{ id: 'inner', try: [nap('wait', '1h')], finally: [nap('tidy', '30m'), use('last')] }],
      timeout: '10m',
    };
    const rig = rigOf([block]);
    expect(failure(await lived(rig))).toMatchObject({ code: 'timeout', step: 'block' });
    expect(rig.calls.map(({ path }) => path)).toEqual(['last']);
  });

  it('of an outer step ends an inner one with a longer time', async () => {
    const rig = rigOf([
      { id: 'outer', if: true, then: [{ id: 'inner', if: true, then: [nap('wait', '1h')], timeout: '30m' }, use('b')], timeout: '10m' },
    ]);
    expect(failure(await lived(rig))).toMatchObject({ code: 'timeout', step: 'outer' });
    expect(rig.calls).toEqual([]);
  });

  it("in an item of a loop is the item's own", async () => {
    const rig = rigOf([
      {
        id: 'each',
        forEach: ['1m', '1h', '2m'],
        onItemError: 'continue',
        steps: [{ id: 'block', if: true, then: [{ id: 'wait', wait: { for: '{{ item }}' } }, done('ok')], timeout: '10m' }],
      },
    ]);
    expect(await lived(rig)).toMatchObject({ result: { status: 'succeeded' } });
    const output = rig.rows.find(({ path }) => path === 'each')!.output as { error?: { code: string } }[];
    expect(output.map((entry) => entry.error?.code ?? 'ok')).toEqual(['ok', 'timeout', 'ok']);
  });
});
