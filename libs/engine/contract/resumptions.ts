import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ClaimedRun } from '../records.js';
import { claimAgain, claimedRun, entry, newId, newRunner, type OpenResumptionStore, type ResumptionStore } from './store.js';

/** What every Resumptions has to do. */
export function describeResumptions(name: string, open: OpenResumptionStore): void {
  describe(`Resumptions on ${name}`, () => {
    let store: ResumptionStore;
    let runner: string;
    let run: ClaimedRun;

    beforeEach(async () => {
      store = await open();
      runner = await newRunner(store);
      ({ run } = await claimedRun(store, runner));
    });

    it('give one URL per run and path, the same at all times', () => {
      const { resumptions } = store;
      const urls = [
        resumptions.url(run.id, 'approval'),
        resumptions.url(run.id, 'each[0].approval'),
        resumptions.url(run.id, 'each[1].approval'),
        resumptions.url(newId(), 'approval'),
      ];
      expect(new Set(urls).size).toBe(4);
      expect(resumptions.url(run.id, 'approval')).toBe(urls[0]);
    });

    it('find nothing before a request came, nor for another path or run', async () => {
      expect(await store.resumptions.find(run.id, 'approval')).toBeUndefined();
      await store.resume(run.id, 'approval', true);
      expect(await store.resumptions.find(run.id, 'each[0].approval')).toBeUndefined();
      expect(await store.resumptions.find(newId(), 'approval')).toBeUndefined();
    });

    it('keep the first request that came, exactly, over claims', async () => {
      const body = JSON.parse('{"b":1,"a":[null,"\\u0000"],"__proto__":{}}');
      await store.resume(run.id, 'each[10].approval', body);
      await store.resume(run.id, 'each[10].approval', 'a second one');
      await store.journal.suspend(run, entry([]), Date.now() - 1);
      await claimAgain(store, runner, run.id);
      const found = await store.resumptions.find(run.id, 'each[10].approval');
      expect(JSON.stringify(found?.body)).toBe(JSON.stringify(body));
      expect(Number.isSafeInteger(found?.receivedAt)).toBe(true);
    });

    it('make a run that waits due at once', async () => {
      await store.journal.suspend(run, entry([]), Date.now() + 60_000);
      await store.resume(run.id, 'approval', {});
      expect((await claimAgain(store, runner, run.id)).run.lease.claim).toBe(2);
    });

    it('that come between a claim and its suspension make the run due as soon as it suspends', async () => {
      await store.resume(run.id, 'approval', {});
      await store.journal.suspend(run, entry([]), Date.now() + 60_000);
      expect((await claimAgain(store, runner, run.id)).run.lease.claim).toBe(2);
    });

    it('leave a run alone that another runner holds', async () => {
      await store.resume(run.id, 'approval', {});
      expect(await store.claims.claimDue(await newRunner(store), 10)).toEqual([]);
      expect(await store.activeRun(run.id)).toMatchObject({ status: 'running', claim: 1 });
    });
  });
}
