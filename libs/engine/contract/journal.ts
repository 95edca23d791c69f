import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ClaimedRun, StepRow } from '../records.js';
import { claimAgain, claimedRun, entry, newId, newRunner, useRow, type OpenStore, type StoreUnderTest } from './store.js';

/** What every Journal has to do. */
export function describeJournal(name: string, open: OpenStore): void {
  describe(`Journal on ${name}`, () => {
    let store: StoreUnderTest;
    let runner: string;

    beforeEach(async () => {
      store = await open();
      runner = await newRunner(store);
    });

    const pathsOf = async (runId: string): Promise<string[]> =>
      (await store.rowsOf(runId)).map(({ path, attempt }) => `${path}#${attempt}`).sort();
    const plain = (rows: readonly StepRow[]): unknown => JSON.parse(JSON.stringify(rows));

    /** Every transition, as whoever holds `run` would make it. */
    const transitions = (run: ClaimedRun): Promise<boolean[]> =>
      Promise.all([
        store.journal.record(run, entry([useRow('stale')])),
        store.journal.suspend(run, entry([useRow('stale')]), Date.now()),
        store.journal.finish(run, entry([useRow('stale')]), { status: 'succeeded' }),
      ]);

    const unchanged = async (runId: string, change: () => Promise<boolean[]>): Promise<void> => {
      const look = async (): Promise<unknown> => [await store.activeRun(runId), await store.endOf(runId), await store.rowsOf(runId)];
      const before = await look();
      expect(await change()).toEqual([false, false, false]);
      expect(await look()).toEqual(before);
    };

    it('keeps of a row that it was given, and by what', async () => {
      const { run } = await claimedRun(store, runner);
      await store.journal.suspend(run, entry([useRow('a', { given: 'recorded' }), useRow('b', { given: 'pinned' }), useRow('c')]), 0);
      const { journal } = await claimAgain(store, runner, run.id);
      expect(Object.fromEntries(journal.map(({ path, given }) => [path, given]))).toEqual({ a: 'recorded', b: 'pinned', c: undefined });
    });

    it('refuses every transition of another runner and changes nothing', async () => {
      const { run } = await claimedRun(store, runner);
      await store.journal.record(run, entry([useRow('first')]));
      await unchanged(run.id, () => transitions({ ...run, lease: { runner: newId(), claim: 1 } }));
    });

    it('refuses every transition of an earlier claim of the same runner and changes nothing', async () => {
      const { run } = await claimedRun(store, runner);
      await store.journal.suspend(run, entry([useRow('first')]), Date.now() - 1);
      await unchanged(run.id, () => transitions(run));
      await claimAgain(store, runner, run.id);
      await unchanged(run.id, () => transitions(run));
    });

    it('refuses every transition of a run that has ended', async () => {
      const { run } = await claimedRun(store, runner);
      await store.journal.finish(run, entry([useRow('last')]), { status: 'succeeded' });
      await unchanged(run.id, () => transitions(run));
    });

    it('tells a stale claim from the current one also when both write at the same moment', async () => {
      // The first two keep the store busy, so that the others may share a commit.
      const busy = await Promise.all([claimedRun(store, runner), claimedRun(store, runner)]);
      const { run } = await claimedRun(store, runner);
      const stale = { ...run, lease: { runner: newId(), claim: 1 } };
      const claims = [...busy.map((work) => work.run), stale, run, stale];
      const kept = await Promise.all(claims.map((claim, i) => store.journal.record(claim, entry([useRow(`row${i}`)]))));
      expect(kept).toEqual([true, true, false, true, false]);
      expect((await store.rowsOf(run.id)).map(({ path }) => path)).toEqual(['row3']);
    });

    it('moves an ended run out of the active ones, with its last rows and its error', async () => {
      const { run } = await claimedRun(store, runner);
      const error = { code: 'http.500', message: 'no', step: 'last', attempt: 2, details: { a: [1] } };
      const last = useRow('last', { status: 'failed', output: undefined, error });
      expect(await store.journal.finish(run, entry([last]), { status: 'failed', error })).toBe(true);
      expect(await store.activeRun(run.id)).toBeUndefined();
      expect(await store.endOf(run.id)).toEqual({ status: 'failed', error });
      expect(await store.rowsOf(run.id)).toEqual([last]);
      expect(await store.leases.held(runner)).toEqual([]);
    });

    it('writes an attempt again over its start', async () => {
      const { run } = await claimedRun(store, runner);
      await store.journal.record(run, entry([useRow('step', { status: 'started', output: undefined })]));
      const done = useRow('step');
      await store.journal.record(run, entry([done]));
      expect((await store.rowsOf(run.id)).map(({ status, output }) => [status, output])).toEqual([['succeeded', done.output]]);
    });

    it('records the same rows twice as once, for an answer may have been lost', async () => {
      const { run } = await claimedRun(store, runner);
      const row = useRow('step');
      expect(await store.journal.record(run, entry([row]))).toBe(true);
      expect(await store.journal.record(run, entry([row]))).toBe(true);
      expect(await store.rowsOf(run.id)).toEqual([row]);
    });

    it('takes out what an entry drops, with every transition, and nothing else', async () => {
      const { run } = await claimedRun(store, runner);
      const inside = [1, 2].map((attempt) => useRow('each[1].a', { attempt }));
      const others = [useRow('each[10].a'), useRow('each[1].ab')];
      await store.journal.record(run, entry([...inside, ...others, useRow('each[0].a')]));
      const item = useRow('each[0]', { kind: 'item' });
      await store.journal.record(run, entry([item], [useRow('each[0].a'), useRow('never.written')]));
      await store.journal.suspend(run, entry([], inside), Date.now() - 1);
      expect(await pathsOf(run.id)).toEqual(['each[0]#1', 'each[10].a#1', 'each[1].ab#1']);
      const again = await claimAgain(store, runner, run.id);
      await store.journal.finish(again.run, entry([], others), { status: 'succeeded' });
      expect(await pathsOf(run.id)).toEqual(['each[0]#1']);
    });

    it('drops nothing for a claim that is lost', async () => {
      const { run } = await claimedRun(store, runner);
      await store.journal.record(run, entry([useRow('kept')]));
      expect(await store.journal.record({ ...run, lease: { runner: newId(), claim: 1 } }, entry([], [useRow('kept')]))).toBe(false);
      expect(await pathsOf(run.id)).toEqual(['kept#1']);
    });

    it('counts an entry that only drops, or only moves a row on, as progress', async () => {
      const dead = await newRunner(store, 0);
      const { run } = await claimedRun(store, dead);
      await store.journal.record(run, entry([useRow('step', { status: 'waiting', output: undefined, resumeAt: 5 })]));
      await store.leases.reclaimExpired();
      const again = await claimAgain(store, await newRunner(store, 0), run.id);
      expect(again.run.crashes).toBe(1);
      await store.journal.record(again.run, entry([useRow('step')]));
      await store.leases.reclaimExpired();
      expect(await store.activeRun(run.id)).toMatchObject({ crashes: 1 });
    });

    it('hands over rows that wait as they are', async () => {
      const { run } = await claimedRun(store, runner);
      const waiting = useRow('nap', { kind: 'wait', status: 'waiting', resumeAt: Date.now() + 5_000, output: undefined, input: undefined });
      const marked = useRow('deadly', { status: 'started', deaths: 2, output: undefined });
      await store.journal.suspend(run, entry([waiting, marked]), Date.now() - 1);
      expect(plain((await claimAgain(store, runner, run.id)).journal)).toEqual(plain([waiting, marked]));
    });

    it('leaves the items of loops out of a claim, and gives those of one loop when asked', async () => {
      const { run } = await claimedRun(store, runner);
      const item = (path: string): StepRow => useRow(path, { kind: 'item', output: { of: path } });
      const items = Array.from({ length: 12 }, (_, index) => item(`each[${index}]`));
      const others = [
        item('other[0]'),
        item('each[3].inner[0]'),
        item('eachOther[1]'),
        useRow('each[12].a'),
        useRow('each[]', { kind: 'cursor' }),
      ];
      await store.journal.suspend(
        run,
        entry([...items, ...others, useRow('each', { kind: 'forEach', status: 'started' })]),
        Date.now() - 1,
      );
      const again = await claimAgain(store, runner, run.id);
      expect(again.journal.map(({ path }) => path).sort()).toEqual(['each', 'each[12].a', 'each[]']);
      const found = await store.journal.items(again.run, 'each');
      expect(found.map(({ path, output }) => [path, output]).sort()).toEqual(items.map(({ path, output }) => [path, output]).sort());
      expect((await store.journal.items(again.run, 'each', 1)).map(({ path }) => path)).toEqual(['each[1]']);
      expect(await store.journal.items(again.run, 'each', 12)).toEqual([]);
      expect((await store.journal.items(again.run, 'each[3].inner')).map(({ path }) => path)).toEqual(['each[3].inner[0]']);
      expect(await store.journal.items(again.run, 'nothing')).toEqual([]);
    });

    it('frees a suspended run for whoever comes when it is due', async () => {
      const { run } = await claimedRun(store, runner);
      expect(await store.journal.suspend(run, entry([useRow('first')]), Date.now() - 1)).toBe(true);
      expect(await store.leases.held(runner)).toEqual([]);
      const other = await newRunner(store);
      expect((await claimAgain(store, other, run.id)).run.lease).toEqual({ runner: other, claim: 2 });
    });

    it('keeps any JSON exactly', async () => {
      const { run } = await claimedRun(store, runner);
      const odd = JSON.parse('{"__proto__":1,"nul":"\\u0000","lone":"\\ud800","quote":"\\"\\\\{,}","n":-1.5e-300,"deep":[[[[]]]],"é":"€"}');
      const row = useRow('odd', { input: odd, output: odd });
      await store.journal.record(run, entry([row]));
      const [kept] = await store.rowsOf(run.id);
      expect([kept?.input, kept?.output].map((value) => JSON.stringify(value))).toEqual([JSON.stringify(odd), JSON.stringify(odd)]);
    });

    it('keeps the transitions of many concurrent runs apart', async () => {
      const works = await Promise.all(Array.from({ length: 40 }, () => claimedRun(store, runner)));
      const stale = { runner: newId(), claim: 1 };
      const kept = await Promise.all(
        works.map(({ run }, i) =>
          store.journal.record(i % 4 === 0 ? { ...run, lease: stale } : run, entry([useRow('step', { output: i })])),
        ),
      );
      expect(kept).toEqual(works.map((_, i) => i % 4 !== 0));
      const rows = await Promise.all(works.map(({ run }) => store.rowsOf(run.id)));
      expect(rows.map((own) => own.map(({ output }) => output))).toEqual(works.map((_, i) => (i % 4 === 0 ? [] : [i])));
    });
  });
}
