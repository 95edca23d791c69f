import { describe, expect, it } from '@jest/globals';
import type { Step } from '@millrace/flow';
import { componentOf, flowOf, Rig } from '../contract/rig.js';

describe('a component that changes its props', () => {
  it('changes neither the journal, nor what other steps see, nor the plan', async () => {
    const vandal = componentOf('test.flaky', ({ props }) => {
      const { list, constant } = props as unknown as { list: number[]; constant: { deep: number[] } };
      list.push(99);
      constant.deep.length = 0;
      return list.length;
    });
    const props = { list: '{{ trigger.body.list }}', constant: { deep: [1, 2] } };
    const steps = ['a', 'b'].map((id): Step => ({ id, use: 'test.flaky', with: props }));
    const rig = new Rig(flowOf(steps), [vandal]);
    await rig.run({ list: [1] });
    expect(rig.rows.map(({ input, output }) => [input, output])).toEqual([1, 2].map(() => [{ list: [1], constant: { deep: [1, 2] } }, 2]));
  });
});

describe('memory', () => {
  it('of a slice does not grow with the rows of finished items', async () => {
    const rig = new Rig(flowOf([{ id: 'each', forEach: '{{ trigger.body.items }}', steps: [{ id: 'a', use: 'test.flaky' }] }]), [
      componentOf('test.flaky', () => 'x'.repeat(100)),
    ]);
    // A journal that keeps nothing: what grows here grows in the walk.
    let [rows, drops] = [0, 0];
    const journal = {
      ...rig.journal,
      record: async (_: unknown, entry: { rows: readonly unknown[]; drops: readonly unknown[] }) => (
        (rows = Math.max(rows, entry.rows.length)),
        (drops = Math.max(drops, entry.drops.length)),
        true
      ),
    };
    await rig.accept({ items: Array.from({ length: 10_000 }, (_, n) => n) });
    expect((await rig.slice(await rig.claim(), { journal })).kind).toBe('ended');
    expect([rows, drops]).toEqual([3, 0]);
  });
});
