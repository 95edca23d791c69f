import { describe, expect, it } from '@jest/globals';
import { StepError } from '@millrace/component-sdk';
import type { Step } from '@millrace/flow';
import { componentOf, flowOf, Rig } from './contract/rig.js';
import { defaultLimits } from './limits.js';
import { countPassedOver, passedOver } from './passed-over.js';

const use = (id: string, parts: object = {}): Step => ({ id, use: 'test.step', with: { id }, retry: { attempts: 1 }, ...parts }) as Step;
const CONTINUE = { onError: 'continue' };

/** A component that fails in the steps whose paths begin so, or with `code` where that is named. */
async function ran(steps: readonly unknown[], failing: readonly string[], code = 'test.failed'): Promise<Rig> {
  const component = componentOf('test.step', ({ path, attempt }) => {
    if (failing.includes(path) || failing.includes(`${path}#${attempt}`))
      throw new StepError({ code, message: `${path} failed`, retryable: true, arrived: 'no' });
    return { from: path };
  });
  const rig = new Rig(flowOf(steps as Step[]), [component]);
  rig.limits = defaultLimits;
  await rig.run({});
  return rig;
}

function told({ plan, rows }: Rig): Record<string, string> {
  return Object.fromEntries([...passedOver(plan, rows)].map(([path, over]) => [path, `${over.by} ${over.path}`]));
}

const counted = ({ plan, rows }: Rig): number => countPassedOver(plan, rows);

describe('what passed over a failure', () => {
  it('is the step itself, or one that it stands in', async () => {
    const rig = await ran([use('a', CONTINUE), { id: 'both', parallel: { left: [use('b')], right: [use('c')] }, ...CONTINUE }], ['a', 'b']);
    expect(told(rig)).toEqual({ a: 'continue a', b: 'continue both', both: 'continue both' });
    expect(counted(rig)).toBe(2);
  });

  it('is the innermost try whose catch takes it, once for all levels between', async () => {
    const inner = { id: 'inner', try: [{ id: 'which', if: true, then: [use('a')] }], on: ['http.5xx'], catch: [use('x')] };
    const steps = [{ id: 'outer', try: [inner], catch: [use('b')] }];
    expect(told(await ran(steps, ['a']))).toEqual({ a: 'catch outer' });
    expect(told(await ran(steps, ['a'], 'http.502'))).toEqual({ a: 'catch inner' });
    expect(counted(await ran(steps, ['a'], 'http.502'))).toBe(1);
  });

  it('is nothing where the run failed of it, and not the try whose catch failed', async () => {
    expect(told(await ran([use('a')], ['a']))).toEqual({});
    expect(told(await ran([{ id: 'safe', try: [use('a')], catch: [use('b')] }], ['a', 'b']))).toEqual({ a: 'catch safe' });
    expect(told(await ran([use('a', CONTINUE)], ['a'], 'run.poison'))).toEqual({});
  });

  it('is the loop for an item, and every item that failed counts', async () => {
    const each = { id: 'each', forEach: [...Array(30).keys()], onItemError: 'continue', steps: [use('a', CONTINUE), use('b')] };
    const failing = [...Array(20).keys()].map((n) => `each[${n}].b`);
    const rig = await ran([each], [...failing, 'each[25].a', 'each[3].a']);
    expect(told(rig)).toMatchObject({ 'each[3].b': 'item each[3]', 'each[3].a': 'continue each[3].a', 'each[19]': 'item each[19]' });
    expect(counted(rig)).toBe(20);
  });

  it('is what is around a loop that ended with its item: one failure', async () => {
    const each = { id: 'each', forEach: [1, 2], steps: [use('a')] };
    const rig = await ran([{ id: 'safe', try: [each], catch: [] }], ['each[1].a']);
    expect(told(rig)).toEqual({ 'each[1].a': 'catch safe', 'each[1]': 'catch safe', each: 'catch safe' });
    expect(counted(rig)).toBe(1);
  });

  it('is what is around a loop of rounds, which goes on from no failure by itself', async () => {
    const pages = { id: 'pages', repeat: [use('a')], while: '{{ steps.a.from }}', limit: 3 };
    const caught = await ran([{ id: 'safe', try: [pages], catch: [] }], ['pages[1].a']);
    expect(told(caught)).toEqual({ 'pages[1].a': 'catch safe', 'pages[1]': 'catch safe', pages: 'catch safe' });
    const over = await ran([{ ...pages, ...CONTINUE }], []);
    expect(told(over)).toEqual({ pages: 'continue pages' });
    expect([counted(caught), counted(over)]).toEqual([1, 1]);
  });

  it('is not the loop where the list itself is wrong', async () => {
    const rig = await ran([{ id: 'each', forEach: '{{ 1 }}', onItemError: 'continue', steps: [use('a')], ...CONTINUE }], []);
    expect(told(rig)).toEqual({ each: 'continue each' });
  });

  it('is said of the last attempt only: what was tried again and came through is no failure', async () => {
    const tried = use('a', { retry: { attempts: 2, delay: '1ms' }, ...CONTINUE });
    expect(counted(await ran([tried], ['a#1']))).toBe(0);
    expect(counted(await ran([tried], ['a']))).toBe(1);
    const block = { id: 'again', if: true, then: [use('b')], retry: { attempts: 2, delay: '1ms' }, ...CONTINUE };
    expect(counted(await ran([block], ['b']))).toBe(0);
    expect(told(await ran([block], ['b', 'again~2.b']))).toEqual({ b: 'continue again' });
  });

  it('counts failed items that come as one row with their number', async () => {
    const { plan, rows } = await ran([{ id: 'each', forEach: [1], onItemError: 'continue', steps: [use('a')] }], ['each[0].a']);
    const items = rows.filter(({ kind }) => kind === 'item').map((row) => ({ ...row, count: 7 }));
    expect(countPassedOver(plan, items)).toBe(7);
  });
});
