import { describe, expect, it } from '@jest/globals';
import { StepError } from '@millrace/component-sdk';
import type { Step } from '@millrace/flow';
import { componentOf, flowOf, Rig, type Run } from '../contract/rig.js';
import type { SliceOutcome } from '../walk.js';

const use = (id: string, more: object = {}): Step => ({ id, use: 'test.step', retry: { attempts: 1 }, ...more });
const again = { attempts: 3, delay: '10s', jitter: false } as const;

const rigOf = (steps: readonly Step[], run: Run = () => null): Rig => new Rig(flowOf(steps), [componentOf('test.step', run)]);
const paths = (rig: Rig): string[] => rig.calls.map(({ path }) => path);
const failed = (outcome: SliceOutcome): unknown => (outcome.kind === 'ended' ? outcome.result.error : outcome);

/** Fails at the step `bad` as often as said. */
function failing(times: number, error: () => Error = () => new StepError({ code: 'test.broken', message: 'broken' })): Run {
  let left = times;
  return ({ path }) => {
    if (!path.endsWith('bad')) return { at: path };
    if (left-- > 0) throw error();
    return 'good';
  };
}

const ROUNDS: Step = { id: 'rounds', while: '{{ $exists(steps.bad) }}', limit: 2, repeat: [use('bad')] };

const KINDS: [string, Step, (attempt: number, id: string) => string][] = [
  ['if', { id: 'block', if: true, then: [use('a'), use('bad')], retry: again }, (n, id) => (n === 1 ? id : `block~${n}.${id}`)],
  [
    'switch',
    { id: 'block', switch: true, cases: [{ when: true, steps: [use('a'), use('bad')] }], retry: again },
    (n, id) => (n === 1 ? id : `block~${n}.${id}`),
  ],
  ['try', { id: 'block', try: [use('a'), use('bad')], finally: [], retry: again }, (n, id) => (n === 1 ? id : `block~${n}.${id}`)],
  ['parallel', { id: 'block', parallel: { one: [use('a'), use('bad')] }, retry: again }, (n, id) => (n === 1 ? id : `block~${n}.${id}`)],
  [
    'forEach',
    { id: 'block', forEach: [7], steps: [use('a'), use('bad')], retry: again },
    (n, id) => (n === 1 ? `block[0].${id}` : `block~${n}[0].${id}`),
  ],
];

describe('a step with steps inside that is tried again', () => {
  it.each(KINDS)('does all of %s again, each attempt at a place and with keys of its own', async (_, block, at) => {
    const rig = rigOf([block, use('after')], failing(2));
    expect(await rig.run()).toMatchObject({ result: { status: 'succeeded' } });
    expect(paths(rig)).toEqual([...[1, 2, 3].flatMap((n) => [at(n, 'a'), at(n, 'bad')]), 'after']);
    expect(new Set(rig.calls.map(({ key }) => key)).size).toBe(7);
    const tries = rig.rows.filter(({ kind }) => kind === 'tries');
    expect(tries.map(({ path, attempt, status }) => [path, attempt, status])).toEqual([
      ['block~tries', 1, 'retrying'],
      ['block~tries', 2, 'retrying'],
      ['block~tries', 3, 'succeeded'],
    ]);
    expect(tries[0]!.error).toMatchObject({ code: 'test.broken' });
  });

  it.each<[string, Step, number]>([
    ['is not tried again by itself', { ...ROUNDS, retry: again }, 2],
    ['is tried again where the step names it', { ...ROUNDS, retry: { ...again, on: ['repeat.*'] } }, 6],
    ['is tried again by what stands around it', { id: 'block', if: true, then: [use('order'), ROUNDS], retry: again }, 9],
    [
      'is not tried again in an attempt of what stands around it',
      { id: 'block', if: true, then: [{ ...ROUNDS, retry: again }], retry: again },
      6,
    ],
    ['is tried again by a repetition around it', { ...ROUNDS, id: 'outer', repeat: [ROUNDS], retry: again }, 6],
  ])('after as many rounds as it may have %s', async (_, step, calls) => {
    const rig = rigOf([step]);
    expect(failed(await rig.run())).toMatchObject({ code: 'repeat.limit' });
    expect(rig.calls).toHaveLength(calls);
  });

  it('after as many rounds as it may have in a later attempt is not tried again', async () => {
    const rig = rigOf([{ ...ROUNDS, retry: again }], failing(1));
    expect(failed(await rig.run())).toMatchObject({ code: 'repeat.limit' });
    expect(paths(rig)).toEqual(['rounds[0].bad', 'rounds~2[0].bad', 'rounds~2[1].bad']);
  });

  it.each(KINDS)('fails %s with the last error when its attempts are used up', async (_, block) => {
    const rig = rigOf([block, use('after')], failing(5));
    expect(failed(await rig.run())).toMatchObject({ code: 'test.broken', step: 'forEach' in block ? 'block[0].bad' : 'bad' });
    expect(rig.calls).toHaveLength(6);
  });

  it('gives the slot up during the pause, which grows', async () => {
    const rig = rigOf([{ id: 'block', if: true, then: [use('bad')], retry: again }], failing(2));
    await rig.accept();
    const began = rig.clock.now();
    expect(await rig.slice(await rig.claim())).toEqual({ kind: 'suspended', resumeAt: began + 10_000 });
    expect(await rig.slice(await rig.claim())).toEqual({ kind: 'suspended', resumeAt: began + 30_000 });
    expect(await rig.slice(await rig.claim())).toMatchObject({ kind: 'ended', result: { status: 'succeeded' } });
  });

  it('waits as long as the other side asks for', async () => {
    const limited = (): StepError => new StepError({ code: 'http.429', message: 'slow down', retryAfterMs: 90_000 });
    const rig = rigOf([{ id: 'block', if: true, then: [use('bad')], retry: again }], failing(1, limited));
    await rig.accept();
    const began = rig.clock.now();
    expect(await rig.slice(await rig.claim())).toEqual({ kind: 'suspended', resumeAt: began + 90_000 });
  });

  it('is tried again for the codes that it names, and no others', async () => {
    const block = (on: string[]): Step => ({ id: 'block', if: true, then: [use('bad')], retry: { ...again, on } });
    expect(failed(await rigOf([block(['test.*'])], failing(2)).run())).toBeUndefined();
    const rig = rigOf([block(['http.5xx'])], failing(2));
    expect(failed(await rig.run())).toMatchObject({ code: 'test.broken' });
    expect(rig.calls).toHaveLength(1);
  });

  it('begins no attempt after its deadline, and decides so once', async () => {
    const block: Step = { id: 'block', if: true, then: [use('bad')], retry: { ...again, attempts: 9, deadline: '25s' } };
    const rig = rigOf([{ id: 'safe', try: [block], catch: [{ id: 'nap', wait: { for: '1h' } }, use('instead')] }], failing(9));
    expect(failed(await rig.run())).toBeUndefined();
    expect(paths(rig)).toEqual(['bad', 'block~2.bad', 'instead']);
  });

  it('sees nothing of what an earlier attempt gave', async () => {
    const rig = rigOf(
      [
        {
          id: 'block',
          try: [use('a', { when: '{{ $exists(steps.b) = false }}' }), use('b'), use('bad')],
          finally: [use('seen', { with: { b: "{{ steps.b.at ?? 'none' }}" } })],
          retry: again,
        },
        { id: 'after', set: { b: '{{ steps.b.at }}' } },
      ],
      failing(1),
    );
    expect(await rig.run()).toMatchObject({ result: { status: 'succeeded' } });
    expect(paths(rig).filter((path) => path.endsWith('a'))).toHaveLength(2);
    expect(rig.rows.find(({ path }) => path === 'after')?.output).toEqual({ b: 'block~2.b' });
  });

  it('limits the time of each attempt', async () => {
    const block: Step = { id: 'block', if: true, then: [use('a'), { id: 'nap', wait: { for: '1h' } }], timeout: '1m', retry: again };
    const rig = rigOf([block]);
    await rig.accept();
    const began = rig.clock.now();
    expect(failed(await rig.toEnd())).toMatchObject({ code: 'timeout', step: 'block' });
    expect(rig.calls).toHaveLength(3);
    expect(rig.clock.now() - began).toBe(3 * 60_000 + 10_000 + 20_000);
  });

  it('does not try again what ends the run', async () => {
    const stop: Step = { id: 'stop', stop: { as: 'failed', message: 'enough' } };
    const rig = rigOf([{ id: 'block', if: true, then: [use('a'), stop], retry: again }]);
    expect(failed(await rig.run())).toMatchObject({ code: 'flow.stopped' });
    expect(rig.calls).toHaveLength(1);
  });

  it('nests: an inner step is tried anew in each attempt of the outer one', async () => {
    const inner: Step = { id: 'inner', if: true, then: [use('bad')], retry: { attempts: 2, delay: '1s', jitter: false } };
    const rig = rigOf([{ id: 'outer', if: true, then: [use('a'), inner], retry: again }], failing(3));
    expect(await rig.run()).toMatchObject({ result: { status: 'succeeded' } });
    expect(paths(rig)).toEqual(['a', 'bad', 'inner~2.bad', 'outer~2.a', 'outer~2.bad', 'outer~2.inner~2.bad']);
  });

  it('waits for a request at a URL of each attempt', async () => {
    const wait: Step = { id: 'approval', wait: { webhook: { timeout: '1h' } } };
    const ask = use('ask', { with: { url: '{{ resume.approval.url }}' } });
    const rig = rigOf([{ id: 'block', if: true, then: [ask, wait], retry: again }]);
    expect(failed(await rig.run())).toMatchObject({ code: 'wait.timeout' });
    const urls = rig.calls.map(({ props }) => (props as { url: string }).url);
    expect(urls).toEqual(['approval', 'block~2.approval', 'block~3.approval'].map((path) => rig.store.url(rig.runId, path)));
  });

  it('goes on in the attempt that a crash interrupted', async () => {
    const rig = rigOf([{ id: 'block', if: true, then: [use('a'), use('bad')], retry: again }], failing(1));
    await rig.accept();
    await rig.slice(await rig.claim());
    const work = await rig.claim();
    const dies = { ...rig.journal, finish: () => new Promise<boolean>(() => undefined) };
    void rig.slice(work, { journal: dies });
    await new Promise(setImmediate);
    expect(await rig.toEnd()).toMatchObject({ result: { status: 'succeeded' } });
    expect(paths(rig)).toEqual(['a', 'bad', 'block~2.a', 'block~2.bad', 'block~2.bad']);
  });

  it('is tried once in a test', async () => {
    const rig = rigOf([{ id: 'block', if: true, then: [use('bad')], retry: again }], failing(2));
    await rig.accept();
    const work = await rig.claim();
    const outcome = await rig.slice({ ...work, run: { ...work.run, test: true } });
    expect(failed(outcome)).toMatchObject({ code: 'test.broken' });
    expect(rig.rows.filter(({ kind }) => kind === 'tries')).toEqual([]);
  });
});
