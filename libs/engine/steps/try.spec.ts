import { describe, expect, it } from '@jest/globals';
import { StepError } from '@millrace/component-sdk';
import type { Step } from '@millrace/flow';
import { componentOf, flowOf, Rig } from '../contract/rig.js';

const component = componentOf('test.step', ({ props, attempt }) => {
  const { fails, away = 0 } = props as { fails?: string; away?: number };
  if (attempt <= away) throw new StepError({ code: 'network.refused', message: 'away', retryable: true, arrived: 'no' });
  if (fails !== undefined) throw new StepError({ code: fails, message: 'broken', status: 429 });
  return 'fine';
});

function use(id: string, props: Record<string, unknown> = {}, parts: Record<string, unknown> = {}): Step {
  return { id, use: 'test.step', with: props, ...parts } as Step;
}

function rigOf(...steps: Step[]): Rig {
  return new Rig(flowOf(steps), [component]);
}

const bad = use('a', { fails: 'http.429' });
const pathsOf = (rig: Rig): string[] => rig.calls.map(({ path }) => path);

describe('catch', () => {
  it('takes over with the error in sight, and the run goes on', async () => {
    const handler = use('b', { text: '{{ error.code }} {{ error.step }} {{ error.status }} {{ error.attempt }} {{ error.message }}' });
    const rig = rigOf({ id: 'safe', try: [bad, use('unreached')], catch: [handler] }, use('c', { text: '{{ steps.b }}' }));
    expect(await rig.run()).toEqual({ kind: 'ended', result: { status: 'succeeded' } });
    expect(rig.calls.slice(1).map(({ path, props }) => [path, props])).toEqual([
      ['b', { text: 'http.429 a 429 1 broken' }],
      ['c', { text: 'fine' }],
    ]);
  });

  it.each([
    [['http.4xx'], true],
    [['http.429', 'timeout'], true],
    [['http.*'], true],
    [['http.5xx', 'timeout'], false],
    [[], false],
  ])('with on: %j takes http.429: %s', async (on, taken) => {
    const rig = rigOf({ id: 'safe', try: [bad], on, catch: [use('b')] });
    expect(await rig.run()).toMatchObject({ result: { status: taken ? 'succeeded' : 'failed' } });
    expect(pathsOf(rig)).toEqual(taken ? ['a', 'b'] : ['a']);
  });

  it('that fails fails with its own error, which names what it was called for', async () => {
    const rig = rigOf({ id: 'safe', try: [bad], catch: [use('b', { fails: 'test.worse' })] });
    expect(await rig.run()).toMatchObject({
      result: { error: { code: 'test.worse', step: 'b', details: { caught: { code: 'http.429', step: 'a' } } } },
    });
  });

  it('does not take the author’s own stop', async () => {
    const rig = rigOf({ id: 'safe', try: [{ id: 'halt', stop: { as: 'failed' } }], catch: [use('b')], finally: [use('last')] });
    expect(await rig.run()).toMatchObject({ result: { error: { code: 'flow.stopped' } } });
    expect(pathsOf(rig)).toEqual(['last']);
  });

  it('gives the output of an item where it is the last step', async () => {
    const rig = rigOf({ id: 'each', forEach: [1], steps: [{ id: 'safe', try: [bad], catch: [use('b')] }] });
    await rig.run();
    expect(rig.rows.find(({ path }) => path === 'each')?.output).toEqual(['fine']);
  });
});

describe('finally', () => {
  const last = [use('last')];

  it.each<[string, Step[], Partial<Record<'catch', Step[]>>, string[], object]>([
    ['success', [use('a')], {}, ['a', 'last'], { status: 'succeeded' }],
    ['a failure', [bad], {}, ['a', 'last'], { status: 'failed', error: { code: 'http.429' } }],
    ['a caught failure', [bad], { catch: [use('b')] }, ['a', 'b', 'last'], { status: 'succeeded' }],
    ['a failing catch', [bad], { catch: [use('b', { fails: 'x' })] }, ['a', 'b', 'last'], { status: 'failed', error: { code: 'x' } }],
    ['a stop', [{ id: 'halt', stop: { as: 'succeeded' } }, use('a')], {}, ['last'], { status: 'succeeded' }],
  ])('runs after %s', async (_, steps, parts, paths, result) => {
    const rig = rigOf({ id: 'safe', try: steps, ...parts, finally: last }, { id: 'done', set: { x: 1 } });
    expect(await rig.run()).toMatchObject({ result });
    expect(pathsOf(rig)).toEqual(paths);
  });

  it('does not run while its steps only wait', async () => {
    const rig = rigOf({ id: 'safe', try: [{ id: 'nap', wait: { for: '1h' } }, use('a')], finally: last });
    await rig.accept();
    expect((await rig.slice(await rig.claim())).kind).toBe('suspended');
    expect(rig.calls).toEqual([]);
    await rig.toEnd();
    expect(pathsOf(rig)).toEqual(['a', 'last']);
  });

  it('that fails fails the step, and does not hide what failed before it', async () => {
    const failing = [use('last', { fails: 'test.last' })];
    expect(await rigOf({ id: 'safe', try: [use('a')], finally: failing }).run()).toMatchObject({
      result: { error: { code: 'test.last' } },
    });
    expect(await rigOf({ id: 'safe', try: [bad], finally: failing }).run()).toMatchObject({
      result: { error: { code: 'http.429', details: { finally: { code: 'test.last', step: 'last' } } } },
    });
  });
});

describe('a try as a step', () => {
  it('with onError: continue leaves its error', async () => {
    const rig = rigOf({ id: 'safe', try: [bad], onError: 'continue' }, use('b', { code: '{{ steps.safe.error.code }}' }));
    expect(await rig.run()).toMatchObject({ result: { status: 'succeeded' } });
    expect(rig.calls.at(-1)?.props).toEqual({ code: 'http.429' });
  });

  it('keeps what its `when` decided, and fails where that fails, on every walk', async () => {
    const steps = (when: Step['when']): Step[] => [
      { id: 'safe', when, try: [use('a', { away: 1 }, { retry: { delay: '1m' } })] },
      use('b', { away: 1 }, { retry: { delay: '1m' } }),
    ];
    const rig = rigOf(...steps(true));
    await rig.accept();
    await rig.slice(await rig.claim());
    rig.plan = rig.planned(flowOf(steps(false)));
    await rig.toEnd();
    expect(pathsOf(rig)).toEqual(['a', 'a', 'b', 'b']);

    const failing = new Rig(flowOf(steps('{{ $number("x") > 1 }}'), { onError: [use('alarm', { away: 1 }, { retry: { delay: '1m' } })] }), [
      component,
    ]);
    expect(await failing.run()).toMatchObject({ result: { status: 'failed', error: { code: 'expression.failed', step: 'safe' } } });
    expect(pathsOf(failing)).toEqual(['alarm', 'alarm']);
  });
});
