import { beforeEach, describe, expect, it } from '@jest/globals';
import type { NewRun } from '../accept.js';
import { inLane, type LaneStore, type OpenLaneStore } from './lanes.js';
import { entry, newId, newRunner, queued } from './store.js';

const HOUR_MS = 3_600_000;

/** What every store has to do with runs that begin at a rate. */
export function describeRates(name: string, open: OpenLaneStore): void {
  describe(`Rates of flows on ${name}`, () => {
    let store: LaneStore;
    let runner: string;

    beforeEach(async () => {
      store = await open();
      runner = await newRunner(store);
    });

    const paced = (parts: Partial<NewRun> = {}): ReturnType<typeof queued> =>
      queued({ run: { id: newId(), version: 1, status: 'paced', ...parts } });
    const accept = async (...all: ReturnType<typeof queued>[]): Promise<string[]> => {
      for (const each of all) await store.events.accept(each);
      return all.map(({ run }) => run.id);
    };
    const begin = async (limit = 100): Promise<string[]> => (await store.claims.claimPaced(runner, limit)).works.map(({ run }) => run.id);
    const statusOf = async (id: string): Promise<string | undefined> => (await store.activeRun(id))?.status;

    it('begins as many as the rate says, in the order in which they came, and no other claim takes them', async () => {
      await store.setRate({ limit: 3, perMs: HOUR_MS });
      const ids = await accept(...Array.from({ length: 5 }, () => paced()));
      expect(await store.claims.claim(runner, ids, 10)).toEqual([]);
      expect(await store.claims.claimDue(runner, 10)).toEqual([]);
      expect(await begin(2)).toEqual(ids.slice(0, 2));
      expect(await begin()).toEqual(ids.slice(2, 3));
      const { works, nextInMs } = await store.claims.claimPaced(runner, 10);
      expect(works).toEqual([]);
      expect(nextInMs).toBeGreaterThan(0);
      expect(await statusOf(ids[3]!)).toBe('paced');
    });

    it('begins no more than the rate says whoever asks at once, and loses nobody', async () => {
      await store.setRate({ limit: 7, perMs: HOUR_MS });
      const ids = await accept(...Array.from({ length: 20 }, () => paced()));
      const runners = await Promise.all(Array.from({ length: 6 }, () => newRunner(store)));
      const claims = await Promise.all(runners.map((one) => store.claims.claimPaced(one, 5)));
      const begun = [...claims.flatMap(({ works }) => works), ...(await store.claims.claimPaced(runner, 100)).works].map(
        ({ run }) => run.id,
      );
      expect(begun.sort()).toEqual(ids.slice(0, 7));
      await store.setRate(undefined);
      expect((await store.claims.claimDue(runner, 100)).map(({ run }) => run.id).sort()).toEqual(ids.slice(7));
    });

    it('begins again once the period is over, and says when', async () => {
      await store.setRate({ limit: 1, perMs: 60 });
      const ids = await accept(paced(), paced());
      expect(await begin()).toEqual(ids.slice(0, 1));
      for (;;) {
        const { works, nextInMs } = await store.claims.claimPaced(runner, 10);
        if (works.length > 0) return expect(works.map(({ run }) => run.id)).toEqual(ids.slice(1));
        expect(nextInMs).toBeLessThanOrEqual(61);
        await new Promise((resolve) => setTimeout(resolve, nextInMs));
      }
    });

    it('does not count a run again that waits, retries, or whose runner died', async () => {
      await store.setRate({ limit: 1, perMs: HOUR_MS });
      const [id] = await accept(paced());
      const dying = await newRunner(store, 0);
      const [work] = (await store.claims.claimPaced(dying, 1)).works;
      expect(work?.run.id).toBe(id);
      await store.leases.reclaimExpired();
      const [again] = await store.claims.claimDue(runner, 1);
      expect(again?.run.id).toBe(id);
      await store.journal.suspend(again!.run, entry([]), Date.now() - 1);
      expect((await store.claims.claimDue(runner, 1))[0]?.run.id).toBe(id);
    });

    it('lets what was held, or stood in line, go on at the rate', async () => {
      await store.setRate({ limit: 1, perMs: HOUR_MS });
      const lane = { key: 'a', limit: 1 };
      const [held, first, second] = await accept(paced({ status: 'held' }), paced({ lane }), paced({ lane }));
      expect(await statusOf(second!)).toBe('behind');
      await store.release();
      expect([await statusOf(held!), await statusOf(first!)]).toEqual(['paced', 'paced']);
      expect(await begin()).toEqual([held]);
      await store.cancel([first!]);
      expect(await statusOf(second!)).toBe('paced');
      expect(await begin()).toEqual([]);
    });

    it('leaves flows without a rate alone', async () => {
      const [id] = await accept(inLane('a'));
      expect(await store.claims.claimPaced(runner, 10)).toEqual({ works: [], nextInMs: undefined });
      expect(await statusOf(id!)).toBe('queued');
    });
  });
}
