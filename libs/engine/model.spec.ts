import { describe, expect, it } from '@jest/globals';
import { StepError, type Component, type Json } from '@millrace/component-sdk';
import type { Step } from '@millrace/flow';
import fc from 'fast-check';
import { componentOf, flowOf, Rig, type Call } from './contract/rig.js';
import { planFlow, type Plan } from './plan.js';
import type { Journal } from './ports.js';
import type { RunResult } from './records.js';

/**
 * Random flows with random outcomes, each killed at every place where a process can die, must end as if nothing had
 * happened. The uncrashed run is the model of the crashed ones.
 */

const RUN_ID = '01970000-0000-7000-8000-000000000001';
const FLOWS = 80;

/** What the component of a step does: fails so often in a way that is retried, then succeeds or fails for good. */
interface Outcome {
  readonly failures: number;
  readonly end: 'ok' | 'final';
}

interface Scenario {
  readonly plan: Plan;
  readonly outcomes: Readonly<Record<string, Outcome>>;
  readonly body: Json;
}

/** Where a process dies. Writes and calls are counted from 1 over the whole life of a run. */
interface Death {
  readonly place: 'before write' | 'after write' | 'before effect' | 'after effect';
  readonly nth: number;
}

// --- random flows -------------------------------------------------------------------------------

type Draft = { readonly kind: 'use' | 'set' | 'stop' | 'if' | 'switch' } & Record<string, unknown>;

const condition = fc.constantFrom(
  '{{ trigger.body.yes }}',
  '{{ trigger.body.no }}',
  '{{ $random() < 0.5 }}',
  '{{ trigger.body.items[n > 1] }}',
  true,
  false,
);

const outcome: fc.Arbitrary<Outcome> = fc.record({
  failures: fc.nat({ max: 3 }),
  end: fc.oneof({ arbitrary: fc.constant('ok' as const), weight: 6 }, { arbitrary: fc.constant('final' as const), weight: 1 }),
});

const common = {
  when: fc.option(condition, { nil: undefined, freq: 5 }),
  onError: fc.option(fc.constantFrom('continue' as const, 'fail' as const), { nil: undefined, freq: 3 }),
};

const { list } = fc.letrec<{ step: Draft; list: Draft[] }>((tie) => ({
  step: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    fc.record({ kind: fc.constant('use' as const), ...common, outcome, attempts: fc.integer({ min: 1, max: 5 }), jitter: fc.boolean() }),
    fc.record({ kind: fc.constant('set' as const), ...common }),
    fc.record({ kind: fc.constant('if' as const), ...common, condition, then: tie('list'), else: tie('list') }),
    fc.record({
      kind: fc.constant('switch' as const),
      ...common,
      cases: fc.array(tie('list'), { minLength: 1, maxLength: 2 }),
      default: tie('list'),
    }),
    fc.record({ kind: fc.constant('stop' as const), when: condition, as: fc.constantFrom('succeeded' as const, 'failed' as const) }),
  ) as fc.Arbitrary<Draft>,
  list: fc.array(tie('step'), { minLength: 1, maxLength: 3 }) as fc.Arbitrary<Draft[]>,
}));

const scenario: fc.Arbitrary<Scenario> = fc
  .record({ steps: list, onError: fc.option(list, { nil: [] }), k: fc.constantFrom('a', 'b', 'c') })
  .map(written);

/** Gives the drafts ids and lets each refer to what was written before it. */
function written({ steps, onError, k }: { steps: Draft[]; onError: Draft[]; k: string }): Scenario {
  const outcomes: Record<string, Outcome> = {};
  const ids: string[] = [];
  const write = (drafts: readonly Draft[]): Step[] => drafts.map(one);
  const one = (draft: Draft): Step => {
    const id = `${draft.kind}${ids.length}`;
    const seen = ids.slice(-3).map((earlier) => `{{ steps.${earlier}.value ?? 'none' }}`);
    ids.push(id);
    const base = { id, when: draft.when, onError: draft.onError };
    if (draft.kind === 'use') {
      outcomes[id] = draft.outcome as Outcome;
      const retry = { attempts: draft.attempts, delay: '2s', jitter: draft.jitter, on: ['test.retry'] };
      return { ...base, use: 'test.step', retry, with: { seen, at: '{{ $now() }}', r: '{{ $random() }}' } } as Step;
    }
    if (draft.kind === 'set') return { ...base, set: { value: '{{ $uuid() }}', seen } } as Step;
    if (draft.kind === 'stop') return { id, when: draft.when, stop: { as: draft.as, message: `{{ trigger.body.k }} at ${id}` } } as Step;
    if (draft.kind === 'if')
      return { ...base, if: draft.condition, then: write(draft.then as Draft[]), else: write(draft.else as Draft[]) } as Step;
    const cases = (draft.cases as Draft[][]).map((own, i) => ({ when: 'ab'[i], steps: write(own) }));
    return { ...base, switch: '{{ trigger.body.k }}', cases, default: write(draft.default as Draft[]) } as Step;
  };
  const plan = planFlow(flowOf(write(steps), { onError: write(onError) }), 1, () => componentOf('test.step', () => undefined));
  return { plan, outcomes, body: { k, yes: true, no: false, items: [{ n: 1 }, { n: 2 }] } };
}

// --- one life of a run --------------------------------------------------------------------------

interface Life {
  readonly result: RunResult;
  readonly rows: unknown[];
  readonly calls: readonly Call[];
  readonly writes: number;
  readonly deaths: number;
}

/** Runs a scenario to its end, killing its process at the given places, and checks on the way what must never happen. */
async function live({ plan, outcomes, body }: Scenario, deaths: readonly Death[], yieldAt = 0): Promise<Life> {
  let [writes, calls, boundaries, died] = [0, 0, 0, 0];
  let die = (): void => undefined;
  const dies = (place: Death['place'], nth: number): boolean => deaths.some((death) => death.place === place && death.nth === nth);
  const end = async (): Promise<never> => {
    died += 1;
    die();
    return new Promise<never>(() => undefined);
  };
  const step: Component = componentOf('test.step', async ({ path, attempt, props }) => {
    calls += 1;
    const nth = calls;
    rig.clock.advance(10);
    if (dies('before effect', nth) || dies('after effect', nth)) return end();
    const { failures, end: last } = outcomes[path]!;
    if (attempt <= failures) throw new StepError({ code: 'test.retry', message: `attempt ${attempt}`, retryable: true, arrived: 'maybe' });
    if (last === 'final') throw new StepError({ code: 'test.final', message: 'final' });
    return { value: `${path} saw ${JSON.stringify((props as { seen?: Json }).seen)}` };
  });
  const rig: Rig = new Rig(plan, [step], RUN_ID);
  const write = async (commit: () => Promise<boolean>): Promise<boolean> => {
    writes += 1;
    const nth = writes;
    if (dies('before write', nth)) return end();
    const kept = await commit();
    return dies('after write', nth) ? end() : kept;
  };
  const store = rig.journal;
  const journal: Journal = {
    record: (run, entry) => write(() => store.record(run, entry)),
    suspend: (run, entry, at) => write(() => store.suspend(run, entry, at)),
    finish: (run, entry, result) => write(() => store.finish(run, entry, result)),
    items: (run, path) => store.items(run, path),
  };
  const shouldYield = (): boolean => (boundaries += 1) === yieldAt;
  await rig.accept(body);
  for (let slices = 0; slices < 300 && !rig.store.ended.has(RUN_ID); slices += 1) {
    const death = new Promise<void>((resolve) => (die = resolve));
    const work = await rig.claim();
    await Promise.race([rig.slice(work, { journal, shouldYield }), death]);
  }
  const ended = rig.store.ended.get(RUN_ID);
  if (!ended) throw new Error('the run did not end');
  // What changes with time: when things happened, and what `$now()` said.
  const rows = rig.rows.map(({ startedAt: _s, finishedAt: _f, retryAt: _r, firstStartedAt: _t, deaths: _d, input, ...row }) => ({
    ...row,
    input: withoutTime(input),
  }));
  return { result: { status: ended.status, error: ended.error }, rows, calls: rig.calls, writes, deaths: died };
}

function withoutTime(input: Json | undefined): Json | undefined {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input;
  const { at: _at, ...rest } = input;
  return rest;
}

/** The calls of each attempt; the process may have died in any but the last of them. */
function callsByAttempt(calls: readonly Call[]): Map<string, Call[]> {
  const byAttempt = new Map<string, Call[]>();
  for (const call of calls) {
    const key = `${call.path}#${call.attempt}`;
    byAttempt.set(key, [...(byAttempt.get(key) ?? []), call]);
  }
  return byAttempt;
}

function expectSameAs(model: Life, crashed: Life): void {
  expect(crashed.result).toEqual(model.result);
  expect(crashed.rows).toEqual(model.rows);
  const attempts = callsByAttempt(crashed.calls);
  expect([...attempts.keys()].sort()).toEqual([...callsByAttempt(model.calls).keys()].sort());
  const repeats = crashed.calls.length - attempts.size;
  expect(repeats).toBeLessThanOrEqual(crashed.deaths);
  for (const [first, ...again] of attempts.values()) for (const call of again) expect(call).toEqual(first);
  // Repeats directly follow the call that was interrupted: whatever was journalled is not executed again.
  const order = crashed.calls.map(({ path, attempt }) => `${path}#${attempt}`);
  expect(order.filter((call, i) => call !== order[i - 1])).toEqual(model.calls.map(({ path, attempt }) => `${path}#${attempt}`));
}

/** Every place where the process of a run could have died. */
function placesOf({ writes, calls }: Life): Death[] {
  const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);
  return [
    ...upTo(writes).flatMap((nth) => [{ place: 'before write', nth } as const, { place: 'after write', nth } as const]),
    ...upTo(calls.length).map((nth) => ({ place: 'after effect', nth }) as const),
  ];
}

describe('any flow, killed anywhere,', () => {
  const seed = Date.now();
  console.info(`Model of the engine: ${FLOWS} flows, seed ${seed}`);

  it('ends as if nothing had happened, each journalled step once, one in flight once more with its key', async () => {
    let lives = 0;
    await fc.assert(
      fc.asyncProperty(scenario, async (one) => {
        const model = await live(one, []);
        for (const death of placesOf(model)) {
          expectSameAs(model, await live(one, [death]));
          lives += 1;
        }
      }),
      { seed, numRuns: FLOWS },
    );
    expect(lives).toBeGreaterThan(FLOWS);
  }, 60_000);

  it('ends the same when it is killed several times', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, fc.array(fc.nat(), { minLength: 2, maxLength: 6 }), async (one, picks) => {
        const model = await live(one, []);
        const places = placesOf(model);
        // No two in the same step without progress between them: that would be poison, which is not the same end.
        const deaths = spread(picks.map((pick) => places[pick % places.length]!));
        expectSameAs(model, await live(one, deaths));
      }),
      { seed, numRuns: FLOWS },
    );
  }, 60_000);

  it('ends the same when it is handed over at any step boundary', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, fc.integer({ min: 1, max: 6 }), async (one, boundary) => {
        const model = await live(one, []);
        const handed = await live(one, [], boundary);
        expectSameAs(model, handed);
        expect(handed.calls).toHaveLength(model.calls.length);
      }),
      { seed, numRuns: FLOWS },
    );
  }, 60_000);
});

/** At most one death per number, so that a step is not interrupted three times in a row. */
function spread(deaths: readonly Death[]): Death[] {
  return [...new Map(deaths.map((death) => [Math.floor(death.nth / 2), death])).values()];
}
