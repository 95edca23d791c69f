import { describe, expect, it } from '@jest/globals';
import { StepError } from '@millrace/component-sdk';
import type { Step } from '@millrace/flow';
import { componentOf, flowOf, Rig } from '../contract/rig.js';
import { rowsBefore } from '../rerun.js';

const ask: Step = { id: 'ask', wait: { webhook: { timeout: '5h' } } } as Step;
const nap: Step = { id: 'nap', wait: { for: '1h' } };
const bad = { id: 'bad', use: 'test.step' } as Step;

function rigOf(steps: readonly Step[]): Rig {
  const component = componentOf('test.step', () => {
    throw new StepError({ code: 'test.bad', message: 'no' });
  });
  return new Rig(flowOf(steps), [component]);
}

/** What is open once the run waits for its nap. */
async function openAt(steps: readonly Step[]): Promise<string[]> {
  const rig = rigOf([...steps, nap]);
  await rig.accept({});
  while (!rig.trail.includes('nap#1 waiting')) expect((await rig.slice(await rig.claim())).kind).toBe('suspended');
  return rig.rows.filter(({ status }) => status === 'waiting').map(({ path }) => path);
}

describe('a wait that is given up', () => {
  const beside = { id: 'both', parallel: { a: [ask], b: [bad] } } as Step;

  it.each<[string, Step]>([
    ['beside a branch that failed', beside],
    ['in a step whose time is over', { id: 'block', if: true, timeout: '1m', then: [ask] } as Step],
    [
      'in an item beside one that failed',
      { id: 'each', forEach: [1, 2], concurrency: 2, steps: [{ ...bad, when: '{{ item = 2 }}' }, ask] } as Step,
    ],
    ['deeper, in a try', { id: 'p', parallel: { a: [{ id: 't', try: [ask], finally: [] }], b: [bad] } } as unknown as Step],
  ])('is open no more: %s', async (_, step) => {
    expect(await openAt([{ id: 'safe', try: [step], catch: [] } as Step])).toEqual(['nap']);
  });

  it('is asked anew by a re-run that goes on where its sibling failed', async () => {
    const rig = rigOf([beside]);
    await rig.accept({});
    await rig.toEnd();
    expect(rig.trail).toContain('ask#1 skipped');
    const reuse = rowsBefore(rig.plan, rig.rows, 'bad');
    expect('rows' in reuse && reuse.rows.map(({ path }) => path)).toEqual([]);
  });
});
