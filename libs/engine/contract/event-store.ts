import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Acceptance } from '../accept.js';
import { eventOf, newId, newRunner, queued, type OpenStore, type StoreUnderTest } from './store.js';

const HOUR_MS = 3_600_000;

/** What every EventStore has to do. */
export function describeEventStore(name: string, open: OpenStore): void {
  describe(`EventStore on ${name}`, () => {
    let store: StoreUnderTest;

    beforeEach(async () => {
      store = await open();
    });

    const withKey = (key: string, parts: Partial<Acceptance> = {}): ReturnType<typeof queued> =>
      queued({ dedupe: { key, windowMs: HOUR_MS }, ...parts });

    it.each([
      ['no bytes', Buffer.alloc(0)],
      ['NUL and invalid UTF-8', Buffer.from([0, 0xff, 0xfe, 0x7b, 0, 0xc3, 0x28])],
      ['1 MiB', Buffer.alloc(1024 * 1024, 0xa5)],
      ['JSON whose key order and big numbers matter', Buffer.from('{"b":1,"a":12345678901234567890,"b":2}')],
    ])('keeps a body of %s exactly', async (_, body) => {
      const acceptance = queued({ event: eventOf('bytes', { body }) });
      await store.events.accept(acceptance);
      const kept = await store.event(acceptance.event.id);
      expect(Buffer.compare(Buffer.from(kept!.body), body)).toBe(0);
    });

    it('keeps the request as it was', async () => {
      const event = eventOf('request', {
        url: '/flows/request/hook?q=%00&ü="\\',
        headers: { 'content-type': 'text/plain', 'x-odd': '{,}"\\\t€' },
        caller: '127.0.0.1',
        unmatched: '{{ false }}',
      });
      await store.events.accept({ event });
      expect(await store.event(event.id)).toEqual({ ...event, body: expect.anything() });
    });

    it('creates the run of an accepted event', async () => {
      const acceptance = queued();
      expect(await store.events.accept(acceptance)).toEqual({ kind: 'stored' });
      expect(await store.activeRun(acceptance.run.id)).toEqual({ status: 'queued', claim: 0, crashes: 0 });
    });

    it('creates no run for an event that matched none', async () => {
      const event = eventOf();
      await store.events.accept({ event });
      expect(await store.claims.claimDue(await newRunner(store), 10)).toEqual([]);
      expect(await store.event(event.id)).toBeDefined();
    });

    it('writes the runs of all flows that listen, each as the run of its flow', async () => {
      const runner = await newRunner(store);
      const event = eventOf('endpoints/shop', { unmatchedBy: { deaf: '{{ false }}' }, verified: { credential: 'shop', secret: 'SHOP' } });
      const error = { code: 'trigger.schema', message: 'why', step: 'trigger' };
      const listeners = [
        { id: newId(), flowId: 'one', version: 1, status: 'queued' },
        { id: newId(), flowId: 'two', version: 7, status: 'running', lease: { runner, claim: 1 } },
        { id: newId(), flowId: 'three', version: 2, status: 'failed', error },
        { id: newId(), flowId: 'four', version: 3, status: 'held' },
      ] as const;
      expect(await store.events.accept({ event, listeners })).toEqual({ kind: 'stored' });
      expect(await store.event(event.id)).toEqual({ ...event, body: expect.anything() });
      const [work] = await store.claims.claim(
        await newRunner(store),
        listeners.map(({ id }) => id),
        10,
      );
      expect(work?.run).toMatchObject({ id: listeners[0].id, flowId: 'one', version: 1, eventId: event.id });
      expect(await store.leases.held(runner)).toEqual([{ runId: listeners[1].id, claim: 1 }]);
      expect(await store.endOf(listeners[2].id)).toEqual({ status: 'failed', error });
      expect(await store.activeRun(listeners[3].id)).toMatchObject({ status: 'held' });
    });

    it('writes none of them for a duplicate, and keeps the key to the endpoint', async () => {
      const shared = (flowId: string): Acceptance => ({
        event: eventOf(flowId),
        listeners: ['one', 'two'].map((each) => ({ id: newId(), flowId: each, version: 1, status: 'queued' as const })),
        dedupe: { key: 'same', windowMs: HOUR_MS },
      });
      const [first, second, other] = [shared('endpoints/a'), shared('endpoints/a'), shared('endpoints/b')];
      const answers = await Promise.all([first, second, other].map((each) => store.events.accept(each)));
      expect(answers).toEqual([{ kind: 'stored' }, { kind: 'duplicate', eventId: first!.event.id }, { kind: 'stored' }]);
      const ids = [first, second, other].map((each) => each!.listeners!.map(({ id }) => id));
      const claimed = await store.claims.claim(await newRunner(store), ids.flat(), 10);
      expect(claimed.map(({ run }) => run.id).sort()).toEqual([...ids[0]!, ...ids[2]!].sort());
    });

    it('keeps a run that is born failed as ended, with its error', async () => {
      const error = { code: 'trigger.schema', message: 'says "why"', step: 'trigger' };
      const run = { id: newId(), version: 1, status: 'failed', error } as const;
      await store.events.accept(queued({ run }));
      expect(await store.endOf(run.id)).toEqual({ status: 'failed', error });
      expect(await store.activeRun(run.id)).toBeUndefined();
    });

    it('inserts a run claimed at birth as the claim of its runner', async () => {
      const runner = await newRunner(store);
      const acceptance = queued({ run: { id: newId(), version: 1, status: 'running', lease: { runner, claim: 1 } } });
      await store.events.accept(acceptance);
      expect(await store.claims.claim(runner, [acceptance.run.id], 1)).toEqual([]);
      expect(await store.leases.held(runner)).toEqual([{ runId: acceptance.run.id, claim: 1 }]);
    });

    it('never hands out a held run', async () => {
      const acceptance = queued({ run: { id: newId(), version: 1, status: 'held' } });
      await store.events.accept(acceptance);
      const runner = await newRunner(store);
      expect(await store.claims.claim(runner, [acceptance.run.id], 1)).toEqual([]);
      expect(await store.claims.claimDue(runner, 10)).toEqual([]);
    });

    it('stores each of 1,000 concurrent requests once', async () => {
      const all = Array.from({ length: 1_000 }, (_, i) => (i % 3 === 0 ? withKey(`key ${i}`) : queued()));
      const accepted = await Promise.all(all.map((acceptance) => store.events.accept(acceptance)));
      expect(accepted.every(({ kind }) => kind === 'stored')).toBe(true);
      const runner = await newRunner(store);
      const claimed = await store.claims.claim(
        runner,
        all.map(({ run }) => run.id),
        2_000,
      );
      expect(new Set(claimed.map(({ run }) => run.id)).size).toBe(1_000);
    });

    it('answers a repeated key with the first event', async () => {
      const first = withKey('same');
      await store.events.accept(first);
      const second = withKey('same');
      expect(await store.events.accept(second)).toEqual({ kind: 'duplicate', eventId: first.event.id });
      expect(await store.event(second.event.id)).toBeUndefined();
      expect(await store.activeRun(second.run.id)).toBeUndefined();
    });

    it('keeps keys of different flows apart', async () => {
      await store.events.accept(withKey('same', { event: eventOf('one') }));
      expect(await store.events.accept(withKey('same', { event: eventOf('two') }))).toEqual({ kind: 'stored' });
    });

    it('lets exactly one of 200 concurrent requests with five keys each have its key', async () => {
      const all = Array.from({ length: 200 }, (_, i) => withKey(`${'\0"\\'}key ${i % 5}`));
      const accepted = await Promise.all(all.map((acceptance) => store.events.accept(acceptance)));
      const winners = all.filter((_, i) => accepted[i]!.kind === 'stored');
      expect(winners).toHaveLength(5);
      const winnerOf = new Map(winners.map(({ dedupe, event }) => [dedupe!.key, event.id]));
      for (const [i, answer] of accepted.entries()) {
        if (answer.kind === 'duplicate') expect(answer.eventId).toBe(winnerOf.get(all[i]!.dedupe!.key));
      }
    });

    it('gives a key away again once its window is over', async () => {
      const old = withKey('old', { event: eventOf('contract', { receivedAt: Date.now() - 2 * HOUR_MS }) });
      await store.events.accept(old);
      const next = withKey('old');
      expect(await store.events.accept(next)).toEqual({ kind: 'stored' });
      expect(await store.events.accept(withKey('old'))).toEqual({ kind: 'duplicate', eventId: next.event.id });
    });
  });
}
