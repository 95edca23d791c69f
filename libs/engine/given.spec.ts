import { describe, expect, it } from '@jest/globals';
import { StepError, type Json } from '@millrace/component-sdk';
import { cutToStep, stepsById, type Flow, type Step } from '@millrace/flow';
import fc from 'fast-check';
import { componentOf, flowOf, Rig, type Run } from './contract/rig.js';
import { givenRows, isOnEveryWay, newestOutputs, type PinnedOutput, type Recording, type TestedStep, type TestStart } from './given.js';
import { planFlow } from './planner.js';
import type { SliceOutcome } from './walk.js';

const BODY = { yes: true, no: false, items: [{ n: 1 }, { n: 2 }] };

const use = (id: string, parts: object = {}): Step => ({ id, use: 'test.step', with: { id }, ...parts });

/** Gives where it ran, and fails in the steps that are named. */
const component = (failing: readonly string[] = [], gives = 'live'): ReturnType<typeof componentOf> =>
  componentOf('test.step', (({ path }) => {
    if (failing.includes(path)) throw new StepError({ code: 'test.failed', message: `${path} failed`, retryable: true, arrived: 'no' });
    return { from: path, gives };
  }) as Run);

/** What a live run of a flow leaves behind. */
async function recorded(steps: readonly Step[], failing: readonly string[] = [], parts: Partial<Flow> = {}): Promise<Recording> {
  const flow = flowOf(steps, parts);
  const rig = new Rig(flow, [component(failing)]);
  await rig.run(BODY);
  return { runId: rig.runId, rows: rig.rows, steps: stepsById(JSON.stringify(flow)), partly: new Set(), repeats: false };
}

interface Tested {
  readonly rig: Rig;
  readonly start: TestStart;
  readonly outcome: SliceOutcome;
  readonly path: string | undefined;
  /** Paths of the steps whose component was called. */
  readonly did: readonly string[];
}

interface TestParts {
  readonly step?: string;
  readonly recordings?: readonly Recording[];
  readonly pins?: readonly PinnedOutput[];
  readonly failing?: readonly string[];
  readonly flow?: Partial<Flow>;
  readonly body?: Json;
}

function testedStep(flow: Flow, step: string | undefined): TestedStep {
  const text = JSON.stringify(flow);
  const cut = step === undefined ? undefined : cutToStep(text, step);
  const plan = planFlow(cut ? (JSON.parse(cut.text) as Flow) : flow, 0, () => component(), new Set(cut?.loops));
  return { plan, path: cut?.path, around: cut?.around ?? [], tried: cut?.tried ?? [], steps: stepsById(text) };
}

async function test(steps: readonly Step[], parts: TestParts = {}): Promise<Tested> {
  const tested = testedStep(flowOf(steps, parts.flow), parts.step);
  const rig = new Rig(tested.plan, [component(parts.failing, 'test')]);
  const start = givenRows(tested, parts.recordings ?? [], parts.pins ?? [], rig.clock.now());
  await rig.accept(parts.body ?? BODY);
  const work = await rig.claim();
  const outcome = await rig.slice({ ...work, run: { ...work.run, test: true }, journal: start.rows });
  return { rig, start, outcome, path: tested.path, did: rig.calls.map(({ path }) => path) };
}

const outputOf = ({ rig }: Tested, path: string): unknown => rig.rows.find((row) => row.path === path)?.output;

describe('a test of a step', () => {
  const steps = [
    use('a'),
    { id: 's', set: { seen: '{{ steps.a.gives }}' } },
    use('b'),
    use('c', { with: { a: '{{ steps.s.seen }}' } }),
    use('d'),
  ] as Step[];

  it('does the step and stops behind it, with what a run of the event gave before it', async () => {
    const tested = await test(steps, { step: 'c', recordings: [await recorded(steps)] });
    expect(tested.did).toEqual(['c']);
    expect(tested.rig.calls[0]?.props).toEqual({ a: 'live' });
    expect(tested.start.given.map(({ step, from }) => `${step} ${from}`)).toEqual(['a recorded', 'b recorded']);
    expect(tested.start.left.map(({ id }) => id)).toEqual(['s', 'c']);
    expect(tested.rig.rows.map(({ path, given = 'done' }) => `${path} ${given}`)).toEqual(['a recorded', 's done', 'b recorded', 'c done']);
    expect(tested.outcome).toMatchObject({ kind: 'ended', result: { status: 'succeeded' } });
  });

  it('does first what nothing is recorded of', async () => {
    const tested = await test(steps, { step: 'c', recordings: [await recorded(steps, ['b'])] });
    expect(tested.did).toEqual(['b', 'c']);
    expect(tested.start.left.map(({ id }) => id)).toEqual(['s', 'b', 'c']);
  });

  it('knows of each step whether a condition decides about it', () => {
    const flow = flowOf([
      use('a'),
      { id: 'fork', if: false, then: [use('yes')], else: [use('no')] },
      use('late', { when: '{{ steps.a }}' }),
      { id: 'saved', try: [use('risky')], catch: [use('mend')] },
      { id: 'both', parallel: { left: [use('b')], right: [use('c')] } },
      use('d'),
    ] as Step[]);
    const sureOf = (step: string, ids: readonly string[]): boolean[] => ids.map((id) => isOnEveryWay(testedStep(flow, step), id));
    expect(sureOf('d', ['a', 'yes', 'no', 'late', 'risky', 'mend', 'b', 'd'])).toEqual([
      true,
      false,
      false,
      false,
      true,
      false,
      true,
      true,
    ]);
    // What stands around the step that is tested is decided by the test.
    expect(sureOf('yes', ['a', 'yes'])).toEqual([true, true]);
  });

  it('does the step itself whatever is recorded or pinned of it', async () => {
    const tested = await test(steps, { step: 'b', recordings: [await recorded(steps)], pins: [{ step: 'b', output: 'pinned' }] });
    expect(tested.did).toEqual(['b']);
  });

  it('prefers the newest recording, and a pinned sample to all of them', async () => {
    const [older, newer] = [await recorded(steps), await recorded(steps)];
    const rows = newer.rows.map((row) => (row.path === 'a' ? { ...row, output: { gives: 'newer' } } : row));
    const recordings = [{ ...newer, rows }, older];
    expect((await test(steps, { step: 'c', recordings })).rig.calls[0]?.props).toEqual({ a: 'newer' });
    const pins = [{ step: 'a', output: { gives: 'pinned' } }];
    expect((await test(steps, { step: 'c', recordings, pins })).rig.calls[0]?.props).toEqual({ a: 'pinned' });
  });

  it('takes nothing of a step that has another component by now, and says which were edited', async () => {
    const before = await recorded([use('a'), use('b')]);
    const now = [use('a', { with: { id: 'other' } }), use('b'), use('c')];
    const other = { ...before, steps: new Map([...before.steps, ['b', { id: 'b', use: 'other.step' }]]) };
    const { start, did } = await test(now, { step: 'c', recordings: [other] });
    expect(start.given).toEqual([expect.objectContaining({ step: 'a', runId: before.runId, changed: true })]);
    expect(did).toEqual(['b', 'c']);
  });

  it('takes nothing of what an earlier test was given itself', async () => {
    const first = await test(steps, { step: 'c', pins: [{ step: 'a', output: { gives: 'pinned' } }] });
    const recording = {
      runId: first.rig.runId,

      rows: first.rig.rows,
      steps: stepsById(JSON.stringify(flowOf(steps))),
      partly: new Set<string>(),
      repeats: false,
    };
    const second = await test(steps, { step: 'd', recordings: [recording] });
    expect(second.start.given.map(({ step }) => step)).toEqual(['b', 'c']);
    expect(newestOutputs(recording.steps, [recording]).map(({ row }) => row.path)).toEqual(['s', 'b', 'c']);
  });

  it('takes what a re-run took over from the run that it repeats', async () => {
    const before = await recorded(steps, ['c']);
    const rows = before.rows.map((row) => ({ ...row, given: 'recorded' as const }));
    const { start, did } = await test(steps, { step: 'c', recordings: [{ ...before, rows, repeats: true }] });
    expect([start.given.map(({ step }) => step), did]).toEqual([['a', 'b'], ['c']]);
  });
});

describe('on its way to a step, a test', () => {
  it('takes the branch that the step stands in, whatever the event says', async () => {
    const steps: Step[] = [
      { id: 'which', if: '{{ trigger.body.no }}', then: [use('a', { when: '{{ trigger.body.no }}' })], else: [use('b')] },
    ];
    expect((await test(steps, { step: 'a' })).did).toEqual(['a']);
    expect((await test(steps, { step: 'b' })).did).toEqual(['b']);
  });

  it('does the first item of a loop, keeps its rows, and what was recorded of the others is no use', async () => {
    const steps: Step[] = [
      { id: 'each', forEach: '{{ trigger.body.items }}', steps: [use('a'), use('b', { with: { n: '{{ item.n }}' } }), use('c')] },
    ];
    const tested = await test(steps, { step: 'b', recordings: [await recorded(steps, ['each[1].c'])] });
    expect(tested.path).toBe('each[0].b');
    expect(tested.did).toEqual(['each[0].a', 'each[0].b']);
    expect(tested.rig.calls[1]?.props).toEqual({ n: 1 });
    expect(outputOf(tested, 'each[0].b')).toEqual({ from: 'each[0].b', gives: 'test' });
  });

  it('takes a loop that stands before as a whole', async () => {
    const steps: Step[] = [
      { id: 'each', forEach: '{{ trigger.body.items }}', steps: [use('a')] },
      use('b', { with: { all: '{{ steps.each }}' } }),
    ];
    const tested = await test(steps, { step: 'b', recordings: [await recorded(steps)] });
    expect(tested.did).toEqual(['b']);
    expect(tested.start.left.map(({ id }) => id)).toEqual(['b']);
  });

  it('comes to a handler by what failed in a run, else by a failure that it assumes, and does nothing for it', async () => {
    const steps: Step[] = [
      { id: 'safe', try: [use('a'), use('b')], catch: [use('c', { with: { code: '{{ error.code }}', step: '{{ error.step }}' } })] },
    ];
    const real = await test(steps, { step: 'c', recordings: [await recorded(steps, ['b', 'c'])] });
    expect([real.did, real.rig.calls[0]?.props]).toEqual([['c'], { code: 'test.failed', step: 'b' }]);
    const assumed = await test(steps, { step: 'c' });
    expect([assumed.did, assumed.rig.calls[0]?.props]).toEqual([['c'], { code: 'test.assumed', step: 'a' }]);
    expect(assumed.start.given).toEqual([expect.objectContaining({ step: 'a', from: 'assumed' })]);
  });

  it("comes to a step of the flow's onError in the same way", async () => {
    const onError = [use('alarm', { with: { says: '{{ error.message }}' } }), use('after')];
    const tested = await test([use('a'), use('b')], {
      step: 'alarm',
      flow: { onError },
      recordings: [await recorded([use('a'), use('b')], ['b'], { onError })],
    });
    expect([tested.did, tested.rig.calls[0]?.props]).toEqual([['alarm'], { says: 'b failed' }]);
    expect((await test([use('a')], { step: 'alarm', flow: { onError } })).did).toEqual(['alarm']);
  });

  it('does not wait, and does not try again', async () => {
    const steps: Step[] = [
      { id: 'nap', wait: { for: '1h' } },
      { id: 'approval', wait: { webhook: {} } },
      use('a', { retry: { attempts: 5, delay: '1h', on: ['test.failed'] } }),
    ];
    const tested = await test(steps, { step: 'a', failing: ['a'], pins: [{ step: 'approval', output: { ok: true } }] });
    expect(tested.outcome).toMatchObject({ kind: 'ended', result: { status: 'failed', error: { code: 'test.failed', attempt: 1 } } });
    expect(outputOf(tested, 'approval')).toEqual({ ok: true });
  });
});

describe('a test of the whole flow', () => {
  it('does everything but what is pinned, in every item of a loop', async () => {
    const steps: Step[] = [use('a'), { id: 'each', forEach: '{{ trigger.body.items }}', steps: [use('b'), use('c')] }];
    const { did } = await test(steps, { pins: [{ step: 'b', output: 'pinned' }] });
    expect(did).toEqual(['a', 'each[0].c', 'each[1].c']);
  });

  it('is filtered where the trigger would not take the event', async () => {
    const flow = { trigger: { type: 'webhook', when: '{{ trigger.body.no }}' } } as Partial<Flow>;
    const { outcome, did } = await test([use('a')], { flow, pins: [{ step: 'a', output: 1 }] });
    expect(outcome).toMatchObject({ kind: 'ended', result: { status: 'filtered' } });
    expect(did).toEqual([]);
  });
});

describe('a crash in a test', () => {
  it('repeats nothing: the step that was in flight ends the test', async () => {
    const tested = testedStep(flowOf([use('a')]), 'a');
    const rig = new Rig(tested.plan, [component()]);
    await rig.accept(BODY);
    const first = await rig.claim();
    const dying = { ...rig.journal, finish: () => Promise.reject(new Error('the process died')) };
    await expect(rig.slice({ ...first, run: { ...first.run, test: true } }, { journal: dying })).rejects.toThrow('died');
    const second = await rig.claim();
    const outcome = await rig.slice({ ...second, run: { ...second.run, test: true } });
    expect(outcome).toMatchObject({ kind: 'ended', result: { status: 'failed', error: { code: 'crash.in-flight' } } });
    expect(rig.calls).toHaveLength(1);
  });
});

/** Random flows: what chance proposes, with ids in order. */
interface Shape {
  readonly kind: 'use' | 'set' | 'if' | 'forEach' | 'repeat' | 'parallel' | 'try';
  readonly lists: readonly (readonly Shape[])[];
  readonly yes: boolean;
}

const { list } = fc.letrec<{ step: Shape; list: Shape[] }>((tie) => {
  const leaf = fc.record({ kind: fc.constantFrom('use', 'use', 'use', 'set'), lists: fc.constant([]), yes: fc.boolean() });
  const lists = fc.array(tie('list'), { minLength: 2, maxLength: 2 });
  const branch = fc.record({ kind: fc.constantFrom('if', 'forEach', 'repeat', 'parallel', 'try'), lists, yes: fc.boolean() });
  return {
    step: fc.oneof({ maxDepth: 3 }, { arbitrary: leaf, weight: 3 }, { arbitrary: branch, weight: 1 }) as fc.Arbitrary<Shape>,
    list: fc.array(tie('step'), { minLength: 1, maxLength: 4 }) as fc.Arbitrary<Shape[]>,
  };
});

function flowSteps(shapes: readonly Shape[], ids: { next: number }): Step[] {
  return shapes.map(({ kind, lists, yes }) => {
    const id = `s${(ids.next += 1)}`;
    const [one = [], two = []] = lists.map((shape) => flowSteps(shape, ids));
    if (kind === 'use') return use(id);
    if (kind === 'set') return { id, set: { value: id } };
    if (kind === 'if') return { id, if: yes, then: one, else: two };
    if (kind === 'forEach') return { id, forEach: '{{ trigger.body.items }}', concurrency: yes ? 2 : 1, steps: one };
    if (kind === 'repeat') return { id, repeat: one, while: '{{ index < 1 }}' };
    if (kind === 'parallel') return { id, parallel: { one, two } };
    return { id, try: one, catch: two };
  });
}

describe('whatever the flow', () => {
  it('a test does no step whose result is given, and always comes to the step, first', async () => {
    await fc.assert(
      fc.asyncProperty(list, fc.nat(), fc.nat(), fc.array(fc.nat({ max: 20 }), { maxLength: 2 }), async (shapes, pick, fail, pin) => {
        const steps = flowSteps(shapes, { next: 0 });
        const ids = [...stepsById(JSON.stringify(flowOf(steps))).keys()];
        const step = ids[pick % ids.length]!;
        const recording = await recorded(steps, [ids[fail % (ids.length * 2)] ?? 'none']);
        const pins = pin.map((at) => ({ step: ids[at % ids.length]!, output: 'pinned' }));
        const { did, start, path, rig } = await test(steps, { step, recordings: [recording], pins });
        const given = new Set(start.given.filter(({ from }) => from !== 'pinned').map((one) => one.path));
        const pinned = new Set(start.given.filter(({ from }) => from === 'pinned').map((one) => one.step));
        expect(did.filter((one) => given.has(one) || pinned.has(one.slice(one.lastIndexOf('.') + 1)))).toEqual([]);
        expect(new Set(did).size).toBe(did.length);
        const own = rig.rows.filter((row) => row.path === path || row.path.startsWith(`${path}[`));
        const inside = rig.rows.length > 0 && stepsById(JSON.stringify(flowOf(steps))).get(step);
        const hasRow = inside && !('try' in (inside as object)) && !('parallel' in (inside as object));
        if (hasRow) expect([step, own.length > 0, own[0]?.given]).toEqual([step, true, undefined]);
      }),
      { numRuns: 100 },
    );
  });

  it('a live run never looks at what is recorded or pinned', async () => {
    await fc.assert(
      fc.asyncProperty(list, fc.array(fc.nat({ max: 20 }), { maxLength: 4 }), async (shapes, pin) => {
        const steps = flowSteps(shapes, { next: 0 });
        const flow = flowOf(steps);
        const ids = [...stepsById(JSON.stringify(flow)).keys()];
        const pins = pin.map((at) => ({ step: ids[at % ids.length]!, output: 'pinned' }));
        const start = givenRows(testedStep(flow, undefined), [await recorded(steps)], pins, 0);
        const live = new Rig(flow, [component()]);
        await live.accept(BODY);
        await live.slice({ ...(await live.claim()), journal: start.rows });
        const undisturbed = new Rig(flow, [component()]);
        await undisturbed.run(BODY);
        const calls = (rig: Rig): string[] => rig.calls.map(({ path }) => path).sort();
        expect(calls(live)).toEqual(calls(undisturbed));
        expect(JSON.stringify(live.rows)).not.toContain('pinned');
      }),
      { numRuns: 60 },
    );
  });
});
