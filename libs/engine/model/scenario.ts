import type { Flow, Step } from '@millrace/flow';
import fc from 'fast-check';
import { componentOf, flowOf } from '../contract/rig.js';
import type { Plan } from '../plan.js';
import { planFlow } from '../planner.js';
import type { Scenario } from './world.js';

/** A step as chance proposes it: numbers to choose by, and lists inside. */
interface Draft {
  readonly kind: 'use' | 'set' | 'stop' | 'respond' | 'wait' | 'call' | 'if' | 'switch' | 'forEach' | 'repeat' | 'parallel' | 'try';
  readonly pick: number;
  readonly when: number;
  readonly onError: number;
  readonly lists: readonly (readonly Draft[])[];
}

/** A flow with what the checks need to know of it. */
export interface Model extends Scenario {
  /** Of every `try` in the main flow: ids of the component steps right in it, and the first step of its `finally`. */
  readonly tries: readonly { readonly body: readonly string[]; readonly last: string }[];
}

const LEAVES = ['use', 'use', 'use', 'set', 'stop', 'respond', 'wait', 'call'] as const;
const BRANCHES = ['if', 'switch', 'forEach', 'forEach', 'repeat', 'parallel', 'parallel', 'try', 'try'] as const;

const { list } = fc.letrec<{ step: Draft; list: Draft[] }>((tie) => {
  const parts = { pick: fc.nat({ max: 999 }), when: fc.nat({ max: 29 }), onError: fc.nat({ max: 5 }) };
  const leaf = fc.record({ kind: fc.constantFrom(...LEAVES), ...parts, lists: fc.constant([]) });
  const branch = fc.record({ kind: fc.constantFrom(...BRANCHES), ...parts, lists: fc.array(tie('list'), { minLength: 3, maxLength: 3 }) });
  return {
    step: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      { arbitrary: leaf, weight: 3 },
      { arbitrary: branch, weight: 2 },
    ) as fc.Arbitrary<Draft>,
    list: fc.array(tie('step'), { minLength: 1, maxLength: 3 }) as fc.Arbitrary<Draft[]>,
  };
});

/**
 * Random flows. `races`: which strand is first may decide how they end, so that a crash may change it. Without: failures
 * of strands are waited for, and only one strand at a time may stop the run or answer.
 */
export function models(races: boolean): fc.Arbitrary<Model> {
  return fc
    .record({ steps: list, onError: fc.option(list, { nil: [] }), callee: list, k: fc.constantFrom('a', 'b', 'c'), salt: fc.nat() })
    .map(({ steps, onError, callee, k, salt }) => {
      const [main, called] = [new Writer('m', races), new Writer('c', races)];
      const flows = {
        main: flowOf(main.list(steps, false), { onError: main.list(onError, false) }),
        callee: flowOf(called.list(callee, false)),
      };
      const plans = new Map([
        ['main', planned(flows.main)],
        ['callee', planned(flows.callee)],
      ]);
      const body = { k, yes: true, no: false, items: [{ n: 1 }, { n: 2 }, { n: 3 }] };
      const shown = (): string => JSON.stringify({ ...flows, body, salt });
      return { plans, tries: main.tries, salt: String(salt), keepsItems: salt % 2 > 0, body, [fc.toStringMethod]: shown };
    });
}

function planned(flow: Flow): Plan {
  return planFlow(flow, 1, () => componentOf('test.step', () => undefined));
}

/** Gives the drafts ids and lets each refer to what was written before it. */
class Writer {
  readonly tries: { body: string[]; last: string }[] = [];
  private readonly ids: string[] = [];

  constructor(
    private readonly flow: 'm' | 'c',
    private readonly races: boolean,
  ) {}

  list(drafts: readonly Draft[], inStrands: boolean): Step[] {
    return drafts.map((draft) => this.step(draft, inStrands));
  }

  private step(draft: Draft, inStrands: boolean): Step {
    const id = this.id(draft.kind);
    const onError = draft.onError === 0 ? 'continue' : draft.onError === 1 ? 'fail' : undefined;
    const when = this.conditions[draft.when];
    const common = { id, ...(when !== undefined && { when }), ...(onError && { onError }), ...this.timeout(draft) };
    return { ...common, ...this.again(draft), ...this.parts(draft, id, inStrands) } as Step;
  }

  /** All of a step with steps inside again, after every failure or some, at once or after a while. */
  private again({ lists, pick }: Draft): object {
    if (lists.length === 0 || pick % 3 > 0) return {};
    const retry = { attempts: 2 + (pick % 2), delay: ['0s', '20ms', '3m'][pick % 5] ?? '1s', jitter: false };
    return { retry: pick % 7 > 4 ? { ...retry, on: ['test.final', 'timeout'] } : retry };
  }

  /** Waits are much longer or much shorter than this, so that a crash does not decide; where strands race anyway, it may. */
  private timeout({ lists, pick }: Draft): object {
    if (lists.length === 0 || pick % 2 > 0) return {};
    return { timeout: this.races && pick % 4 > 0 ? '40ms' : '5m' };
  }

  private id(kind: string): string {
    const id = `${kind}${this.ids.length}`;
    this.ids.push(id);
    return id;
  }

  /** Ids of called runs differ from life to life, and so does what they derive from them. */
  private get conditions(): readonly (string | boolean)[] {
    const chance = this.flow === 'm' ? '{{ $random() < 0.5 }}' : '{{ trigger.body.k = "a" }}';
    return ['{{ trigger.body.yes }}', '{{ trigger.body.no }}', chance, '{{ trigger.body.items[n > 1] }}', true, false];
  }

  private get seen(): string[] {
    return this.ids.slice(-4, -1).map((earlier) => `{{ steps.${earlier}.value ?? 'none' }}`);
  }

  private parts(draft: Draft, id: string, inStrands: boolean): object {
    const { kind, pick } = draft;
    const decides = inStrands && !this.races;
    switch (kind) {
      case 'stop':
        return decides
          ? this.set()
          : { when: this.conditions[pick % 3], stop: { as: pick % 2 ? 'failed' : 'succeeded', message: `at ${id}` } };
      case 'respond':
        return decides ? this.set() : { respond: { body: { value: `answer ${id}` } } };
      case 'wait':
        return { wait: [{ for: '10m' }, { for: '20ms' }, { webhook: { timeout: '20m' } }, { until: '2024-01-01T00:00:00Z' }][pick % 4] };
      case 'call':
        return this.flow === 'c'
          ? this.use(pick)
          : {
              call: 'callee',
              input: { k: 'a', yes: true, items: [1, 2] },
              await: pick % 3 > 0,
              ...(pick % 5 === 0 && { retry: { attempts: 2, jitter: false } }),
            };
      case 'use':
        return this.use(pick);
      case 'set':
        return this.set();
      default:
        return this.branches(draft, inStrands);
    }
  }

  private use(pick: number): object {
    const retry = { attempts: 1 + (pick % 4), delay: pick % 2 ? '2s' : '20ms', jitter: false, on: ['test.retry'] };
    const props = {
      seen: this.seen,
      at: '{{ $now() }}',
      r: '{{ $random() }}',
      caught: "{{ error.code ?? 'none' }}",
      item: "{{ index ?? 'none' }}",
    };
    return { use: 'test.step', retry, with: props };
  }

  private set(): object {
    return { set: { value: this.flow === 'm' ? '{{ $uuid() }}' : 'v', seen: this.seen } };
  }

  private branches({ kind, pick, lists }: Draft, inStrands: boolean): object {
    const [one = [], two = [], three = []] = lists;
    switch (kind) {
      case 'if':
        return { if: this.conditions[pick % 6], then: this.list(one, inStrands), else: this.list(two, inStrands) };
      case 'switch':
        return {
          switch: '{{ trigger.body.k }}',
          cases: [one, two].map((own, i) => ({ when: 'ab'[i], steps: this.list(own, inStrands) })),
          default: this.list(three, inStrands),
        };
      case 'forEach':
        return this.forEach(pick, one, inStrands);
      case 'repeat':
        return this.repeat(pick, one, inStrands);
      case 'parallel':
        return {
          parallel: { one: this.list(one, true), two: this.list(two, true), ...(pick % 2 && { three: this.list(three, true) }) },
          onBranchError: this.races && pick % 3 > 0 ? 'fail-fast' : 'wait-all',
        };
      default:
        return this.try(pick, one, two, inStrands);
    }
  }

  private forEach(pick: number, steps: readonly Draft[], inStrands: boolean): object {
    const concurrency = 1 + (pick % 3);
    const passesOver = pick % 2 === 0 || (!this.races && concurrency > 1);
    const items = ['{{ trigger.body.items }}', '{{ trigger.body.items[] }}', [1, 2, 3, 4], []][pick % 4];
    return {
      forEach: items,
      concurrency,
      onItemError: passesOver ? 'continue' : 'fail',
      steps: this.list(steps, inStrands || concurrency > 1),
    };
  }

  /** Some end by their condition, of which chance decides a part, some come to their limit. */
  private repeat(pick: number, steps: readonly Draft[], inStrands: boolean): object {
    const chance = this.flow === 'm' ? '{{ $random() < 0.7 }}' : '{{ index < 1 }}';
    const before = { id: this.id('before'), set: { value: "{{ previous.value ?? 'none' }}" } };
    return {
      repeat: [before, ...this.list(steps, inStrands)],
      while: ['{{ index < 2 }}', chance, `{{ steps.${before.id}.value = 'none' }}`][pick % 3],
      limit: [3, 10, 2][pick % 5] ?? 4,
    };
  }

  private try(pick: number, body: readonly Draft[], handler: readonly Draft[], inStrands: boolean): object {
    const written = this.list(body, inStrands);
    const last = this.id('last');
    if (pick % 2) this.tries.push({ body: written.filter((step) => 'use' in step).map(({ id }) => id), last });
    return {
      try: written,
      ...(pick % 3 && { catch: this.list(handler, inStrands) }),
      ...(pick % 5 === 0 && { on: ['test.*'] }),
      ...(pick % 2 && { finally: [{ id: last, ...this.use(pick) }] }),
    };
  }
}
