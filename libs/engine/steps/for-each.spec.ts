import { describe, expect, it } from '@jest/globals';
import { StepError, type Component, type Json } from '@millrace/component-sdk';
import type { Step } from '@millrace/flow';
import { componentOf, flowOf, Rig } from '../contract/rig.js';
import type { Entry } from '../ports.js';

const ITEMS = [{ n: 0 }, { n: 1 }, { n: 2 }];

function use(id: string, parts: Record<string, unknown> = {}): Step {
  return { id, use: 'test.echo', with: { n: '{{ item.n }}' }, ...parts } as Step;
}

function each(parts: Record<string, unknown> = {}, steps: readonly Step[] = [use('a')]): Step {
  return { id: 'each', forEach: '{{ trigger.body.items }}', steps, ...parts } as Step;
}

/** Fails for the items that `bad` names. */
function echoBut(...bad: number[]): Component {
  return componentOf('test.echo', ({ props }) => {
    const { n } = props as { n: number };
    if (bad.includes(n)) throw new StepError({ code: 'test.bad', message: `item ${n} is bad` });
    return { got: n };
  });
}

function rigOf(steps: readonly Step[], component: Component = echoBut()): Rig {
  return new Rig(flowOf(steps), [component]);
}

/** Walks a slice whose process dies once `entries` entries are written; gives what they held. */
async function dieAfterWrites(rig: Rig, entries: number): Promise<Entry[]> {
  const seen: Entry[] = [];
  const died = new Promise<void>((resolve) => {
    const { journal } = rig;
    void rig.claim().then((work) =>
      rig.slice(work, {
        journal: {
          ...journal,
          record: async (run, entry) => {
            seen.push(entry);
            const kept = await journal.record(run, entry);
            if (seen.length < entries) return kept;
            resolve();
            return new Promise<never>(() => undefined);
          },
        },
      }),
    );
  });
  await died;
  return seen;
}

const outputOf = (rig: Rig): Json | undefined => rig.rows.find(({ path, status }) => path === 'each' && status === 'succeeded')?.output;

describe('a loop', () => {
  it('runs its steps for each item in order, with item and index, and gives the last outputs as a list', async () => {
    const rig = rigOf([each({}, [use('a', { with: { n: '{{ item.n }}', at: '{{ index }}' } })])]);
    expect(await rig.run({ items: ITEMS })).toMatchObject({ result: { status: 'succeeded' } });
    expect(rig.calls.map(({ path, props }) => [path, props])).toEqual(ITEMS.map(({ n }) => [`each[${n}].a`, { n, at: n }]));
    expect(outputOf(rig)).toEqual([{ got: 0 }, { got: 1 }, { got: 2 }]);
  });

  it('knows of an item that waited since when it is in work', async () => {
    const rig = rigOf([each({}, [{ id: 'nap', wait: { for: '10m' } } as Step, use('a')])]);
    await rig.accept({ items: ITEMS });
    const began = rig.clock.now();
    await rig.toEnd();
    const times = rig.rows
      .filter(({ kind }) => kind === 'item')
      .map(({ startedAt, finishedAt }) => [startedAt - began, finishedAt - began]);
    expect(times).toEqual([0, 1, 2].map((n) => [n * 600_000, (n + 1) * 600_000]));
  });

  it('calls its item what `as` says', async () => {
    const rig = rigOf([each({ as: 'row' }, [use('a', { with: { n: '{{ row.n }}' } })])]);
    await rig.run({ items: ITEMS });
    expect(outputOf(rig)).toEqual([{ got: 0 }, { got: 1 }, { got: 2 }]);
  });

  it.each<[string, Step['id'] | readonly Json[], Json, Json[]]>([
    ['no items', '{{ trigger.body.items }}', { items: [] }, []],
    ['a constant list', [{ n: 7 }, { n: '{{ trigger.body.n }}' }], { n: 8 }, [{ got: 7 }, { got: 8 }]],
  ])('takes %s', async (_, forEach, body, output) => {
    const rig = rigOf([each({ forEach })]);
    expect(await rig.run(body)).toMatchObject({ result: { status: 'succeeded' } });
    expect(outputOf(rig)).toEqual(output);
  });

  it.each([
    ['a number', 3, 'loop.not-a-list', 'a number'],
    ['an object', { n: 1 }, 'loop.not-a-list', 'an object'],
    ['null', null, 'loop.not-a-list', 'null'],
    ['more items than a loop may have', Array.from({ length: 100_001 }, () => 0), 'loop.too-long', '100001 items'],
  ])('fails over %s, saying so', async (_, items, code, message) => {
    const rig = rigOf([each()]);
    expect(await rig.run({ items: items as Json })).toMatchObject({
      result: { status: 'failed', error: { code, step: 'each', message: expect.stringContaining(message) } },
    });
    expect(rig.calls).toEqual([]);
  });

  it('keeps what its steps give inside, and sees what was given before it', async () => {
    const inner = use('a', { with: { n: '{{ item.n + steps.base.value }}', before: "{{ steps.a.got ?? 'nothing' }}" } });
    const rig = rigOf([
      { id: 'base', set: { value: 10 } },
      each({}, [inner]),
      use('after', { with: { n: 0, a: "{{ steps.a ?? 'unseen' }}" } }),
    ]);
    await rig.run({ items: ITEMS });
    expect(rig.calls.map(({ props }) => props)).toEqual([
      { n: 10, before: 'nothing' },
      { n: 11, before: 'nothing' },
      { n: 12, before: 'nothing' },
      { n: 0, a: 'unseen' },
    ]);
  });

  it('works on as many items at a time as concurrency says, and no more, also where there are fewer', async () => {
    let [now, most] = [0, 0];
    const counting = (rig: () => Rig): Component =>
      componentOf('test.echo', async () => {
        most = Math.max(most, (now += 1));
        await new Promise<void>((resolve) => void rig().clock.after(10, resolve));
        now -= 1;
      });
    for (const [concurrency, expected] of [
      [2, 2],
      [5, 3],
    ] as const) {
      most = 0;
      const rig: Rig = rigOf(
        [each({ concurrency })],
        counting(() => rig),
      );
      await rig.accept({ items: ITEMS });
      const slice = rig.slice(await rig.claim());
      for (let i = 0; i < 10; i += 1) {
        await new Promise(setImmediate);
        rig.clock.advance(10);
      }
      expect([await slice, most]).toEqual([{ kind: 'ended', result: { status: 'succeeded' } }, expected]);
    }
  });
});

describe('an item that fails', () => {
  it('ends the loop, and its steps stay in the journal', async () => {
    const rig = rigOf([each(), use('after', { with: { n: 9 } })], echoBut(1));
    expect(await rig.run({ items: ITEMS })).toMatchObject({ result: { status: 'failed', error: { code: 'test.bad', step: 'each[1].a' } } });
    expect(rig.calls.map(({ path }) => path)).toEqual(['each[0].a', 'each[1].a']);
    expect(rig.trail).toEqual(['each#1 failed', 'each[0]#1 succeeded', 'each[]#1 succeeded', 'each[1].a#1 failed', 'each[1]#1 failed']);
  });

  it('is an entry with its error where onItemError is continue', async () => {
    const rig = rigOf([each({ onItemError: 'continue' })], echoBut(0, 2));
    expect(await rig.run({ items: ITEMS })).toMatchObject({ result: { status: 'succeeded' } });
    expect(outputOf(rig)).toMatchObject([{ error: { code: 'test.bad', step: 'each[0].a' } }, { got: 1 }, { error: { code: 'test.bad' } }]);
  });

  it('ends the run where it says stop, whatever onItemError says', async () => {
    const stop: Step = { id: 'halt', when: '{{ item.n = 1 }}', stop: { as: 'failed', message: 'enough' } };
    const rig = rigOf([each({ onItemError: 'continue' }, [stop, use('a')])]);
    expect(await rig.run({ items: ITEMS })).toMatchObject({
      result: { status: 'failed', error: { code: 'flow.stopped', message: 'enough' } },
    });
    expect(rig.calls.map(({ path }) => path)).toEqual(['each[0].a']);
  });

  it('lets items that wait beside it come to their finally, and nothing else of them begin', async () => {
    const steps: Step[] = [
      use('bad', { when: '{{ item.n = 1 }}' }),
      { id: 'safe', try: [use('b', { when: '{{ item.n = 0 }}' }), { id: 'nap', wait: { for: '1h' } }, use('c')], finally: [use('last')] },
    ];
    const rig = rigOf([each({ concurrency: 2 }, steps)], echoBut(1));
    expect(await rig.run({ items: ITEMS })).toMatchObject({ result: { status: 'failed', error: { step: 'each[1].bad' } } });
    expect(rig.calls.map(({ path }) => path).sort()).toEqual(['each[0].b', 'each[0].last', 'each[1].bad']);
  });
});

describe('the journal of a loop', () => {
  it('has one row per finished item and none of its steps, a cursor, and the list', async () => {
    const rig = rigOf([each({}, [use('a'), { id: 'v', set: { x: 1 } }, use('b')])]);
    await rig.run({ items: ITEMS });
    expect(rig.trail).toEqual([
      'each#1 succeeded',
      'each[0]#1 succeeded',
      'each[]#1 succeeded',
      'each[1]#1 succeeded',
      'each[2]#1 succeeded',
    ]);
    expect(rig.rows.find(({ kind }) => kind === 'cursor')?.output).toMatchObject({ done: [[0, 2]], steps: 12 });
  });

  it('moves an item’s row in and its steps’ rows out in one entry, and costs one write per component step', async () => {
    const rig = rigOf([each({}, [use('a'), use('b')]), use('c', { with: { n: 9 } })]);
    await rig.accept({ items: ITEMS.slice(0, 2) });
    const entries = await dieAfterWrites(rig, 4);
    expect(entries.map(({ rows, drops }) => [rows.map(({ path }) => path), drops.map(({ path }) => path)])).toEqual([
      [['each', 'each[0].a'], []],
      [['each[0]', 'each[]'], ['each[0].a']],
      [['each[1].a'], []],
      [['each[1]', 'each[]', 'each'], ['each[1].a']],
    ]);
  });

  it('goes on after a crash with the first item that is not finished', async () => {
    const rig = rigOf([each()]);
    await rig.accept({ items: ITEMS });
    await dieAfterWrites(rig, 2);
    await rig.toEnd();
    expect(rig.calls.map(({ path }) => path)).toEqual(['each[0].a', 'each[1].a', 'each[2].a']);
    expect(outputOf(rig)).toEqual([{ got: 0 }, { got: 1 }, { got: 2 }]);
  });

  it('leaves nothing of nested loops behind, not even of an inner loop that failed and was caught', async () => {
    const inner = {
      id: 'inner',
      forEach: [{ n: 5 }, { n: 6 }, { n: 7 }],
      as: 'part',
      steps: [use('a', { with: { n: '{{ part.n }}' } })],
    } as Step;
    const steps: Step[] = [{ id: 'safe', try: [inner], catch: [{ id: 'nap', wait: { for: '1h' } }] }, use('b')];
    const rig = rigOf([each({ concurrency: 2 }, steps)], echoBut(6));
    expect(await rig.run({ items: ITEMS })).toMatchObject({ result: { status: 'succeeded' } });
    expect(rig.rows.map(({ path }) => path).sort()).toEqual(['each', 'each[0]', 'each[1]', 'each[2]', 'each[]']);
  });

  it('is written in parts where no step has an effect, and once for a short list', async () => {
    const sizes: number[] = [];
    const rig = rigOf([each({}, [{ id: 'v', set: { x: '{{ item }}' } }])]);
    const { journal } = rig;
    await rig.accept({ items: Array.from({ length: 3_000 }, (_, n) => n) });
    await rig.slice(await rig.claim(), {
      journal: { ...journal, record: (run, entry) => (sizes.push(entry.rows.length), journal.record(run, entry)) },
    });
    expect(Math.max(...sizes)).toBeLessThan(510);
    expect((outputOf(rig) as Json[]).length).toBe(3_000);
  });

  it('does not grow in a claim with the items that are finished', async () => {
    const rig = rigOf([each({}, [use('a'), { id: 'nap', when: '{{ index = 999 }}', wait: { for: '1h' } }])]);
    await rig.accept({ items: Array.from({ length: 1_000 }, (_, n) => ({ n })) });
    expect((await rig.slice(await rig.claim())).kind).toBe('suspended');
    expect((await rig.claim()).journal.map(({ path }) => path)).toEqual(['each', 'each[]', 'each[999].a', 'each[999].nap']);
  });
});

describe('time in a loop', () => {
  it.each([1, 2])('is the same on every walk, with %i items at a time', async (concurrency) => {
    const steps = [use('a'), use('b', { with: { n: '{{ item.n }}', at: '{{ $millis() }}' } })];
    const ticking = componentOf('test.echo', ({ props }) => (rig.clock.advance(10), props));
    const rig: Rig = rigOf([each({ concurrency }, [{ id: 't', set: { at: '{{ $millis() }}' } }, ...steps])], ticking);
    await rig.accept({ items: ITEMS });
    for (let crashes = 0; crashes < 2; crashes += 1) await dieAfterWrites(rig, 2);
    await rig.toEnd();
    const seen = new Map<string, unknown>();
    for (const { path, props } of rig.calls) expect(props).toEqual(seen.get(path) ?? (seen.set(path, props), props));
    expect(seen.size).toBe(6);
  });
});
