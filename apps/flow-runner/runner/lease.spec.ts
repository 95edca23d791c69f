import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { ClaimedWork } from '@millrace/engine';
import { createLogger } from '@millrace/telemetry';
import { queued } from '../../../libs/engine/contract/store.js';
import { MemoryStore } from '../../../libs/engine/memory/memory-store.js';
import { Lease } from './lease.js';

const TTL_MS = 15_000;
const BEAT_MS = 3_000;
const log = createLogger({ level: 'silent', format: 'json' });

let store: MemoryStore;
let lease: Lease;

beforeEach(async () => {
  jest.useFakeTimers();
  store = new MemoryStore(() => Date.now());
  lease = new Lease(store, log);
  await lease.start();
});

afterEach(() => {
  jest.useRealTimers();
});

/** A run that the store says is claimed by our runner, without anybody here knowing. */
async function claimedUnseen(): Promise<ClaimedWork> {
  const acceptance = queued();
  await store.accept(acceptance);
  const [work] = await store.claim(lease.runner!, [acceptance.run.id], 1);
  return work!;
}

const statusOf = ({ run }: ClaimedWork): string | undefined => store.active.get(run.id)?.status;

describe('a lease', () => {
  it('lasts as long as it is renewed', async () => {
    const name = lease.runner;
    await jest.advanceTimersByTimeAsync(10 * TTL_MS);
    expect(lease.runner).toBe(name);
  });

  it('aborts its runs when it runs out, even while its renewal is never answered', async () => {
    const run = lease.begin('run');
    store.renew = () => new Promise(() => undefined);
    await jest.advanceTimersByTimeAsync(TTL_MS);
    expect([lease.runner, run.signal.aborted]).toEqual([undefined, true]);
  });

  it('is over for us before it is over in the store', async () => {
    lease.begin((await claimedUnseen()).run.id);
    const { renew } = store;
    store.renew = async (...args) => {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      return renew.apply(store, args);
    };
    await jest.advanceTimersByTimeAsync(BEAT_MS + 1_000);
    store.renew = () => new Promise(() => undefined);
    for (let waited = 0; lease.runner !== undefined && waited < 2 * TTL_MS; waited += 10) await jest.advanceTimersByTimeAsync(10);
    expect(lease.runner).toBeUndefined();
    expect(await store.reclaimExpired()).toBe(0);
  });

  it('goes on under a new name once the store answers again', async () => {
    const name = lease.runner;
    const { renew } = store;
    store.renew = () => Promise.reject(new Error('away'));
    await jest.advanceTimersByTimeAsync(2 * TTL_MS);
    store.renew = renew;
    await jest.advanceTimersByTimeAsync(2 * BEAT_MS);
    expect(lease.runner).toBeDefined();
    expect(lease.runner).not.toBe(name);
  });

  it('gives runs of dead runners to others', async () => {
    await store.register('dead', 0);
    const acceptance = queued({ run: { id: 'r', version: 1, status: 'running', lease: { runner: 'dead', claim: 1 } } });
    await store.accept(acceptance);
    await jest.advanceTimersByTimeAsync(BEAT_MS);
    expect(store.active.get('r')).toMatchObject({ status: 'queued', crashes: 1 });
  });
});

describe('the audit', () => {
  it('gives back what the store says we hold and nobody here works on', async () => {
    const stray = await claimedUnseen();
    await jest.advanceTimersByTimeAsync(12 * BEAT_MS);
    expect([statusOf(stray), store.active.get(stray.run.id)?.crashes]).toEqual(['queued', 0]);
  });

  it('comes at the next two heartbeats after an answer was lost', async () => {
    const stray = await claimedUnseen();
    await expect(lease.watch(Promise.reject(new Error('connection lost')))).rejects.toThrow('connection lost');
    await jest.advanceTimersByTimeAsync(2 * BEAT_MS);
    expect(statusOf(stray)).toBe('queued');
  });

  it('leaves alone what is worked on', async () => {
    const work = await claimedUnseen();
    lease.begin(work.run.id);
    lease.doubt();
    await jest.advanceTimersByTimeAsync(30 * BEAT_MS);
    expect(statusOf(work)).toBe('running');
  });

  it('leaves alone what an unanswered claim may be bringing', async () => {
    const work = await claimedUnseen();
    let answer = (_: ClaimedWork[]): void => undefined;
    const watched = lease.watch(new Promise((resolve) => (answer = resolve)));
    lease.doubt();
    await jest.advanceTimersByTimeAsync(30 * BEAT_MS);
    expect(statusOf(work)).toBe('running');
    answer([work]);
    expect((await watched).map(({ work: { run } }) => run.id)).toEqual([work.run.id]);
    await jest.advanceTimersByTimeAsync(30 * BEAT_MS);
    expect(statusOf(work)).toBe('running');
  });

  it('leaves alone a later claim of a run that it missed earlier', async () => {
    const work = await claimedUnseen();
    lease.doubt();
    await jest.advanceTimersByTimeAsync(BEAT_MS);
    await store.suspend(work.run, { rows: [], drops: [] }, Date.now() - 1);
    await store.claimDue(lease.runner!, 1);
    await jest.advanceTimersByTimeAsync(BEAT_MS);
    expect(store.active.get(work.run.id)).toMatchObject({ status: 'running', claim: 2 });
  });
});

describe('draining', () => {
  it('waits for slices and for claims that are not answered yet, then gives everything back', async () => {
    const work = await claimedUnseen();
    let answer = (_: ClaimedWork[]): void => undefined;
    const watched = lease.watch(new Promise((resolve) => (answer = resolve)));
    let drained = false;
    const draining = lease.drain(60_000).then(() => (drained = true));
    await jest.advanceTimersByTimeAsync(1_000);
    answer([work]);
    const [begun] = await watched;
    await jest.advanceTimersByTimeAsync(1_000);
    expect([drained, statusOf(work)]).toEqual([false, 'running']);
    begun!.active.end();
    await draining;
    expect([statusOf(work), store.active.get(work.run.id)?.crashes]).toEqual(['queued', 0]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('aborts what takes longer than the grace, and keeps the lease until it is gone', async () => {
    const run = lease.begin('run');
    run.signal.addEventListener('abort', () => setTimeout(run.end, 2 * TTL_MS));
    const draining = lease.drain(10_000);
    await jest.advanceTimersByTimeAsync(9_999);
    expect(run.signal.aborted).toBe(false);
    await jest.advanceTimersByTimeAsync(2 * TTL_MS);
    expect([run.signal.aborted, lease.runner !== undefined]).toEqual([true, true]);
    await jest.advanceTimersByTimeAsync(1);
    await draining;
    expect(lease.runner).toBeUndefined();
  });
});
