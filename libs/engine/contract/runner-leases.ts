import { beforeEach, describe, expect, it } from '@jest/globals';
import { claimAgain, claimedRun, entry, newId, newRunner, queued, useRow, type OpenStore, type StoreUnderTest } from './store.js';

/** What every RunnerLeases has to do. A lease of 0 ms has expired when it is looked at next. */
export function describeRunnerLeases(name: string, open: OpenStore): void {
  describe(`RunnerLeases on ${name}`, () => {
    let store: StoreUnderTest;

    beforeEach(async () => {
      store = await open();
    });

    it('renews a lease that has not expired', async () => {
      expect(await store.leases.renew(await newRunner(store), 60_000)).toBe(true);
    });

    it('does not renew an expired lease, before and after its runs were given away', async () => {
      const runner = await newRunner(store, 0);
      expect(await store.leases.renew(runner, 60_000)).toBe(false);
      await store.leases.reclaimExpired();
      expect(await store.leases.renew(runner, 60_000)).toBe(false);
    });

    it('gives the runs of an expired lease to the next claimant, and those of a live one to nobody', async () => {
      const [dead, alive] = [await newRunner(store, 0), await newRunner(store)];
      const lost = await claimedRun(store, dead);
      const kept = await claimedRun(store, alive);
      expect(await store.leases.reclaimExpired()).toBe(1);
      const due = await store.claims.claimDue(await newRunner(store), 10);
      expect(due.map(({ run }) => run.id)).toEqual([lost.run.id]);
      expect(await store.activeRun(kept.run.id)).toMatchObject({ status: 'running', claim: 1 });
    });

    it('counts crashes while the journal does not grow, and begins again where it did', async () => {
      const work = await claimedRun(store, await newRunner(store, 0));
      const crashes: number[] = [];
      for (const grows of [false, false, true, false]) {
        await store.leases.reclaimExpired();
        const { run } = await claimAgain(store, await newRunner(store, 0), work.run.id);
        crashes.push(run.crashes);
        if (grows) await store.journal.record(run, entry([useRow('step')]));
      }
      await store.leases.reclaimExpired();
      expect(crashes).toEqual([1, 2, 3, 1]);
      expect(await store.activeRun(work.run.id)).toMatchObject({ crashes: 2 });
    });

    it('forgets crashes when a run suspends', async () => {
      const { run } = await claimedRun(store, await newRunner(store, 0));
      await store.leases.reclaimExpired();
      const runner = await newRunner(store);
      const again = await claimAgain(store, runner, run.id);
      await store.journal.suspend(again.run, entry([useRow('step', { status: 'retrying' })]), Date.now() - 1);
      expect((await claimAgain(store, runner, run.id)).run.crashes).toBe(0);
    });

    it('gives back a run whose runner was never heard of, and counts a crash', async () => {
      const acceptance = queued({ run: { id: newId(), version: 1, status: 'running', lease: { runner: newId(), claim: 1 } } });
      await store.events.accept(acceptance);
      expect(await store.leases.reclaimOrphans()).toBe(1);
      expect(await store.activeRun(acceptance.run.id)).toMatchObject({ status: 'queued', crashes: 1 });
    });

    it('takes no run from a registered runner as an orphan', async () => {
      await claimedRun(store, await newRunner(store));
      expect(await store.leases.reclaimOrphans()).toBe(0);
    });

    it('retires a runner without a crash', async () => {
      const runner = await newRunner(store);
      const { run } = await claimedRun(store, runner);
      await store.leases.retire(runner);
      const again = await claimAgain(store, await newRunner(store), run.id);
      expect(again.run).toMatchObject({ crashes: 0, lease: { claim: 2 } });
      expect(await store.leases.renew(runner, 60_000)).toBe(false);
    });

    it('gives back a stray claim without a crash, but no later claim of the same run', async () => {
      const runner = await newRunner(store);
      const [stray, current] = [await claimedRun(store, runner), await claimedRun(store, runner)];
      await store.leases.giveBack(runner, [
        { runId: stray.run.id, claim: 1 },
        { runId: current.run.id, claim: 0 },
      ]);
      expect(await store.activeRun(stray.run.id)).toEqual({ status: 'queued', claim: 1, crashes: 0 });
      expect(await store.activeRun(current.run.id)).toEqual({ status: 'running', claim: 1, crashes: 0 });
      expect(await store.leases.held(runner)).toEqual([{ runId: current.run.id, claim: 1 }]);
    });

    it('ends at once the leases of runners that are known to be dead', async () => {
      const runner = await newRunner(store);
      await claimedRun(store, runner);
      await store.leases.expireDead(() => false);
      expect(await store.leases.reclaimExpired()).toBe(0);
      await store.leases.expireDead(() => true);
      expect(await store.leases.reclaimExpired()).toBe(1);
    });
  });
}
