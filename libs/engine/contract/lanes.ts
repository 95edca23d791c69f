import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Accepted, ListenerRun, NewRun } from '../accept.js';
import type { UseRate } from '../allowances.js';
import type { ClaimedRun, Lane, Priority, RunEnd } from '../records.js';
import { claimAgain, entry, eventOf, newId, newRunner, queued, useRow, type StoreUnderTest } from './store.js';

/** What the suite of lanes needs beside the ports. */
export interface LaneStore extends StoreUnderTest {
  cancel(ids: readonly string[]): Promise<string[]>;
  /** Gives the flow `contract` a rate, or none. */
  setRate(rate: UseRate | undefined): Promise<void>;
  /** What the live version of a flow says; undefined: nothing. */
  setPriority(flowId: string, priority: Priority | undefined): Promise<void>;
  /** Lets go what was held of the flow `contract`. */
  release(): Promise<void>;
}

export type OpenLaneStore = () => Promise<LaneStore>;

export function inLane(key: string, limit = 1, run: Partial<NewRun> = {}): ReturnType<typeof queued> {
  const lane: Lane = { key, limit };
  return queued({ run: { id: newId(), version: 1, status: 'queued', lane, ...run } });
}

/** What every store has to do with runs that stand in line. */
export function describeLanes(name: string, open: OpenLaneStore): void {
  describe(`Lanes on ${name}`, () => {
    let store: LaneStore;
    let runner: string;

    beforeEach(async () => {
      store = await open();
      runner = await newRunner(store);
    });

    const accept = async (...acceptances: ReturnType<typeof inLane>[]): Promise<Accepted[]> =>
      Promise.all(acceptances.map((each) => store.events.accept(each)));
    const statusOf = async ({ run }: { readonly run: { readonly id: string } }): Promise<string | undefined> =>
      (await store.activeRun(run.id))?.status;
    const claim = async (...acceptances: ReturnType<typeof inLane>[]): Promise<ClaimedRun[]> =>
      (
        await store.claims.claim(
          runner,
          acceptances.map(({ run }) => run.id),
          100,
        )
      ).map(({ run }) => run);
    const finish = (run: ClaimedRun | undefined, status: RunEnd = 'succeeded'): Promise<boolean> =>
      store.journal.finish(run!, entry([]), { status, ...(status === 'failed' && { error: { code: 'x', message: 'y' } }) });

    it('lets as many in as its limit says, and hands out none of the others', async () => {
      const all = Array.from({ length: 5 }, () => inLane('a', 2));
      const answers = await accept(...all);
      expect(answers).toEqual(all.map(({ run }, i) => (i < 2 ? { kind: 'stored' } : { kind: 'stored', behind: [run.id] })));
      expect((await claim(...all)).map(({ id }) => id)).toEqual(all.slice(0, 2).map(({ run }) => run.id));
      expect(await store.claims.claimDue(runner, 100)).toEqual([]);
    });

    it.each(['succeeded', 'failed', 'filtered', 'cancelled'] as const)(
      'gives the turn of a run that %s to the next, at once',
      async (end) => {
        const [first, second, third] = [inLane('a'), inLane('a'), inLane('a')];
        await accept(first, second, third);
        const [run] = await claim(first);
        expect(run).toMatchObject({ laned: true });
        await finish(run, end);
        const due = await store.claims.claimDue(runner, 10);
        expect(due.map((work) => work.run.id)).toEqual([second.run.id]);
        expect(await statusOf(third)).toBe('behind');
      },
    );

    it('keeps lanes of other keys, of other flows, and runs without any, apart', async () => {
      const other = queued({ event: eventOf('other'), run: { id: newId(), version: 1, status: 'queued', lane: { key: 'a', limit: 1 } } });
      const all = [inLane('a'), inLane('b'), inLane('c\0"\\'), other, queued()];
      expect(await accept(...all)).toEqual(all.map(() => ({ kind: 'stored' })));
      expect(await claim(...all)).toHaveLength(5);
    });

    it('keeps the turn of a run that waits', async () => {
      const [first, second] = [inLane('a'), inLane('a')];
      await accept(first, second);
      const [run] = await claim(first);
      await store.journal.suspend(run!, entry([useRow('nap', { status: 'waiting' })]), Date.now() - 1);
      expect(await statusOf(second)).toBe('behind');
      const again = await claimAgain(store, runner, first.run.id);
      await finish(again.run);
      expect(await claim(second)).toHaveLength(1);
    });

    it('keeps the turn of a run whose runner died', async () => {
      const [first, second] = [inLane('a'), inLane('a')];
      await accept(first, second);
      const dying = await newRunner(store, 0);
      await store.claims.claim(dying, [first.run.id], 1);
      await store.leases.reclaimExpired();
      expect(await statusOf(second)).toBe('behind');
      await finish((await claimAgain(store, runner, first.run.id)).run);
      expect(await claim(second)).toHaveLength(1);
    });

    it('lets a zombie free nothing', async () => {
      const [first, second] = [inLane('a'), inLane('a')];
      await accept(first, second);
      const [zombie] = await claim(first);
      await store.leases.giveBack(runner, [{ runId: first.run.id, claim: 1 }]);
      const [again] = await claim(first);
      expect(await finish(zombie)).toBe(false);
      expect(await statusOf(second)).toBe('behind');
      expect(await finish(again)).toBe(true);
      expect(await statusOf(second)).toBe('queued');
    });

    it('claims at birth the one that has its turn, and nobody behind it', async () => {
      const born = (): ReturnType<typeof inLane> => inLane('a', 1, { status: 'running', lease: { runner, claim: 1 } });
      const [first, second] = [born(), born()];
      expect(await accept(first, second)).toEqual([{ kind: 'stored' }, { kind: 'stored', behind: [second.run.id] }]);
      expect(await store.leases.held(runner)).toEqual([{ runId: first.run.id, claim: 1 }]);
      await store.leases.reclaimOrphans();
      const run = { id: first.run.id, flowId: 'contract', version: 1, eventId: first.event.id, startedAt: 0, crashes: 0, laned: true };
      expect(await finish({ ...run, lease: { runner, claim: 1 } })).toBe(true);
      expect(await claim(second)).toMatchObject([{ id: second.run.id, lease: { claim: 1 } }]);
    });

    it('gives the runs of one event each their own lane, and says which stand in line', async () => {
      const listeners = (): ListenerRun[] =>
        ['one', 'two'].map((flowId) => ({
          id: newId(),
          flowId,
          version: 1,
          status: 'queued',
          lane: { key: flowId, limit: flowId === 'one' ? 1 : 9 },
        }));
      const [first, second] = [listeners(), listeners()];
      expect(await store.events.accept({ event: eventOf('endpoints/x'), listeners: first })).toEqual({ kind: 'stored' });
      const accepted = await store.events.accept({ event: eventOf('endpoints/x'), listeners: second });
      expect(accepted).toEqual({ kind: 'stored', behind: [second[0]!.id] });
    });

    it('gives no place to a duplicate, nor to a run that is born failed', async () => {
      const dedupe = { key: 'same', windowMs: 60_000 };
      const first = inLane('a');
      await store.events.accept({ ...first, dedupe });
      await store.events.accept({ ...inLane('a'), dedupe });
      await accept(inLane('a', 1, { status: 'failed', error: { code: 'x', message: 'y' } }));
      const last = inLane('a');
      await accept(last);
      const [run] = await claim(first);
      await finish(run);
      expect(await claim(last)).toHaveLength(1);
    });

    it('hands over what is cancelled, wherever it stands', async () => {
      const all = Array.from({ length: 6 }, () => inLane('a'));
      await accept(...all);
      const [first, second, third, fourth, fifth, sixth] = all as [(typeof all)[0], ...typeof all];
      await claim(first);
      expect(await store.cancel([third!.run.id])).toEqual([third!.run.id]);
      expect(await statusOf(second!)).toBe('behind');
      await store.cancel([first.run.id]);
      expect(await statusOf(second!)).toBe('queued');
      await store.cancel([second!.run.id, fourth!.run.id]);
      expect(await statusOf(fifth!)).toBe('queued');
      const [run] = await claim(fifth!);
      await store.journal.suspend(run!, entry([]), Date.now() + 60_000);
      await store.cancel([fifth!.run.id]);
      expect(await statusOf(sixth!)).toBe('queued');
      await store.cancel([sixth!.run.id]);
      const next = inLane('a');
      expect(await accept(next)).toEqual([{ kind: 'stored' }]);
    });

    it('lets nobody overtake what is held, and lets that go in its order', async () => {
      const [held, alsoHeld, later] = [inLane('a', 1, { status: 'held' }), inLane('a', 1, { status: 'held' }), inLane('a')];
      await accept(held, alsoHeld, later);
      expect(await statusOf(later)).toBe('behind');
      expect(await claim(held, alsoHeld, later)).toEqual([]);
      await store.release();
      for (const each of [held, alsoHeld, later]) {
        const [run, ...others] = await claim(held, alsoHeld, later);
        expect([run?.id, others]).toEqual([each.run.id, []]);
        await finish(run);
      }
    });

    it('goes by the limit of the newest run, and lets in as many as that has room for', async () => {
      const all = [inLane('a', 1), inLane('a', 1), inLane('a', 1), inLane('a', 3)];
      for (const each of all) await accept(each);
      const [first] = await claim(...all);
      await finish(first);
      expect((await claim(...all)).map(({ id }) => id)).toEqual(all.slice(1).map(({ run }) => run.id));
      const fewer = [inLane('a', 1), inLane('a', 1)];
      await accept(...fewer);
      expect(await claim(...fewer)).toEqual([]);
    });
  });
}
