import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { derivedId } from '@millrace/engine';
import { startPrivatePostgres, type PrivatePostgres } from '../../test/contract/private-postgres.js';
import type { claimedRun } from '../engine/contract/index.js';
import { entry, eventOf, newId, newRunner, queued, useRow } from '../engine/contract/index.js';
import { unhurried } from './bounded.js';
import {
  dropHistory,
  ensurePartitions,
  isDatabaseAway,
  PostgresEventStore,
  PostgresHistory,
  PostgresJournal,
  PostgresOperations,
  PostgresRunStore,
  type Database,
} from './index.js';
import { dropHistoryOn, type Session } from './retention.js';

const DAY = 24 * 3600 * 1000;
const NOW = Date.now();
const OLD = NOW - 60 * DAY;
const HORIZON = NOW - 30 * DAY;
const ERROR = { code: 'http.500', message: 'It broke.', step: 'send' };

let server: PrivatePostgres;
let database: Database;
let events: PostgresEventStore;
let journal: PostgresJournal;
let runs: PostgresRunStore;
let history: PostgresHistory;
let operations: PostgresOperations;

beforeAll(async () => {
  server = await startPrivatePostgres();
}, 180_000);
afterAll(() => server.stop(), 180_000);

beforeEach(async () => {
  database = await server.newDatabase();
  const { pool } = database;
  [events, journal, history] = [new PostgresEventStore(pool), new PostgresJournal(pool), new PostgresHistory(pool)];
  [runs, operations] = [new PostgresRunStore(pool, 'retention/suite/1'), new PostgresOperations(pool)];
  await ensurePartitions(pool, OLD);
});

let made = 0;
const idOf = (time: number): string => derivedId('retention', `${(made += 1)}`, time);

/** A run whose ids are of a time, claimed and with one step journalled. */
async function began(time = OLD): Promise<Awaited<ReturnType<typeof claimedRun>>> {
  const acceptance = queued({
    event: eventOf('old', { id: idOf(time), receivedAt: time }),
    run: { id: idOf(time), version: 1, status: 'queued' },
  });
  await events.accept(acceptance);
  const runner = await newRunner({ events, journal, claims: runs, leases: runs } as never);
  const [work] = await runs.claim(runner, [acceptance.run.id], 1);
  await journal.record(work!.run, entry([useRow('send')]));
  return work!;
}

async function ended(status: 'succeeded' | 'failed', time = OLD): Promise<{ id: string; eventId: string; flowId: string }> {
  const { run } = await began(time);
  await journal.finish(run, entry([]), { status, ...(status === 'failed' && { error: ERROR }) });
  return run;
}

/** What of a run is left: itself, its event, and the rows of its journal. */
async function left({ id, eventId }: { id: string; eventId: string }): Promise<[string | undefined, boolean, number]> {
  const [run, event, rows] = await Promise.all([history.run(id), history.event(eventId), history.journal(id)]);
  return [run?.status, event !== undefined, rows.length];
}

const oldPartitions = async (): Promise<string[]> => {
  const { rows } = await database.pool.query<{ name: string }>('select inhrelid::regclass::text as name from pg_inherits order by 1');
  const before = new Date(HORIZON - 7 * DAY).toISOString().slice(0, 10).replaceAll('-', '');
  return rows.map(({ name }) => name).filter((name) => (/_(\d{8})(_kept)?$/.exec(name)?.[1] ?? '99999999') <= before);
};

describe('retention', () => {
  it('drops what lies wholly before the horizon, and nothing after it', async () => {
    const [old, recent] = [await ended('succeeded'), await ended('succeeded', NOW)];
    const round = await dropHistory(database.pool, HORIZON);
    expect(round.dropped.length).toBeGreaterThan(0);
    expect([round.shrunk, round.postponed]).toEqual([[], []]);
    expect(await left(old)).toEqual([undefined, false, 0]);
    expect(await left(recent)).toEqual(['succeeded', true, 1]);
    expect(await oldPartitions()).toEqual([]);
  });

  it('keeps dead letters with all they need until somebody has seen to them', async () => {
    const [failed, other] = [await ended('failed'), await ended('succeeded')];
    await dropHistory(database.pool, HORIZON);
    expect(await left(failed)).toEqual(['failed', true, 1]);
    expect(await left(other)).toEqual([undefined, false, 0]);
    expect((await operations.deadLetters({}, 10)).map(({ id }) => id)).toEqual([failed.id]);
    await operations.discard([failed.id], 'seen');
    await dropHistory(database.pool, HORIZON);
    expect(await left(failed)).toEqual([undefined, false, 0]);
    expect(await oldPartitions()).toEqual([]);
  });

  it('keeps what active runs need, and lets them go on, end and be found', async () => {
    const { run } = await began();
    await dropHistory(database.pool, HORIZON);
    expect(await left(run)).toEqual(['running', true, 1]);
    expect(await journal.record(run, entry([useRow('next')]))).toBe(true);
    expect(await journal.finish(run, entry([useRow('last')]), { status: 'failed', error: ERROR })).toBe(true);
    expect(await left(run)).toEqual(['failed', true, 3]);
    await dropHistory(database.pool, HORIZON);
    expect(await left(run)).toEqual(['failed', true, 3]);
  });

  it('keeps an old event that a new run was started from', async () => {
    const { eventId, flowId } = await ended('succeeded');
    await operations.rerun({ id: newId(), flowId, version: 1, status: 'queued', event: eventId, rows: [], dry: false });
    await dropHistory(database.pool, HORIZON);
    expect(await history.event(eventId)).toBeDefined();
  });

  it('is the same after a round that was cut off half way', async () => {
    const failed = await ended('failed');
    const [name] = (await oldPartitions()).filter((one) => one.startsWith('journal_'));
    await database.pool.query(`create table ${name}_kept (like journal including all)`);
    await dropHistory(database.pool, HORIZON);
    expect(await left(failed)).toEqual(['failed', true, 1]);
  });

  it('does its work once when several processes are at it', async () => {
    const failed = await ended('failed');
    const rounds = await Promise.all([1, 2, 3].map(() => dropHistory(database.pool, HORIZON)));
    const dropped = rounds.flatMap((round) => round.dropped);
    expect(new Set(dropped).size).toBe(dropped.length);
    expect(await left(failed)).toEqual(['failed', true, 1]);
  });

  it('waits for nobody who reads: it comes back later, and accepts go on', async () => {
    const old = await ended('succeeded');
    const reader = await database.pool.connect();
    try {
      await reader.query('begin');
      await reader.query('select count(*) from journal');
      const round = onOwn((client) => dropHistoryOn(client, HORIZON, { tries: 2, pauseMs: 10 }));
      await events.accept(queued());
      expect((await round).postponed.some((name) => name.startsWith('journal_'))).toBe(true);
      expect(await left(old)).toEqual([undefined, false, 1]);
    } finally {
      await reader.query('rollback');
      reader.release();
    }
    await dropHistory(database.pool, HORIZON);
    expect(await left(old)).toEqual([undefined, false, 0]);
  });

  it('has as long as it needs, where any other statement is given up', async () => {
    const client = await unhurried(database.pool);
    const slow = 'select pg_sleep(21)';
    const [own, shared] = await Promise.allSettled([client.query(slow), database.pool.query(slow)]);
    await client.end();
    expect([own.status, shared.status]).toEqual(['fulfilled', 'rejected']);
    expect(isDatabaseAway((shared as PromiseRejectedResult).reason)).toBe(true);
  });

  it('takes along what changes between the copy and the exchange', async () => {
    const [{ run }, failed] = [await began(), await ended('failed')];
    const meanwhile = {
      finished_runs: async () => void (await operations.discard([failed.id], 'seen')),
      journal: async () => void (await journal.record(run, entry([useRow('meanwhile')]))),
    };
    await onOwn((client) => dropHistoryOn(interrupted(client, meanwhile), HORIZON));
    expect(await left(run)).toEqual(['running', true, 2]);
    expect((await history.run(failed.id))?.resolution).toBe('discarded');
  });
});

/** Work on a connection that is ended afterwards. */
async function onOwn<T>(work: (client: Session) => Promise<T>): Promise<T> {
  const client = await unhurried(database.pool);
  return work(client).finally(() => client.end());
}

/** The connection, where something happens right after the first copy of each of these tables, while nothing is locked. */
function interrupted(client: Session, works: Record<string, () => Promise<void>>): Session {
  const query = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>;
  let locks = false;
  const intercepted = async (...args: unknown[]): Promise<unknown> => {
    const result = await query(...args);
    const [, table = ''] = /^insert into (\w+)_\d+_kept/.exec(String(args[0])) ?? [];
    if (['begin', 'commit', 'rollback'].includes(String(args[0]))) locks = args[0] === 'begin';
    const work = locks ? undefined : works[table];
    if (work) delete works[table];
    await work?.();
    return result;
  };
  return { query: intercepted as never };
}
