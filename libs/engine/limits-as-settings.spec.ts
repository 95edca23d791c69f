import { describe, expect, it } from '@jest/globals';
import type { Step } from '@millrace/flow';
import { componentOf, flowOf, Rig } from './contract/rig.js';
import { defaultLimits, type Limits } from './limits.js';
import type { SliceOutcome } from './walk.js';

const big = componentOf('test.big', () => 'x'.repeat(1_000));
const told = componentOf('test.tell', () => 'told');

const use = (id: string, component = 'test.big'): Step => ({ id, use: component });

/** Walks a flow to its end under these limits, through its waits. */
async function under(
  limits: Partial<Limits>,
  steps: readonly Step[],
  body: never[] | object = {},
): Promise<{ outcome: SliceOutcome; rig: Rig }> {
  const rig = new Rig(flowOf(steps, { onError: [use('alarm', 'test.tell')] }), [big, told]);
  await rig.accept(body as never);
  for (;;) {
    const outcome = await rig.slice(await rig.claim(), { limits: { ...defaultLimits, ...limits } });
    if (outcome.kind !== 'suspended') return { outcome, rig };
  }
}

const each: Step = { id: 'each', forEach: '{{ trigger.body }}', steps: [use('inner')] };
const items = (count: number): never[] => Array.from({ length: count }, (_, index) => index as never);

describe('a run ends, after somebody was told, when it has come to the limit of', () => {
  it.each<[string, Partial<Limits>, Step[], object, string, string, string]>([
    ['steps', { steps: 2 }, [use('a'), use('b'), use('c')], {}, 'run.too-many-steps', 'c', 'MILLRACE_MAX_STEPS'],
    ['steps, those of items included', { steps: 6 }, [each], items(9), 'run.too-many-steps', 'each[3].inner', 'MILLRACE_MAX_STEPS'],
    [
      'time',
      { durationMs: 60_000 },
      [{ id: 'nap', wait: { for: '2m' } }, use('late')],
      {},
      'run.too-long',
      'late',
      'MILLRACE_MAX_RUN_TIME',
    ],
    ['items', { items: 3 }, [each], items(4), 'loop.too-long', 'each', 'MILLRACE_MAX_LOOP_ITEMS'],
    ['one output', { outputBytes: 1_000 }, [use('a')], {}, 'output.too-large', 'a', 'MILLRACE_MAX_OUTPUT'],
    [
      'its journal',
      { journalBytes: 2_500 },
      [use('a'), use('b'), use('c'), use('d')],
      {},
      'run.journal-too-large',
      'd',
      'MILLRACE_MAX_JOURNAL',
    ],
  ])('%s', async (_, limits, steps, body, code, step, setting) => {
    const { outcome, rig } = await under(limits, steps, body);
    expect(outcome).toMatchObject({ kind: 'ended', result: { status: 'failed', error: { code, step, blame: 'author' } } });
    expect((outcome as { result: { error: { message: string } } }).result.error.message).toMatch(new RegExp(`raise ${setting}`, 'i'));
    expect(rig.trail).toContain('alarm#1 succeeded');
  });
});

describe('the size of the journal', () => {
  const sliced: Step = { id: 'each', forEach: '{{ trigger.body }}', steps: [use('inner'), { id: 'nap', wait: { for: '1m' } }] };

  it('counts what items held whose rows are dropped, over all slices', async () => {
    const { outcome } = await under({ journalBytes: 10_000 }, [sliced], items(30));
    expect(outcome).toMatchObject({ result: { error: { code: 'run.journal-too-large', step: expect.stringMatching(/^each\[[89]\]/) } } });
  });

  it('counts what inner loops held once, also after a wait', async () => {
    const inner: Step = { id: 'inner', forEach: '{{ [1..40] }}', as: 'part', steps: [use('a', 'test.tell')] };
    const outer: Step = { id: 'outer', forEach: [1, 2], steps: [inner] };
    const { outcome, rig } = await under({ steps: 200 }, [outer, { id: 'nap', wait: { for: '1m' } }, use('last', 'test.tell')]);
    expect(outcome).toMatchObject({ result: { status: 'succeeded' } });
    expect(rig.rows.find(({ path }) => path === 'outer[]')?.output).toMatchObject({ steps: 2 * (40 * 2 + 3) });
  });

  it('is no catch for a try', async () => {
    const { outcome } = await under({ journalBytes: 500 }, [{ id: 'safe', try: [use('a'), use('b')], catch: [] }]);
    expect(outcome).toMatchObject({ result: { status: 'failed', error: { code: 'run.journal-too-large' } } });
  });
});

it('an output that is too large can be caught like any other error of a step', async () => {
  const { outcome } = await under({ outputBytes: 10 }, [{ id: 'safe', try: [use('a')], catch: [], on: ['output.too-large'] }]);
  expect(outcome).toMatchObject({ result: { status: 'succeeded' } });
});
