import { beforeEach, describe, expect, it } from '@jest/globals';
import { claimAgain, claimedRun, entry, eventOf, newRunner, queued, useRow, type OpenStore, type StoreUnderTest } from './store.js';

/** What every RunClaims has to do. */
export function describeRunClaims(name: string, open: OpenStore): void {
  describe(`RunClaims on ${name}`, () => {
    let store: StoreUnderTest;

    beforeEach(async () => {
      store = await open();
    });

    const acceptMany = async (count: number, receivedAt = Date.now()): Promise<string[]> => {
      const all = Array.from({ length: count }, () => queued({ event: eventOf('contract', { receivedAt }) }));
      await Promise.all(all.map((acceptance) => store.events.accept(acceptance)));
      return all.map(({ run }) => run.id);
    };

    it('hands each run to one of many concurrent claimants', async () => {
      const ids = await acceptMany(60);
      const runners = await Promise.all(Array.from({ length: 8 }, () => newRunner(store)));
      const claims = await Promise.all(runners.map((runner) => store.claims.claim(runner, ids, 1_000)));
      const claimed = claims.flat().map(({ run }) => run.id);
      expect(claimed.sort()).toEqual([...ids].sort());
    });

    it('hands each due run to one of many concurrent sweeps', async () => {
      const ids = await acceptMany(60, Date.now() - 60_000);
      const runners = await Promise.all(Array.from({ length: 8 }, () => newRunner(store)));
      const sweeps = await Promise.all(runners.map((runner) => store.claims.claimDue(runner, 20)));
      const claimed = sweeps.flat().map(({ run }) => run.id);
      expect(new Set(claimed).size).toBe(claimed.length);
      const rest = await store.claims.claimDue(runners[0]!, 1_000);
      expect([...claimed, ...rest.map(({ run }) => run.id)].sort()).toEqual([...ids].sort());
    });

    it('claims no more than the limit', async () => {
      const ids = await acceptMany(5);
      const runner = await newRunner(store);
      expect(await store.claims.claim(runner, ids, 2)).toHaveLength(2);
      expect(await store.claims.claim(runner, ids, 10)).toHaveLength(3);
    });

    it('hands over the run with its event and a lease of its own', async () => {
      const acceptance = queued();
      await store.events.accept(acceptance);
      const runner = await newRunner(store);
      const [work] = await store.claims.claim(runner, [acceptance.run.id], 1);
      expect(work).toMatchObject({
        run: {
          id: acceptance.run.id,
          flowId: 'contract',
          version: 1,
          eventId: acceptance.event.id,
          lease: { runner, claim: 1 },
          crashes: 0,
        },
        event: { id: acceptance.event.id, headers: acceptance.event.headers },
        journal: [],
      });
    });

    it('leaves a queued run to its hint for a moment, then finds it as due', async () => {
      const [fresh] = await acceptMany(1);
      const [lost] = await acceptMany(1, Date.now() - 10_000);
      const due = await store.claims.claimDue(await newRunner(store), 10);
      expect(due.map(({ run }) => run.id)).toEqual([lost]);
      expect(await store.activeRun(fresh!)).toMatchObject({ status: 'queued' });
    });

    it('does not hand out a waiting run before its time, and not to a hint', async () => {
      const runner = await newRunner(store);
      const { run } = await claimedRun(store, runner);
      await store.journal.suspend(run, entry([]), Date.now() + 60_000);
      expect(await store.claims.claimDue(runner, 10)).toEqual([]);
      expect(await store.claims.claim(runner, [run.id], 1)).toEqual([]);
    });

    it('takes the longest due run first', async () => {
      const [later] = await acceptMany(1, Date.now() - 20_000);
      const [earlier] = await acceptMany(1, Date.now() - 40_000);
      const runner = await newRunner(store);
      expect((await store.claims.claimDue(runner, 1))[0]?.run.id).toBe(earlier);
      expect((await store.claims.claimDue(runner, 1))[0]?.run.id).toBe(later);
    });

    it('says how long it is until the next run is due', async () => {
      expect(await store.claims.dueIn()).toBeUndefined();
      const runner = await newRunner(store);
      const runs = [await claimedRun(store, runner), await claimedRun(store, runner)];
      expect(await store.claims.dueIn()).toBeUndefined();
      await store.journal.suspend(runs[0]!.run, entry([]), Date.now() + 600_000);
      await store.journal.suspend(runs[1]!.run, entry([]), Date.now() + 300_000);
      const ms = await store.claims.dueIn();
      expect(ms).toBeGreaterThan(200_000);
      expect(ms).toBeLessThanOrEqual(300_000);
      await acceptMany(1, Date.now() - 60_000);
      expect(await store.claims.dueIn()).toBeLessThan(0);
    });

    it('counts claims, and hands over the journal and an unchanged start', async () => {
      const runner = await newRunner(store);
      const { run } = await claimedRun(store, runner);
      const rows = [
        useRow('first'),
        useRow('second', { status: 'retrying', retryAt: 5, error: { code: 'x', message: 'y' }, output: undefined }),
      ];
      await store.journal.suspend(run, entry(rows), Date.now() - 1);
      const again = await claimAgain(store, runner, run.id);
      expect(again.run).toEqual({ ...run, lease: { runner, claim: 2 } });
      expect(again.journal).toEqual(expect.arrayContaining(rows));
      expect(again.run.startedAt).toBe(Math.trunc(again.run.startedAt));
    });

    it('hands over the attempts of a step in their order', async () => {
      const runner = await newRunner(store);
      const { run } = await claimedRun(store, runner);
      const attempts = [1, 2, 3].map((attempt) => useRow('step', { attempt, status: attempt === 3 ? 'succeeded' : 'retrying' }));
      for (const row of attempts) await store.journal.record(run, entry([row]));
      await store.journal.suspend(run, entry([]), Date.now() - 1);
      expect((await claimAgain(store, runner, run.id)).journal.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    });

    it('claims nothing of what does not exist', async () => {
      expect(await store.claims.claim(await newRunner(store), [eventOf().id], 10)).toEqual([]);
    });
  });
}
