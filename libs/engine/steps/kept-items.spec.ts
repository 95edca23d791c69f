import { describe, expect, it } from '@jest/globals';
import { StepError, type Json } from '@millrace/component-sdk';
import type { Step } from '@millrace/flow';
import { componentOf, flowOf, Rig } from '../contract/rig.js';
import { defaultLimits } from '../limits.js';

const use = (id: string, parts: object = {}): Step => ({ id, use: 'test.step', retry: { attempts: 1 }, ...parts }) as Step;
const nap: Step = { id: 'nap', wait: { for: '1m' } };
const indexes = (count: number): Json[] => Array.from({ length: count }, (_, n) => n);

function each(items: Json[], steps: readonly Step[], parts: object = {}): Step {
  return { id: 'each', forEach: items, steps, onItemError: 'continue', ...parts } as Step;
}

/** A component that fails in the steps whose paths, or whose paths and attempts, are named, and else gives so much. */
function rigOf(steps: readonly Step[], keptItems: number, failing: readonly string[] = [], gives: Json = 'ok'): Rig {
  const component = componentOf('test.step', ({ path, attempt }) => {
    if (!failing.includes(path) && !failing.includes(`${path}#${attempt}`)) return gives;
    throw new StepError({ code: 'test.failed', message: `${path} failed`, retryable: true, arrived: 'no' });
  });
  const rig = new Rig(flowOf(steps), [component]);
  rig.limits = { ...defaultLimits, keptItems };
  return rig;
}

/** The finished items of the loop that can be looked into. */
function keptIn({ rows }: Rig): string[] {
  return [...new Set(rows.flatMap(({ path }) => /^each\[\d+\](?=\.)/.exec(path)?.[0] ?? []))].sort();
}

describe('the finished items that can be looked into', () => {
  it('are the first ones, with all that their steps did', async () => {
    const rig = rigOf([each(indexes(5), [use('a'), { id: 'v', set: { n: '{{ item }}' } }])], 2);
    await rig.run();
    expect(rig.trail.filter((row) => row.includes('].'))).toEqual([
      'each[0].a#1 succeeded',
      'each[0].v#1 succeeded',
      'each[1].a#1 succeeded',
      'each[1].v#1 succeeded',
    ]);
  });

  it('are as many more of those that failed', async () => {
    const rig = rigOf([each(indexes(9), [use('a')])], 2, ['each[5].a', 'each[7].a', 'each[8].a']);
    await rig.run();
    expect(keptIn(rig)).toEqual(['each[0]', 'each[1]', 'each[5]', 'each[7]']);
  });

  it.each<[string, Step[], string[]]>([
    ['a step failed and was passed over', [use('a', { onError: 'continue' })], ['each[3].a']],
    ['something was caught', [{ id: 'safe', try: [use('a')], catch: [] } as Step], ['each[3].a']],
    ['a step was tried again', [use('a', { retry: { attempts: 2, delay: '1s' } })], ['each[3].a#1']],
    ['a loop inside had it', [{ ...each([1], [use('a')]), id: 'in' } as Step], ['each[3].in[0].a']],
  ])('are those in which %s', async (_, steps, failing) => {
    const rig = rigOf([each(indexes(5), steps)], 1, failing);
    await rig.run();
    expect(keptIn(rig)).toEqual(['each[0]', 'each[3]']);
  });

  it('are no fewer where the first ones are eventful', async () => {
    const rig = rigOf([each(indexes(6), [use('a')])], 2, ['each[0].a', 'each[1].a', 'each[2].a', 'each[3].a', 'each[4].a']);
    await rig.run();
    expect(keptIn(rig)).toEqual(['each[0]', 'each[1]', 'each[2]', 'each[3]']);
  });

  it('are all that somebody answered', async () => {
    const asked: Step = { id: 'asked', when: '{{ item > 1 }}', wait: { webhook: { timeout: '1h' } } } as Step;
    const rig = rigOf([each(indexes(9), [asked, use('a')])], 1);
    await rig.accept();
    for (let n = 2; n < 9; n += 1) rig.store.resume(rig.runId, `each[${n}].asked`, { answer: 'yes' });
    await rig.toEnd();
    expect(keptIn(rig)).toEqual(['each[0]', ...[2, 3, 4, 5, 6, 7, 8].map((n) => `each[${n}]`)]);
  });

  it('are those that a request was for, and not those that only waited', async () => {
    const asked: Step = { id: 'asked', when: '{{ item = 2 }}', wait: { webhook: { timeout: '1h' } } } as Step;
    const rig = rigOf([each(indexes(4), [nap, asked])], 1);
    await rig.accept();
    rig.store.resume(rig.runId, 'each[2].asked', { answer: 'approve' });
    await rig.toEnd();
    expect(keptIn(rig)).toEqual(['each[0]', 'each[2]']);
    expect(rig.rows.find(({ path }) => path === 'each[2].asked')?.output).toEqual({ answer: 'approve' });
  });

  it('stay so many over all slices of a run', async () => {
    const rig = rigOf([each(indexes(6), [nap, use('a')])], 2, ['each[1].a', 'each[3].a', 'each[4].a']);
    await rig.accept();
    await rig.toEnd();
    expect(keptIn(rig)).toEqual(['each[0]', 'each[1]', 'each[3]', 'each[4]']);
  });

  it('are none that take more than is read with every claim, but for the first that failed', async () => {
    const failing = ['each[2].b', 'each[3].b'];
    const rig = rigOf([each(indexes(5), [use('a'), use('b')])], 5, failing, 'x'.repeat(600_000));
    await rig.run();
    expect(keptIn(rig)).toEqual(['each[2]']);
  });

  it('of a loop inside of one are those of items that stay themselves', async () => {
    const inner = { id: 'inner', forEach: [1, 2, 3], as: 'part', steps: [use('a')] } as Step;
    const rig = rigOf([each(indexes(3), [inner])], 1);
    await rig.run();
    expect(rig.rows.map(({ path }) => path).filter((path) => path.includes('.a'))).toEqual(['each[0].inner[0].a']);
    expect(keptIn(rig)).toEqual(['each[0]']);
  });

  it('are rounds too', async () => {
    const pages = { id: 'each', repeat: [use('a')], while: '{{ index < 3 }}', limit: 9 } as Step;
    const rig = rigOf([pages], 2);
    await rig.run();
    expect(keptIn(rig)).toEqual(['each[0]', 'each[1]']);
  });
});
