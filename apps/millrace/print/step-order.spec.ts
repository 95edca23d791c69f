import type { RunView } from '../../control-api/index.js';
import { inFlowOrder } from './step-order.js';

const FLOW = JSON.stringify({
  format: 1,
  id: 'orders',
  trigger: { type: 'webhook' },
  steps: [
    { id: 'vars', set: { n: 1 } },
    { id: 'each', forEach: '{{ trigger.body.items }}', steps: [{ id: 'one', use: 'log', with: { message: 'x' } }] },
    { id: 'both', parallel: { a: [{ id: 'left', use: 'log', with: { message: 'x' } }] } },
  ],
  onError: [{ id: 'alarm', use: 'log', with: { message: 'x' } }],
});

function ordered(steps: readonly (readonly [path: string, ms: number])[], text = FLOW): string[] {
  const run = { steps: steps.map(([path, ms]) => ({ path, startedAt: new Date(ms).toISOString() })) } as unknown as RunView;
  return inFlowOrder(run, text).steps.map(({ path }) => path);
}

describe('the steps of a run', () => {
  it('stand as the flow has them where they began at the same time', () => {
    const steps = ['alarm', 'both', 'each', 'left', 'each[0].one', 'gone', 'vars'].map((path) => [path, 5] as const);
    expect(ordered(steps)).toEqual(['vars', 'each', 'each[0].one', 'both', 'left', 'alarm', 'gone']);
  });

  it('stand by their time where the flow cannot be read', () => {
    const steps = [
      ['left', 9],
      ['vars', 10],
      ['both', 8],
    ] as const;
    expect(ordered(steps, 'not a flow')).toEqual(['both', 'left', 'vars']);
  });

  it('that use a component have its name', () => {
    const steps = [
      { path: 'each[0].one', kind: 'use' },
      { path: 'vars', kind: 'set' },
      { path: 'gone', kind: 'use' },
    ].map((step) => ({ ...step, startedAt: '2026-01-01T00:00:00.000Z' }));
    const run = { steps } as unknown as RunView;
    expect(inFlowOrder(run, FLOW).steps.map(({ path, kind }) => `${path} (${kind})`)).toEqual([
      'vars (set)',
      'each[0].one (log)',
      'gone (use)',
    ]);
  });
});
