import type { RunView, StepView } from '../api/wire.js';
import { readFlow } from '../flow/structure.js';
import { inOrder } from './order.js';
import { iterationsOf, overlayOf } from './overlay.js';

const step = (id: string): object => ({ id, use: 'log' });
const tree = readFlow(
  JSON.stringify({
    id: 'f',
    steps: [
      step('first'),
      { id: 'big', if: true, then: [step('yes')], else: [{ id: 'pick', switch: 1, cases: [{ when: 1, steps: [step('one')] }] }] },
      { id: 'each', forEach: 'x', steps: [step('notify')] },
      step('last'),
    ],
  }),
);

function row(path: string, part: Partial<StepView> = {}): StepView {
  const startedAt = '2026-01-01T00:00:00.000Z';
  const finishedAt = '2026-01-01T00:00:00.250Z';
  const rest = {
    attempts: 1,
    attemptLog: [],
    input: null,
    output: null,
    large: [],
    inputFile: null,
    outputFile: null,
    given: null,
    error: null,
    retryAt: null,
    resumeAt: null,
    passedOver: null,
    rateOf: null,
    resumeUrl: null,
    question: null,
  };
  return { path, kind: 'use', status: 'succeeded', startedAt, finishedAt, ...rest, ...part };
}

function run(steps: StepView[], status: RunView['status'] = 'succeeded'): RunView {
  const id = '01920f7a-5c1e-7cc3-98c4-dc0c0c07398f';
  return {
    id,
    flowId: 'f',
    version: 1,
    eventId: id,
    status,
    createdAt: '2026-01-01T00:00:00.000Z',
    startedAt: null,
    finishedAt: null,
    resumeAt: null,
    waitsFor: null,
    passedOver: 0,
    parent: null,
    rerunOf: null,
    dry: false,
    test: false,
    lane: null,
    held: false,
    pace: null,
    resolution: null,
    error: null,
    collected: null,
    steps,
  };
}

describe('a run over its flow', () => {
  it('shows what a step took and how often it was tried', () => {
    const overlay = overlayOf(tree, run([row('first', { attempts: 3 })]));
    expect(overlay.state('first')).toMatchObject({ status: 'succeeded', durationMs: 250, attempts: 3 });
  });

  it('marks the trigger when the run failed before its first step, wherever the error says that was', () => {
    const failedAt = (step: string | undefined): Partial<RunView> => ({
      error: { code: 'trigger.schema', message: 'No.', ...(step && { step }) },
    });
    const before = (step?: string): RunView => ({ ...run([], 'failed'), ...failedAt(step) });
    for (const place of ['trigger', 'gone', undefined]) expect(overlayOf(tree, before(place)).state('trigger').status).toBe('failed');
    expect([...overlayOf(tree, before('trigger')).failed()]).toEqual(['trigger']);
    const later = { ...run([row('first', { status: 'failed' })], 'failed'), ...failedAt('first') };
    expect([overlayOf(tree, later).state('trigger').status, [...overlayOf(tree, later).failed()]]).toEqual(['succeeded', ['first']]);
    expect(overlayOf(tree, run([], 'queued')).state('trigger').status).toBe('succeeded');
  });

  it('greys out the branch that was not taken, with everything in it', () => {
    const overlay = overlayOf(tree, run([row('big', { kind: 'if', output: { branch: 'then' } }), row('yes')]));
    expect([overlay.took('big', 'then'), overlay.took('big', 'else')]).toEqual([true, false]);
    expect(['pick', 'one'].map((id) => overlay.state(id).status)).toEqual(['skipped', 'skipped']);
  });

  it('tells the cases of a switch apart, the default included', () => {
    const overlay = overlayOf(
      tree,
      run([row('big', { output: { branch: 'else' } }), row('pick', { kind: 'switch', output: { case: -1 } })]),
    );
    expect([overlay.took('pick', '0'), overlay.took('pick', 'default')]).toEqual([false, true]);
  });

  it('does not call skipped what the run had not come to', () => {
    expect(overlayOf(tree, run([row('first', { status: 'failed' })], 'failed')).state('last').status).toBe('unreached');
    expect(overlayOf(tree, run([row('first')], 'running')).state('last').status).toBe('pending');
    expect(overlayOf(tree, run([], 'running')).took('big', 'then')).toBeUndefined();
  });

  it('knows of a step without a row of its own that the run has left it behind', () => {
    const guarded = { id: 'guard', try: [step('risky')], catch: [step('mend')] };
    const flow = readFlow(JSON.stringify({ steps: [guarded, step('after')] }));
    const rows = [row('risky', { status: 'failed' }), row('mend')];
    const statusOf = (own: StepView[]): string => overlayOf(flow, run(own, 'waiting')).state('guard').status;
    expect(statusOf(rows)).toBe('running');
    expect(statusOf([...rows, row('after', { status: 'waiting' })])).toBe('succeeded');
    const within = readFlow(JSON.stringify({ steps: [{ id: 'big', if: true, then: [guarded] }, step('after')] }));
    const big = row('big', { kind: 'if', output: { branch: 'then' } });
    expect(overlayOf(within, run([big, ...rows, row('after')], 'running')).state('guard').status).toBe('succeeded');
  });

  it('looks into the iteration that is asked for, else into one that failed', () => {
    const rows = [row('each[0]', { kind: 'item' }), row('each[1].notify', { status: 'failed' }), row('each[2].notify')];
    const overlay = overlayOf(tree, run(rows, 'failed'));
    expect([overlay.iteration('each'), overlay.path('notify'), overlay.state('notify').status]).toEqual([1, 'each[1].notify', 'failed']);
    expect(overlayOf(tree, run(rows, 'failed'), { each: 2 }).state('notify').status).toBe('succeeded');
  });

  it('looks into the first iteration once it has ended, and into the latest while it goes on', () => {
    const rows = [row('each[0]', { kind: 'item' }), row('each[1]', { kind: 'item' })];
    expect([overlayOf(tree, run(rows)).iteration('each'), overlayOf(tree, run(rows, 'running')).iteration('each')]).toEqual([0, 1]);
    const none = overlayOf(tree, run([row('each', { kind: 'forEach', output: [] })]));
    expect([none.iteration('each'), none.state('notify').status]).toEqual([undefined, 'unreached']);
  });

  it('says of the steps of a finished iteration that they were done, as far as its end tells', () => {
    const steps = [
      step('plain'),
      { ...step('maybe'), when: '{{ item }}' },
      { ...step('careless'), onError: 'continue' },
      { id: 'which', if: true, then: [step('then')] },
    ];
    const statuses = (rest: object, item: Partial<StepView>): string[] => {
      const loop = readFlow(JSON.stringify({ steps: [{ id: 'each', forEach: 'x', steps }], ...rest }));
      const overlay = overlayOf(loop, run([row('each'), row('each[0]', { kind: 'item', ...item })]));
      return ['plain', 'maybe', 'careless', 'which', 'then'].map((id) => overlay.state(id).status);
    };
    expect(statuses({}, {})).toEqual(['succeeded', 'folded', 'folded', 'succeeded', 'folded']);
    expect(statuses({ defaults: { onError: 'continue' } }, {})[0]).toBe('folded');
    expect(statuses({}, { status: 'failed' })[0]).toBe('folded');
  });

  it('tells in an iteration that failed what it did not come to', () => {
    const two = readFlow(JSON.stringify({ steps: [{ id: 'each', forEach: 'x', steps: [step('a'), step('b')] }] }));
    const failed = overlayOf(
      two,
      run([row('each[0]', { kind: 'item', status: 'failed' }), row('each[0].a', { status: 'failed' })], 'failed'),
    );
    expect(['a', 'b'].map((id) => failed.state(id).status)).toEqual(['failed', 'unreached']);
  });
});

it('steps that began in the same millisecond are in the order of the flow', () => {
  const rows = [
    row('big', { kind: 'if' }),
    row('last'),
    row('first'),
    row('each[1].notify'),
    row('earlier', { startedAt: '2025-01-01T00:00:00.000Z' }),
  ];
  expect(inOrder(run(rows), tree).steps.map(({ path }) => path)).toEqual(['earlier', 'first', 'big', 'each[1].notify', 'last']);
});

describe('what has no row of its own', () => {
  it('of a finished iteration is folded, and the loop is as its iterations are', () => {
    const overlay = overlayOf(tree, run([row('each[0]'), row('each[1]')]));
    expect(overlay.state('each').status).toBe('succeeded');
    expect(overlay.state('notify')).toMatchObject({ status: 'succeeded', row: undefined, isFolded: true });
    const branch = readFlow(
      JSON.stringify({ steps: [{ id: 'each', forEach: 'x', steps: [{ id: 'big', if: true, then: [step('yes')] }] }] }),
    );
    expect(overlayOf(branch, run([row('each[0]')])).took('big', 'then')).toBeUndefined();
    expect(overlayOf(tree, run([row('each[0]', { status: 'failed' })], 'failed')).state('each').status).toBe('failed');
  });

  it('a try that caught its error went well', () => {
    const safe = readFlow(JSON.stringify({ steps: [{ id: 'safe', try: [step('risky')], catch: [step('rescue')] }] }));
    const failed = row('risky', { status: 'failed' });
    expect(overlayOf(safe, run([failed, row('rescue')])).state('safe').status).toBe('succeeded');
    expect(overlayOf(safe, run([failed], 'failed')).state('safe').status).toBe('failed');
    expect(overlayOf(safe, run([failed, row('rescue', { status: 'failed' })], 'failed')).state('safe').status).toBe('failed');
  });
});

describe('the iterations of a loop', () => {
  it('are those that left anything, in order, each once', () => {
    const rows = [
      row('each[10]'),
      row('each[2]', { output: { error: { code: 'x' } } }),
      row('each[3].notify', { status: 'retrying' }),
      row('each[3].before'),
      row('each'),
      row('eacher[1]'),
    ];
    expect(iterationsOf('each', rows)).toEqual([
      { index: 2, status: 'failed' },
      { index: 3, status: 'running' },
      { index: 10, status: 'succeeded' },
    ]);
  });

  it('of ten thousand are read at once', () => {
    const rows = Array.from({ length: 10_000 }, (_, n) => row(`each[${n}]`, { status: n === 7 ? 'failed' : 'succeeded' }));
    const iterations = iterationsOf('each', rows);
    expect([iterations.length, iterations.filter(({ status }) => status === 'failed')]).toEqual([10_000, [{ index: 7, status: 'failed' }]]);
  });

  it('of a loop in a loop belong to the iteration that is looked at', () => {
    const nested = readFlow(
      JSON.stringify({ steps: [{ id: 'outer', forEach: 'x', steps: [{ id: 'inner', forEach: 'y', steps: [step('deep')] }] }] }),
    );
    const rows = [row('outer[0]'), row('outer[1].inner[4].deep', { status: 'failed' }), row('outer[1].inner[5].deep')];
    const overlay = overlayOf(nested, run(rows, 'running'));
    expect([overlay.iterations('inner').length, overlay.path('deep')]).toEqual([2, 'outer[1].inner[4].deep']);
  });
});
