import { describe, expect, it } from '@jest/globals';
import { StepError, type Json } from '@millrace/component-sdk';
import type { Step } from '@millrace/flow';
import { componentOf, flowOf, Rig } from './contract/rig.js';
import { defaultLimits, type Limits } from './limits.js';
import type { SliceOutcome } from './walk.js';

const DAY_MS = 24 * 3600 * 1000;
const flaky = componentOf('test.flaky', ({ attempt }) => {
  if (attempt === 1) throw new StepError({ code: 'network.refused', message: 'away', retryable: true, arrived: 'no' });
});
const use = (id: string): Step => ({ id, use: 'test.flaky', retry: { attempts: 2, delay: '1m' } });
const value = (id: string): Step => ({ id, set: { x: 1 } });

async function run(rig: Rig, limits: Partial<Limits>, body: Json = {}): Promise<SliceOutcome> {
  await rig.accept(body);
  for (;;) {
    const outcome = await rig.slice(await rig.claim(), { limits: { ...defaultLimits, ...limits } });
    if (outcome.kind !== 'suspended') return outcome;
  }
}

describe('a run that takes too many steps', () => {
  it('fails before the step that is too much, and onError still runs, through its own waits', async () => {
    const rig = new Rig(flowOf([value('a'), value('b'), value('c')], { onError: [use('alarm')] }), [flaky]);
    expect(await run(rig, { steps: 2 })).toMatchObject({ result: { status: 'failed', error: { code: 'run.too-many-steps', step: 'c' } } });
    expect(rig.trail).toEqual(['a#1 succeeded', 'b#1 succeeded', 'c#1 failed', 'alarm#1 retrying', 'alarm#2 succeeded']);
  });

  it('is not saved by onError: continue or a catch', async () => {
    const safe: Step = { id: 'safe', onError: 'continue', try: [value('a'), value('b')], catch: [value('c')] };
    expect(await run(new Rig(flowOf([safe]), []), { steps: 1 })).toMatchObject({
      result: { error: { code: 'run.too-many-steps', step: 'b' } },
    });
  });

  it('counts what is in the items of loops, also where a wait lies between', async () => {
    const steps: Step[] = [value('a'), value('b'), { id: 'nap', wait: { for: '1h' } }];
    const rig = new Rig(flowOf([{ id: 'each', forEach: '{{ trigger.body.items }}', steps }]), []);
    const items = Array.from({ length: 50 }, (_, n) => n);
    expect(await run(rig, { steps: 100 }, { items })).toMatchObject({ result: { error: { code: 'run.too-many-steps' } } });
    const finished = rig.rows.filter(({ kind }) => kind === 'item').length;
    expect(finished).toBeGreaterThanOrEqual(15);
    expect(finished).toBeLessThanOrEqual(25);
  });
});

describe('a run that takes too long', () => {
  it('fails before the next new step, with what is journalled still in sight, and onError runs', async () => {
    const alarm: Step = {
      id: 'alarm',
      use: 'test.flaky',
      with: { x: '{{ steps.a.x }}', code: '{{ error.code }}' },
      retry: { attempts: 2, delay: '1m' },
    };
    const rig = new Rig(flowOf([value('a'), { id: 'nap', wait: { for: '5d' } }, value('b')], { onError: [alarm] }), [flaky]);
    expect(await run(rig, { durationMs: 2 * DAY_MS })).toMatchObject({ result: { error: { code: 'run.too-long', step: 'b' } } });
    expect(rig.calls.map(({ props }) => props)).toEqual([1, 2].map(() => ({ x: 1, code: 'run.too-long' })));
  });
});
