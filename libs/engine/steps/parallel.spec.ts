import { describe, expect, it } from '@jest/globals';
import { StepError, type Component } from '@millrace/component-sdk';
import type { Step } from '@millrace/flow';
import { componentOf, flowOf, Rig } from '../contract/rig.js';
import type { Journal } from '../ports.js';
import type { SliceOutcome } from '../walk.js';

/** Takes as long as `ms` says, then gives `n`, or fails with the code in `fails`, for good or (`away`) to be tried again. */
function work(rig: () => Rig): Component {
  return componentOf('test.work', async ({ props, attempt }) => {
    const { ms = 0, n, fails, away = 0 } = props as { ms?: number; n?: number; fails?: string; away?: number };
    if (ms > 0) await new Promise<void>((resolve) => void rig().clock.after(ms, resolve));
    if (attempt <= away) throw new StepError({ code: 'network.refused', message: 'away', retryable: true, arrived: 'no' });
    if (fails !== undefined) throw new StepError({ code: fails, message: 'broken' });
    return n ?? null;
  });
}

function use(id: string, props: Record<string, unknown> = {}, parts: Record<string, unknown> = {}): Step {
  return { id, use: 'test.work', with: props, ...parts } as Step;
}

function both(one: readonly Step[], two: readonly Step[], parts: Record<string, unknown> = {}): Step {
  return { id: 'both', parallel: { one, two }, ...parts } as Step;
}

function rigOf(...steps: Step[]): Rig {
  const rig: Rig = new Rig(flowOf(steps), [work(() => rig)]);
  return rig;
}

/** Lets time pass whenever nothing else happens, until the slice has ended. */
async function passing(rig: Rig, slice: Promise<SliceOutcome>): Promise<SliceOutcome> {
  let outcome: SliceOutcome | undefined;
  const settled = slice.then((value) => (outcome = value));
  for (;;) {
    await Promise.race([settled, new Promise(setImmediate)]);
    if (outcome) return outcome;
    if (rig.clock.next !== undefined) rig.clock.advanceTo(rig.clock.next);
  }
}

async function run(rig: Rig, journal?: Journal): Promise<SliceOutcome> {
  await rig.accept({});
  return toEnd(rig, journal);
}

async function toEnd(rig: Rig, journal?: Journal): Promise<SliceOutcome> {
  for (;;) {
    const outcome = await passing(rig, rig.slice(await rig.claim(), { journal }));
    if (outcome.kind !== 'suspended') return outcome;
  }
}

const pathsOf = (rig: Rig): string[] => rig.calls.map(({ path, attempt }) => `${path}#${attempt}`);

describe('branches', () => {
  it('run side by side and give the last output of each by name', async () => {
    const rig = rigOf(
      both([use('a', { ms: 20, n: 1 }), use('b', { n: 2 })], [use('c', { ms: 10, n: 3 })]),
      use('d', { n: '{{ steps.both.one }}' }),
    );
    expect(await run(rig)).toMatchObject({ result: { status: 'succeeded' } });
    expect(pathsOf(rig)).toEqual(['a#1', 'c#1', 'b#1', 'd#1']);
    expect(rig.rows.find(({ kind }) => kind === 'parallel')?.output).toEqual({ one: 2, two: 3 });
    expect(rig.calls.at(-1)?.props).toEqual({ n: 2 });
  });

  it('do not see what the others give', async () => {
    const rig = rigOf(both([use('a', { n: 1 })], [use('b', { ms: 10 }), use('c', { n: "{{ steps.a ?? 'unseen' }}" })]));
    await run(rig);
    expect(rig.calls.at(-1)?.props).toEqual({ n: 'unseen' });
  });

  it('that retry wait in memory while another one works, with their due time written down', async () => {
    const retry = { attempts: 2, delay: '1s', jitter: false };
    const rig = rigOf(both([use('a', { away: 1 }, { retry })], [use('b', { ms: 3_000 })]));
    await rig.accept({});
    const slice = rig.slice(await rig.claim());
    for (let i = 0; i < 5; i += 1) await new Promise(setImmediate);
    expect(rig.trail).toEqual(['a#1 retrying']);
    expect(await passing(rig, slice)).toMatchObject({ kind: 'ended' });
    expect(pathsOf(rig)).toEqual(['a#1', 'b#1', 'a#2']);
  });

  it('give the run up when all of them wait, until the first is due', async () => {
    const rig = rigOf(both([{ id: 'nap', wait: { for: '10m' } }], [{ id: 'short', wait: { for: '1m' } }, use('b')]));
    await rig.accept({});
    const began = rig.clock.now();
    expect(await rig.slice(await rig.claim())).toEqual({ kind: 'suspended', resumeAt: began + 60_000 });
    expect(await passing(rig, rig.slice(await rig.claim()))).toEqual({ kind: 'suspended', resumeAt: began + 600_000 });
    expect(await toEnd(rig)).toMatchObject({ result: { status: 'succeeded' } });
    // As long as all of it took, whatever slices it took.
    expect(rig.rows.find(({ path }) => path === 'both')).toMatchObject({
      status: 'succeeded',
      startedAt: began,
      finishedAt: began + 600_000,
    });
  });

  it('are handed over together when the runner drains', async () => {
    const rig = rigOf(both([use('a', { ms: 10 }), use('b')], [use('c', { ms: 20 }), use('d')]));
    await rig.accept({});
    const outcome = await passing(rig, rig.slice(await rig.claim(), { shouldYield: () => rig.calls.length >= 2 }));
    expect(outcome).toEqual({ kind: 'suspended', resumeAt: expect.any(Number) });
    expect(pathsOf(rig)).toEqual(['a#1', 'c#1']);
    await toEnd(rig);
    expect(pathsOf(rig)).toEqual(['a#1', 'c#1', 'b#1', 'd#1']);
  });

  it('are all given up when the run is, and nothing is written', async () => {
    const controller = new AbortController();
    const rig = rigOf(both([use('a', { ms: 10 })], [use('b', { ms: 20 })]));
    await rig.accept({});
    const slice = rig.slice(await rig.claim(), { signal: controller.signal });
    await new Promise(setImmediate);
    controller.abort(new Error('the lease is lost'));
    expect(await slice).toEqual({ kind: 'abandoned' });
    expect(rig.trail).toEqual([]);
  });
});

describe('a branch that fails', () => {
  it('fast: the others stop at their next step, and what is in flight is still journalled', async () => {
    const rig = rigOf(both([use('a', { fails: 'test.bad', ms: 10 })], [use('b', { ms: 20 }), use('c')]));
    expect(await run(rig)).toMatchObject({ result: { status: 'failed', error: { code: 'test.bad', step: 'a' } } });
    expect(pathsOf(rig)).toEqual(['a#1', 'b#1']);
    expect(rig.trail).toContain('b#1 succeeded');
  });

  it('fast: one that waits for its retry makes no attempt more', async () => {
    const retry = { attempts: 5, delay: '1s', jitter: false };
    const rig = rigOf(both([use('a', { fails: 'test.bad', ms: 500 })], [use('b', { away: 4 }, { retry })]));
    const began = rig.clock.now();
    expect(await run(rig)).toMatchObject({ result: { error: { step: 'a' } } });
    expect([pathsOf(rig), rig.clock.now() - began]).toEqual([['a#1', 'b#1'], 500]);
  });

  it('fast: the others are not begun by a walk after it either, but come to their finally', async () => {
    const safe: Step = {
      id: 'safe',
      try: [use('b', { ms: 20 }), use('c')],
      finally: [use('last', { away: 1 }, { retry: { attempts: 2, delay: '1h', jitter: false } })],
    };
    const rig = rigOf(both([use('a', { fails: 'test.bad', ms: 10 })], [safe]));
    await rig.accept({});
    expect(await passing(rig, rig.slice(await rig.claim()))).toMatchObject({ kind: 'suspended' });
    expect(await toEnd(rig)).toMatchObject({ result: { status: 'failed', error: { step: 'a' } } });
    expect(pathsOf(rig)).toEqual(['a#1', 'b#1', 'last#1', 'last#2']);
  });

  it('with wait-all: the others come to their end, and the first in the file counts', async () => {
    const rig = rigOf(
      both([use('a', { fails: 'test.late', ms: 20 })], [use('b', { fails: 'test.early' }), use('c')], { onBranchError: 'wait-all' }),
    );
    expect(await run(rig)).toMatchObject({ result: { error: { code: 'test.late' } } });
    const waiting = rigOf(
      both([use('a', { fails: 'test.bad' })], [{ id: 'nap', wait: { for: '1h' } }, use('c')], { onBranchError: 'wait-all' }),
    );
    expect(await run(waiting)).toMatchObject({ result: { error: { code: 'test.bad' } } });
    expect(pathsOf(waiting)).toEqual(['a#1', 'c#1']);
  });

  it('is passed over by onError: continue of the step', async () => {
    const rig = rigOf(
      both([use('a', { fails: 'test.bad' })], [use('b')], { onError: 'continue' }),
      use('c', { n: '{{ steps.both.error.code }}' }),
    );
    expect(await run(rig)).toMatchObject({ result: { status: 'succeeded' } });
    expect(rig.calls.at(-1)?.props).toEqual({ n: 'test.bad' });
  });
});

describe('a stop in a branch', () => {
  it.each(['succeeded', 'failed'])('as %s ends the run, whatever onBranchError says', async (as) => {
    const stop = { id: 'halt', stop: { as } } as Step;
    const rig = rigOf(
      both([use('a', { ms: 10 }), stop], [use('b', { ms: 20 }), use('c')], { onBranchError: 'wait-all', onError: 'continue' }),
      use('d'),
    );
    expect(await run(rig)).toMatchObject({ result: { status: as } });
    expect(pathsOf(rig)).toEqual(['a#1', 'b#1']);
  });
});

describe('a port that fails in one branch', () => {
  it('breaks the walk off: no other branch begins a step or writes', async () => {
    const rig = rigOf(both([use('a'), use('b')], [use('c', { ms: 10 }), use('d')], { onBranchError: 'wait-all' }));
    let writes = 0;
    const journal: Journal = { ...rig.journal, record: () => ((writes += 1), Promise.reject(new Error('the database is away'))) };
    await rig.accept({});
    await expect(passing(rig, rig.slice(await rig.claim(), { journal }))).rejects.toThrow('the database is away');
    expect([pathsOf(rig), writes]).toEqual([['a#1', 'c#1'], 1]);
  });

  it('does not keep a branch that waits', async () => {
    const rig = rigOf(both([{ id: 'nap', wait: { for: '1h' } }], [use('a', { ms: 10 }), use('b')]));
    let writes = 0;
    const journal: Journal = {
      ...rig.journal,
      record: (claim, entry) => ((writes += 1) > 1 ? Promise.reject(new Error('away')) : rig.journal.record(claim, entry)),
    };
    await rig.accept({});
    const began = rig.clock.now();
    await expect(passing(rig, rig.slice(await rig.claim(), { journal }))).rejects.toThrow('away');
    expect(rig.clock.now() - began).toBeLessThan(1_000);
  });
});

describe('poison among branches', () => {
  /** The process dies while `deadly` is in flight, whatever else is going on. */
  const die = async (rig: Rig): Promise<void> => {
    const controller = new AbortController();
    const slice = rig.slice(await rig.claim(), { signal: controller.signal });
    for (let i = 0; i < 20; i += 1) await new Promise(setImmediate);
    controller.abort(new Error('died'));
    expect((await slice).kind).toBe('abandoned');
  };

  it('is the step that was in flight at three marked deaths, not the siblings that stood by', async () => {
    const rig = rigOf(both([use('a', { n: 1 }), { id: 'nap', wait: { for: '1h' } }], [use('deadly', { ms: 50_000 }, { timeout: '10m' })]));
    await rig.accept({});
    for (let deaths = 0; deaths < 4; deaths += 1) await die(rig);
    expect(await toEnd(rig)).toMatchObject({ result: { status: 'failed', error: { code: 'run.poison', step: 'deadly' } } });
    expect(pathsOf(rig).filter((path) => path === 'a#1')).toHaveLength(1);
  });
});
