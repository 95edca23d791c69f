import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Priority } from '../records.js';
import type { LaneStore, OpenLaneStore } from './lanes.js';
import { entry, eventOf, newId, newRunner, queued } from './store.js';

const MINUTE_MS = 60_000;
const FLOWS = { urgent: 'high', usual: undefined, patient: 'low' } as const;
type FlowName = keyof typeof FLOWS;
const NAMES = Object.keys(FLOWS) as FlowName[];
const SHIFT: Readonly<Record<FlowName, number>> = { urgent: -MINUTE_MS, usual: 0, patient: MINUTE_MS };

/** What every store has to do with runs of which some go first. */
export function describePriorities(name: string, open: OpenLaneStore): void {
  describe(`Priorities on ${name}`, () => {
    let store: LaneStore;
    let runner: string;
    let now: number;

    beforeEach(async () => {
      store = await open();
      for (const flow of NAMES) await store.setPriority(flow, FLOWS[flow]);
      runner = await newRunner(store);
      now = Date.now();
    });

    const came = async (flow: FlowName, receivedAt: number): Promise<string> => {
      const priority: Priority | undefined = FLOWS[flow];
      const run = { id: newId(), version: 1, status: 'queued', ...(priority && { priority }) } as const;
      await store.events.accept(queued({ event: eventOf(flow, { receivedAt }), run }));
      return run.id;
    };
    const nextDue = async (): Promise<string | undefined> => (await store.claims.claimDue(runner, 1))[0]?.run.id;

    it('takes runs as though those of high priority had come a minute earlier and those of low priority a minute later', async () => {
      const all: { id: string; at: number }[] = [];
      for (let i = 0; i < 60; i += 1) {
        const flow = NAMES[(i * 7 + (i % 4)) % 3]!;
        const receivedAt = now - 20 * MINUTE_MS + ((i * 37) % 60) * 9_001;
        all.push({ id: await came(flow, receivedAt), at: receivedAt + SHIFT[flow] });
      }
      const taken: (string | undefined)[] = [];
      for (let i = 0; i < all.length; i += 1) taken.push(await nextDue());
      expect(taken).toEqual(all.sort((a, b) => a.at - b.at).map(({ id }) => id));
    });

    it('lets nobody starve: what came two minutes later does not pass, however much of it comes', async () => {
      const start = now - 20 * MINUTE_MS;
      const low = await came('patient', start);
      for (let second = 1; second < 300; second += 5) await came('urgent', start + second * 1_000);
      let before = 0;
      for (let next = await nextDue(); next !== low; next = await nextDue()) before += 1;
      expect(before).toBe(24);
    });

    it('hands low ones out before they are due to whoever has nothing else to do, and only those', async () => {
      const [low, usual, high] = [await came('patient', now), await came('usual', now), await came('urgent', now)];
      const { run } = (await store.claims.claim(runner, [await came('usual', now)], 1))[0]!;
      await store.journal.suspend(run, entry([]), now + 30_000);
      expect(await nextDue()).toBe(high);
      expect(await nextDue()).toBeUndefined();
      // One that waits for its hint goes first.
      expect(await store.claims.claimEarly(runner, 10)).toEqual([]);
      await store.claims.claim(runner, [usual], 1);
      expect((await store.claims.claimEarly(runner, 10)).map((work) => work.run.id)).toEqual([low]);
      expect(await store.claims.claimEarly(runner, 10)).toEqual([]);
    });
  });
}
