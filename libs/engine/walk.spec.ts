import { describe, expect, it } from '@jest/globals';
import { StepError, type Component, type Json } from '@millrace/component-sdk';
import type { Step } from '@millrace/flow';
import { componentOf, flowOf, Rig } from './contract/rig.js';
import type { Journal } from './ports.js';

const echo = componentOf('test.echo', ({ props }) => props);
const broken = componentOf('test.broken', () => {
  throw new StepError({ code: 'test.broken', message: 'broken', blame: 'author' });
});
const COMPONENTS = [echo, broken];

function use(id: string, parts: Record<string, unknown> = {}): Step {
  return { id, use: 'test.echo', ...parts } as Step;
}

function rigOf(steps: readonly Step[], parts: Parameters<typeof flowOf>[1] = {}, components: readonly Component[] = COMPONENTS): Rig {
  return new Rig(flowOf(steps, parts), components);
}

/** Walks one slice whose process dies at the `nth` call, after the component had its effect. */
async function dieAtCall(rig: Rig, nth: number): Promise<void> {
  const controller = new AbortController();
  const dies = (): boolean => {
    if (rig.calls.length === nth) controller.abort(new Error('died'));
    return false;
  };
  const original = rig.calls.push.bind(rig.calls);
  rig.calls.push = (...calls) => {
    const length = original(...calls);
    dies();
    return length;
  };
  const outcome = await rig.slice(await rig.claim(), { signal: controller.signal });
  rig.calls.push = original;
  expect(outcome.kind).toBe('abandoned');
}

describe('a walk after a crash', () => {
  it('does not execute journalled steps again, and repeats the one in flight with its key', async () => {
    const rig = rigOf([use('a'), use('b'), use('c')]);
    await rig.accept();
    await dieAtCall(rig, 2);
    expect(await rig.toEnd()).toEqual({ kind: 'ended', result: { status: 'succeeded' } });
    expect(rig.calls.map(({ path }) => path)).toEqual(['a', 'b', 'b', 'c']);
    expect(rig.calls[1]).toEqual(rig.calls[2]);
  });

  it('keeps the branches that were taken, whatever the conditions would say now', async () => {
    const steps = (condition: boolean): Step[] => [
      { id: 'fork', if: condition, then: [use('yes')], else: [use('no')] },
      { id: 'pick', switch: true, cases: [{ when: condition, steps: [use('one')] }], default: [use('other')] },
      use('late', { when: condition }),
    ];
    const rig = rigOf(steps(true));
    await rig.accept();
    await dieAtCall(rig, 3);
    rig.plan = rig.planned(flowOf(steps(false)));
    await rig.toEnd();
    expect(rig.calls.map(({ path }) => path)).toEqual(['yes', 'one', 'late']);
  });

  it('keeps skipping what was skipped', async () => {
    const steps = (when: boolean): Step[] => [use('maybe', { when }), { id: 'values', set: { x: 1 }, when }, use('a'), use('b')];
    const rig = rigOf(steps(false));
    await rig.accept();
    await dieAtCall(rig, 2);
    rig.plan = rig.planned(flowOf(steps(true)));
    await rig.toEnd();
    expect(rig.calls.map(({ path }) => path)).toEqual(['a', 'b', 'b']);
  });

  it('resolves $now, $millis, $random and $uuid to the same values', async () => {
    const chance = { now: '{{ $now() }}', ms: '{{ $millis() }}', r: ['{{ $random() }}', '{{ $random() }}'], id: '{{ $uuid() }}' };
    const rig = rigOf([
      use('a', { with: chance }),
      { id: 'values', set: chance },
      use('b', { with: { ...chance, set: '{{ steps.values }}' } }),
      use('c'),
    ]);
    await rig.accept();
    await dieAtCall(rig, 1);
    rig.clock.advance(12_345);
    await dieAtCall(rig, 4);
    rig.clock.advance(12_345);
    await rig.toEnd();
    const propsOf = (path: string): Json[] => rig.calls.filter((call) => call.path === path).map(({ props }) => props);
    expect(propsOf('a')).toHaveLength(2);
    expect(new Set([...propsOf('a'), ...propsOf('b')].map((props) => JSON.stringify(props))).size).toBe(2);
    const { r, id } = propsOf('a')[0] as { r: number[]; id: string };
    expect(r[0]).not.toBe(r[1]);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('gives every step its own chance', async () => {
    const rig = rigOf([use('a', { with: { id: '{{ $uuid() }}' } }), use('b', { with: { id: '{{ $uuid() }}' } })]);
    await rig.run();
    expect(rig.calls[0]!.props).not.toEqual(rig.calls[1]!.props);
  });
});

describe('the journal', () => {
  it('has a step committed before the next one begins', async () => {
    const journalled: string[][] = [];
    const spy = componentOf('test.spy', () => void journalled.push(rig.trail));
    const steps: Step[] = [
      use('a', { use: 'test.spy' }),
      { id: 'v', set: { x: 1 } },
      use('b', { use: 'test.spy' }),
      use('c', { use: 'test.spy' }),
    ];
    const rig: Rig = rigOf(steps, {}, [spy]);
    await rig.run();
    expect(journalled).toEqual([[], ['a#1 succeeded', 'v#1 succeeded'], ['a#1 succeeded', 'v#1 succeeded', 'b#1 succeeded']]);
  });

  it('is not written for decisions alone, and with the end in one for the last step', async () => {
    const writes: string[] = [];
    const rig = rigOf([
      { id: 'v', set: { x: 1 } },
      { id: 'fork', if: true, then: [use('a')] },
      { id: 'w', set: { y: 2 } },
    ]);
    await rig.accept();
    await rig.slice(await rig.claim(), { journal: noted(rig.journal, writes) });
    expect(writes).toEqual(['finish v fork a w']);
  });

  it('breaks the walk off when it cannot be written, which is no failure of a step', async () => {
    const rig = rigOf([use('a', { onCrash: 'stop' }), use('b')]);
    await rig.accept();
    const journal: Journal = { ...rig.journal, record: () => Promise.reject(new Error('the database is away')) };
    await expect(rig.slice(await rig.claim(), { journal })).rejects.toThrow('the database is away');
    expect(rig.calls).toEqual([]);
    expect(rig.rows).toEqual([]);
  });

  it.each(['record', 'suspend', 'finish'] as const)('ends the walk as lost when %s finds another claim', async (method) => {
    const away = componentOf('test.away', () => Promise.reject(new StepError({ code: 'x', message: 'x', retryable: true, arrived: 'no' })));
    const rig = rigOf([use('a'), use('b', method === 'suspend' ? { use: 'test.away' } : {})], {}, [...COMPONENTS, away]);
    await rig.accept();
    const journal: Journal = { ...rig.journal, [method]: () => Promise.resolve(false) };
    expect(await rig.slice(await rig.claim(), { journal })).toEqual({ kind: 'lost' });
    expect(rig.calls.map(({ path }) => path)).toEqual(method === 'record' ? ['a'] : ['a', 'b']);
  });

  it('is not written any more once the run was given up', async () => {
    const controller = new AbortController();
    const writes: string[] = [];
    const giveUp = componentOf('test.echo', () => controller.abort(new Error('lease lost')));
    const rig = rigOf([use('a'), use('b')], {}, [giveUp]);
    await rig.accept();
    const outcome = await rig.slice(await rig.claim(), { signal: controller.signal, journal: noted(rig.journal, writes) });
    expect([outcome.kind, writes]).toEqual(['abandoned', []]);
  });
});

describe('draining', () => {
  it('hands a run over at a step boundary, which costs nothing', async () => {
    const rig = rigOf([use('a'), use('b'), use('c')]);
    await rig.accept();
    const outcome = await rig.slice(await rig.claim(), { shouldYield: () => rig.calls.length === 2 });
    expect(outcome).toEqual({ kind: 'suspended', resumeAt: rig.clock.now() });
    expect(rig.store.active.get(rig.runId)).toMatchObject({ status: 'waiting', crashes: 0 });
    await rig.toEnd();
    expect(rig.calls.map(({ path }) => path)).toEqual(['a', 'b', 'c']);
  });
});

describe('conditions', () => {
  it.each([
    ['{{ trigger.body.missing }}', []],
    ['{{ trigger.body.yes }}', ['a']],
    [false, []],
  ])('skips a step unless its when holds: %s', async (when, called) => {
    const rig = rigOf([use('a', { when })]);
    await rig.run({ yes: true });
    expect(rig.calls.map(({ path }) => path)).toEqual(called);
    if (called.length === 0) expect(rig.trail).toEqual(['a#1 skipped']);
  });

  it('fails the step whose when fails', async () => {
    const rig = rigOf([use('a', { when: '{{ $number("x") > 1 }}' })]);
    expect(await rig.run()).toMatchObject({ kind: 'ended', result: { status: 'failed', error: { code: 'expression.failed', step: 'a' } } });
    expect(rig.calls).toEqual([]);
  });

  it('ends a run as filtered when the trigger condition that only the runner can evaluate does not hold', async () => {
    const trigger = { type: 'webhook', when: '{{ $sum(trigger.body.items.n) > 10 }}' } as const;
    const rig = rigOf([use('a')], { trigger });
    expect(await rig.run({ items: [{ n: 4 }] })).toEqual({ kind: 'ended', result: { status: 'filtered' } });
    const other = rigOf([use('a')], { trigger });
    expect(await other.run({ items: [{ n: 4 }, { n: 7 }] })).toEqual({ kind: 'ended', result: { status: 'succeeded' } });
    expect([rig.calls.length, other.calls.length]).toEqual([0, 1]);
  });

  it('takes the first case that fits, else the default', async () => {
    const pick: Step = {
      id: 'pick',
      switch: '{{ trigger.body.k }}',
      cases: [
        { when: ['a', 'b'], steps: [use('one')] },
        { when: null, steps: [use('none')] },
      ],
      default: [use('other')],
    };
    const taken = async (k: Json): Promise<string | undefined> => {
      const rig = rigOf([pick]);
      await rig.run({ k });
      return rig.calls[0]?.path;
    };
    expect([await taken('b'), await taken(null), await taken('z')]).toEqual(['one', 'none', 'other']);
  });
});

describe('failures', () => {
  it('name step, field and path of a missing value', async () => {
    const rig = rigOf([use('a', { with: { to: { email: '{{ trigger.body.emial }}' } } })]);
    const outcome = await rig.run({ email: 'ada@example.com' });
    expect(outcome).toMatchObject({
      kind: 'ended',
      result: { status: 'failed', error: { code: 'expression.missing', step: 'a', attempt: 1 } },
    });
    const { message } = rig.rows[0]!.error!;
    for (const part of ['to.email', 'trigger.body', 'emial', 'email']) expect(message).toContain(part);
  });

  it('run onError with the error in sight, and still end the run as failed', async () => {
    const rig = rigOf([use('a', { use: 'test.broken' }), use('b')], {
      onError: [use('alarm', { with: { text: '{{ error.step }}: {{ error.code }}' } })],
    });
    expect(await rig.run()).toMatchObject({ kind: 'ended', result: { status: 'failed', error: { code: 'test.broken', step: 'a' } } });
    expect(rig.calls.map(({ path, props }) => [path, props])).toEqual([
      ['a', {}],
      ['alarm', { text: 'a: test.broken' }],
    ]);
  });

  it('of onError do not hide what it was called for', async () => {
    const rig = rigOf([use('a', { use: 'test.broken' })], { onError: [use('alarm', { with: { x: '{{ steps.nothing }}' } })] });
    const outcome = await rig.run();
    expect(outcome).toMatchObject({
      result: { error: { code: 'test.broken', details: { onError: { code: 'expression.missing', step: 'alarm' } } } },
    });
  });

  it('are passed over by onError: continue, and readable as the step’s error', async () => {
    const rig = rigOf([use('a', { use: 'test.broken', onError: 'continue' }), use('b', { with: { seen: '{{ steps.a.error.code }}' } })]);
    expect(await rig.run()).toEqual({ kind: 'ended', result: { status: 'succeeded' } });
    expect(rig.calls[1]).toMatchObject({ path: 'b', props: { seen: 'test.broken' } });
  });

  it('that the author asked for are not passed over by onError: continue', async () => {
    const halt: Step = { id: 'halt', stop: { as: 'failed', message: 'No {{ trigger.body.what }} left' } };
    const rig = rigOf([{ id: 'fork', if: true, then: [halt] }, use('after')], { defaults: { onError: 'continue' } });
    const outcome = await rig.run({ what: 'seats' });
    expect(outcome).toMatchObject({
      result: { status: 'failed', error: { code: 'flow.stopped', message: 'No seats left', step: 'halt' } },
    });
    expect(rig.calls).toEqual([]);
  });

  it('of a component that throws anything are its author’s to mend', async () => {
    for (const thrown of [new TypeError('x is undefined'), 'text', undefined, { code: 1 }]) {
      const odd = componentOf('test.echo', () => Promise.reject(thrown));
      const rig = rigOf([use('a')], {}, [odd]);
      expect(await rig.run()).toMatchObject({ result: { status: 'failed', error: { code: 'component.crashed', blame: 'author' } } });
      expect(rig.rows[0]!.error!.message).not.toMatch(/object Object|undefined\b.*undefined/);
    }
  });

  it('with details that are not JSON are journalled all the same', async () => {
    const cycle: Record<string, unknown> = { big: 1n };
    cycle.self = cycle;
    const odd = componentOf('test.echo', () => Promise.reject(new StepError({ code: 'test.odd', message: 'odd', details: cycle })));
    const rig = rigOf([use('a')], {}, [odd]);
    expect(await rig.run()).toMatchObject({
      result: { status: 'failed', error: { code: 'test.odd', details: { unreadable: expect.any(String) } } },
    });
  });
});

describe('retries', () => {
  const flaky = (failures: number): Component =>
    componentOf('test.flaky', ({ attempt }) => {
      if (attempt <= failures) throw new StepError({ code: 'network.refused', message: 'refused', retryable: true, arrived: 'no' });
      return attempt;
    });
  const retry = { attempts: 3, delay: '10s', backoff: 'exponential', jitter: false };

  it('release the run until they are due, keep every attempt, and use one key', async () => {
    const rig = rigOf([use('a', { use: 'test.flaky', retry })], {}, [flaky(2)]);
    await rig.accept();
    const began = rig.clock.now();
    expect(await rig.slice(await rig.claim())).toEqual({ kind: 'suspended', resumeAt: began + 10_000 });
    expect(await rig.slice(await rig.claim())).toEqual({ kind: 'suspended', resumeAt: began + 30_000 });
    expect(await rig.slice(await rig.claim())).toEqual({ kind: 'ended', result: { status: 'succeeded' } });
    expect(rig.trail).toEqual(['a#1 retrying', 'a#2 retrying', 'a#3 succeeded']);
    expect(new Set(rig.calls.map(({ key }) => key))).toEqual(new Set([`${rig.runId}/a`]));
  });

  it('end with the last error when the attempts are used up', async () => {
    const rig = rigOf([use('a', { use: 'test.flaky', retry })], {}, [flaky(3)]);
    expect(await rig.run()).toMatchObject({ result: { status: 'failed', error: { code: 'network.refused', attempt: 3 } } });
    expect(rig.trail).toEqual(['a#1 retrying', 'a#2 retrying', 'a#3 failed']);
  });

  it('are left out where the step may have taken effect, and the error says so', async () => {
    const unsure = componentOf('test.unsure', () => {
      throw new StepError({ code: 'http.503', message: 'busy', retryable: true, arrived: 'maybe' });
    });
    const failing = { ...unsure, idempotent: 'no' as const };
    const rig = rigOf([use('a', { use: 'test.unsure', retry })], {}, [failing]);
    expect(await rig.run()).toMatchObject({ result: { status: 'failed', error: { attempt: 1, unsafeToRepeat: true } } });
    const named = rigOf([use('a', { use: 'test.unsure', retry: { ...retry, on: ['http.5xx'] } })], {}, [failing]);
    const repeated = await named.run();
    expect(repeated).toMatchObject({ result: { status: 'failed', error: { attempt: 3 } } });
    expect(JSON.stringify(repeated)).not.toContain('unsafeToRepeat');
  });

  it('wait on when a run is taken up before they are due', async () => {
    const rig = rigOf([use('a', { use: 'test.flaky', retry })], {}, [flaky(1)]);
    await rig.accept();
    const first = await rig.slice(await rig.claim());
    const run = rig.store.active.get(rig.runId)!;
    run.dueAt = rig.clock.now();
    expect(await rig.slice(await rig.claim())).toEqual(first);
    expect(rig.calls).toHaveLength(1);
  });
});

describe('crashes', () => {
  it('make a run poison after three without progress: it ends naming the step, and onError runs', async () => {
    const rig = rigOf([use('fine'), use('deadly'), use('after')], { onError: [use('alarm', { with: { text: '{{ error.code }}' } })] });
    await rig.accept();
    await dieAtCall(rig, 2);
    await dieAtCall(rig, 3);
    await dieAtCall(rig, 4);
    const outcome = await rig.toEnd();
    expect(outcome).toMatchObject({
      result: { status: 'failed', error: { code: 'run.poison', step: 'deadly', message: expect.stringContaining('3 times at deadly') } },
    });
    expect(rig.calls.map(({ path }) => path)).toEqual(['fine', 'deadly', 'deadly', 'deadly', 'alarm']);
  });

  it('make a run poison even where its step says onError: continue', async () => {
    const rig = rigOf([use('deadly', { onError: 'continue' }), use('after')]);
    await rig.accept();
    for (const nth of [1, 2, 3]) await dieAtCall(rig, nth);
    expect(await rig.toEnd()).toMatchObject({ result: { status: 'failed', error: { code: 'run.poison', step: 'deadly' } } });
  });

  it('keep the attempts that were journalled before a step became poison', async () => {
    const retried = componentOf('test.once', ({ attempt }) => {
      if (attempt === 1) throw new StepError({ code: 'network.refused', message: 'refused', retryable: true, arrived: 'no' });
    });
    const rig = rigOf([use('a', { use: 'test.once', retry: { attempts: 5 } })], {}, [retried]);
    await rig.accept();
    await rig.slice(await rig.claim());
    for (const nth of [2, 3, 4]) await dieAtCall(rig, nth);
    await rig.toEnd();
    expect(rig.rows.map(({ attempt, error }) => [attempt, error?.code])).toEqual([
      [1, 'network.refused'],
      [2, 'run.poison'],
    ]);
  });

  it('are not repeated by a step with onCrash: stop', async () => {
    const rig = rigOf([use('a'), use('pay', { onCrash: 'stop', onError: 'continue' }), use('c')]);
    await rig.accept();
    await dieAtCall(rig, 2);
    expect(rig.trail).toEqual(['a#1 succeeded', 'pay#1 started']);
    expect(await rig.toEnd()).toMatchObject({
      result: { status: 'failed', error: { code: 'crash.in-flight', step: 'pay', blame: 'operator' } },
    });
    expect(rig.calls.map(({ path }) => path)).toEqual(['a', 'pay']);
  });

  it('do not stop a step with onCrash: stop that had not begun', async () => {
    const rig = rigOf([use('a'), use('pay', { onCrash: 'stop' })]);
    await rig.accept();
    await dieAtCall(rig, 1);
    expect(await rig.toEnd()).toEqual({ kind: 'ended', result: { status: 'succeeded' } });
  });
});

/** Notes method and paths of every write. */
function noted(journal: Journal, writes: string[]): Journal {
  const note = (method: string, rows: readonly { path: string }[]): void =>
    void writes.push([method, ...rows.map(({ path }) => path)].join(' '));
  return {
    record: (run, entry) => (note('record', entry.rows), journal.record(run, entry)),
    suspend: (run, entry, at) => (note('suspend', entry.rows), journal.suspend(run, entry, at)),
    finish: (run, entry, result) => (note('finish', entry.rows), journal.finish(run, entry, result)),
    items: (run, path, index) => journal.items(run, path, index),
  };
}
