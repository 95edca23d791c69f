import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Acceptance } from '../accept.js';
import type { Collecting, Collections, DueCollection } from '../collections.js';
import { eventOf, newId, type StoreUnderTest } from './store.js';

/** What the suite needs beside the ports of a store. */
export interface CollectingStore extends StoreUnderTest {
  readonly collections: Collections;
  /** The run that took an event for a flow; null while it is collected, undefined when it is not. */
  runOf(eventId: string, flowId: string): Promise<string | null | undefined>;
}

export type OpenCollectingStore = () => Promise<CollectingStore>;

const START = Date.UTC(2026, 0, 5);

const batch = (parts: Partial<Collecting> = {}): Collecting => ({
  flowId: 'shop',
  version: 1,
  kind: 'batch',
  key: 'a',
  windowMs: 60_000,
  size: 100,
  ...parts,
});
const burst = (parts: Partial<Collecting> = {}): Collecting => batch({ kind: 'debounce', windowMs: 30_000, size: undefined, ...parts });

/** What every Collections has to do, together with the EventStore that adds to it. */
export function describeCollections(name: string, open: OpenCollectingStore): void {
  describe(`Collections on ${name}`, () => {
    let store: CollectingStore;

    beforeEach(async () => {
      store = await open();
    });

    /** Accepts an event that came so long after the start; answers its id. */
    async function arrive(afterMs: number, collects: readonly Collecting[], parts: Partial<Acceptance> = {}): Promise<string> {
      const event = eventOf('shop', { receivedAt: START + afterMs, body: Buffer.from(JSON.stringify(afterMs)) });
      await store.events.accept({ event, collects, ...parts });
      return event.id;
    }

    const due = (afterMs: number): Promise<DueCollection[]> => store.collections.due(100, START + afterMs);

    /** Closes one collection; answers its run and its events. */
    async function close(
      collection: DueCollection,
    ): Promise<{ readonly done: boolean; readonly runId: string; readonly ids: readonly string[] }> {
      const first = await store.collections.first(collection);
      if (first.count === 0) return { done: false, runId: newId(), ids: [] };
      const event =
        collection.kind === 'debounce' ? first.ids.at(-1)! : eventOf(collection.flowId, { body: Buffer.from(JSON.stringify(first.ids)) });
      const runId = newId();
      return { done: await store.collections.close(collection, first, { id: runId, status: 'queued', event }), runId, ids: first.ids };
    }

    it('keep a batch until its window is over, and give it to one run, in order', async () => {
      const ids = [await arrive(0, [batch()]), await arrive(10_000, [batch()]), await arrive(59_000, [batch()])];
      expect(await due(59_999)).toEqual([]);
      expect(await store.collections.untilNext(START + 20_000)).toBe(40_000);
      const [one, ...more] = await due(60_000);
      expect([one, more]).toMatchObject([{ flowId: 'shop', version: 1, kind: 'batch' }, []]);
      const closed = await close(one!);
      expect(closed).toMatchObject({ done: true, ids });
      expect(await store.activeRun(closed.runId)).toMatchObject({ status: 'queued' });
      expect(await Promise.all(ids.map((id) => store.runOf(id, 'shop')))).toEqual(ids.map(() => closed.runId));
      expect([await due(10_000_000), await store.collections.untilNext()]).toEqual([[], undefined]);
      expect((await store.collections.events(ids)).map(({ id }) => id)).toEqual(ids);
    });

    it('give a full batch its run at once, never more than its size, and count the window of the rest from its first', async () => {
      const ids: string[] = [];
      for (let n = 0; n < 5; n += 1) ids.push(await arrive(n * 1_000, [batch({ size: 2 })]));
      const taken: (readonly string[])[] = [];
      for (let [one] = await due(4_000); one; [one] = await due(4_000)) taken.push((await close(one)).ids);
      expect(taken).toEqual([ids.slice(0, 2), ids.slice(2, 4)]);
      expect(await due(63_999)).toEqual([]);
      expect((await close((await due(64_000))[0]!)).ids).toEqual(ids.slice(4));
    });

    it('keep a burst until it is quiet, and give its last event the run', async () => {
      const ids = [await arrive(0, [burst()]), await arrive(29_000, [burst()]), await arrive(58_000, [burst()])];
      expect(await due(87_999)).toEqual([]);
      const closed = await close((await due(88_000))[0]!);
      expect(closed).toMatchObject({ done: true, ids: ids.slice(-1) });
      expect(await Promise.all(ids.map((id) => store.runOf(id, 'shop')))).toEqual(ids.map(() => closed.runId));
    });

    it('do not let a burst put its run off for longer than it may', async () => {
      const patient = burst({ maxWaitMs: 60_000 });
      for (let ms = 0; ms < 60_000; ms += 20_000) await arrive(ms, [patient]);
      expect(await due(59_999)).toEqual([]);
      expect(await due(60_000)).toHaveLength(1);
    });

    it('tell keys, flows and versions apart', async () => {
      const different = [batch(), batch({ key: 'b' }), batch({ flowId: 'other' }), batch({ version: 2 })];
      for (const one of different) await arrive(0, [one]);
      const all = await due(60_000);
      expect(all).toHaveLength(4);
      for (const one of all) expect((await close(one)).ids).toHaveLength(1);
    });

    it('take one event for several flows, beside those that run for it at once', async () => {
      const run = { id: newId(), flowId: 'now', version: 1, status: 'queued' } as const;
      const id = await arrive(0, [batch(), burst({ flowId: 'quiet' })], { listeners: [run] });
      expect(await store.activeRun(run.id)).toMatchObject({ status: 'queued' });
      const all = await due(60_000);
      expect(all.map(({ flowId }) => flowId).sort()).toEqual(['quiet', 'shop']);
      for (const one of all) expect((await close(one)).ids).toEqual([id]);
      expect(await store.runOf(id, 'now')).toBeUndefined();
    });

    it('do not take a duplicate', async () => {
      const dedupe = { key: 'same', windowMs: 10 * 365 * 24 * 3_600_000 };
      const first = await arrive(0, [batch()], { dedupe });
      const second = await arrive(1, [batch()], { dedupe });
      expect((await close((await due(60_000))[0]!)).ids).toEqual([first]);
      expect(await store.runOf(second, 'shop')).toBeUndefined();
    });

    it('close each collection once, whoever tries', async () => {
      await arrive(0, [batch()]);
      const [one] = await due(60_000);
      const closed = await Promise.all(Array.from({ length: 5 }, () => close(one!)));
      expect(closed.filter(({ done }) => done)).toHaveLength(1);
      expect((await Promise.all(closed.map(({ runId }) => store.activeRun(runId)))).filter(Boolean)).toHaveLength(1);
    });

    it.each([
      ['a batch', batch],
      ['a burst', burst],
    ])('leave what comes to %s while it is being closed to the next one', async (_, collecting) => {
      const before = await arrive(0, [collecting()]);
      const [one] = await due(60_000);
      const first = await store.collections.first(one!);
      const after = await arrive(60_001, [collecting()]);
      const runId = newId();
      await store.collections.close(one!, first, { id: runId, status: 'held', event: before });
      // It may have to be looked at once more, but none is lost and none is taken twice.
      for (const again of await due(10_000_000)) await close(again);
      const runs = [await store.runOf(before, 'shop'), await store.runOf(after, 'shop')];
      expect(runs.every((run) => typeof run === 'string')).toBe(true);
      expect(new Set(runs).size).toBe(2);
    });

    it('take many at once, in whatever order of keys', async () => {
      const keys = ['a', 'b', 'c', 'd', 'e'];
      const all = Array.from({ length: 200 }, (_, n) =>
        arrive(n, [batch({ key: keys[(n * 7) % 5], size: 1_000 }), burst({ flowId: 'quiet', key: keys[(n * 3) % 5] })]),
      );
      const ids = await Promise.all(all);
      for (const one of await due(10_000_000)) await close(one);
      for (const id of ids)
        expect([typeof (await store.runOf(id, 'shop')), typeof (await store.runOf(id, 'quiet'))]).toEqual(['string', 'string']);
    });

    const arrivals = fc.array(
      fc.record({ gap: fc.integer({ min: 0, max: 40_000 }), key: fc.constantFrom('a', 'b'), looks: fc.boolean() }),
      { minLength: 1, maxLength: 20 },
    );
    const settings = fc.record({
      kind: fc.constantFrom('batch' as const, 'debounce' as const),
      size: fc.integer({ min: 1, max: 4 }),
      maxWaitMs: fc.option(fc.integer({ min: 60_000, max: 90_000 }), { nil: undefined }),
    });

    it('give each event to exactly one run, in order, whenever they come and whoever closes when', async () => {
      await fc.assert(
        fc.asyncProperty(arrivals, settings, fc.integer(), async (all, { kind, size, maxWaitMs }, salt) => {
          const flowId = `shop ${salt} ${newId()}`;
          const collecting = (key: string): Collecting => ({ ...(kind === 'batch' ? batch({ size }) : burst({ maxWaitMs })), flowId, key });
          const byKey = new Map<string, string[]>();
          const groups: { readonly ids: readonly string[]; readonly runId: string }[] = [];
          let time = 0;
          let stale: DueCollection[] = [];
          const look = async (at: number): Promise<void> => {
            const own = (await due(at)).filter((one) => one.flowId === flowId);
            // Somebody who read a while ago tries as well.
            for (const one of [...stale, ...own]) {
              const closed = await close(one);
              if (closed.done) groups.push(closed);
            }
            stale = own;
          };
          for (const { gap, key, looks } of all) {
            time += gap;
            if (looks) await look(time);
            byKey.set(key, [...(byKey.get(key) ?? []), await arrive(time, [collecting(key)])]);
          }
          for (let rounds = 0; rounds < 30; rounds += 1) await look(time + 10_000_000);
          for (const ids of byKey.values()) await expectOneRunEach(ids, groups, flowId, kind, size);
        }),
        { numRuns: 12 },
      );
    });

    async function expectOneRunEach(
      ids: readonly string[],
      groups: readonly { readonly ids: readonly string[]; readonly runId: string }[],
      flowId: string,
      kind: string,
      size: number,
    ): Promise<void> {
      const runs = await Promise.all(ids.map((id) => store.runOf(id, flowId)));
      expect(runs.every((run) => typeof run === 'string')).toBe(true);
      // Runs follow each other: no event is between those of another run.
      const order = runs.filter((run, index) => run !== runs[index - 1]);
      expect(new Set(order).size).toBe(order.length);
      for (const runId of order) {
        const own = ids.filter((_, index) => runs[index] === runId);
        const told = groups.find((group) => group.runId === runId)!.ids;
        expect(told).toEqual(kind === 'batch' ? own : own.slice(-1));
        if (kind === 'batch') expect(own.length).toBeLessThanOrEqual(size);
      }
    }
  });
}
