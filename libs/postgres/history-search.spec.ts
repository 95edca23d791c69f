import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPrivatePostgres, type PrivatePostgres } from '../../test/contract/private-postgres.js';
import { eventOf, newId, queued } from '../engine/contract/index.js';
import { PostgresActivity, PostgresChanges, PostgresEventStore, PostgresHistory, PostgresRefusalStore, type Database } from './index.js';

let server: PrivatePostgres;
let database: Database;
let history: PostgresHistory;

beforeAll(async () => {
  server = await startPrivatePostgres();
  database = await server.newDatabase();
  history = new PostgresHistory(database.pool);
}, 180_000);

afterAll(() => server.stop(), 180_000);

async function accepted(body: string, flowId = 'searched'): Promise<{ readonly eventId: string; readonly runId: string }> {
  const acceptance = queued({ event: eventOf(flowId, { body: Buffer.from(body) }) });
  await new PostgresEventStore(database.pool).accept(acceptance);
  return { eventId: acceptance.event.id, runId: acceptance.run.id };
}

/** A run that has ended, written as the journal would. */
async function ended(flowId: string, status: string, at: number): Promise<string> {
  const id = idAt(at);
  const error = status === 'failed' ? Buffer.from('{"code":"http.500","message":"It broke."}') : null;
  await database.pool.query(
    `insert into finished_runs (id, event_id, flow_id, version, status, started_at, finished_at, error)
     values ($1, $1, $2, 1, $3, to_timestamp($4 / 1000.0), to_timestamp($4 / 1000.0 + 0.25), $5)`,
    [id, flowId, status, at, error],
  );
  return id;
}

/** A fresh id with this time in front. */
function idAt(at: number): string {
  const hex = at.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}${newId().slice(13)}`;
}

describe('searching', () => {
  it('finds events and their runs by any text of the body, letter by letter', async () => {
    const { eventId, runId } = await accepted('{"order":"Ünïcode-4711","note":"50%_off"}');
    await accepted('{"order":"4712"}');
    for (const search of ['Ünïcode-4711', '50%_off']) {
      expect((await history.events({ search, limit: 9 })).items.map(({ id }) => id)).toEqual([eventId]);
      expect((await history.runs({ search, limit: 9 })).items.map(({ id }) => id)).toEqual([runId]);
    }
    expect((await history.events({ search: 'ünïcode-4711', limit: 9 })).items).toEqual([]);
    expect((await history.runs({ search: '50%xoff', limit: 9 })).items).toEqual([]);
  });

  it('finds by the beginning of an id', async () => {
    const { eventId, runId } = await accepted('{}');
    expect((await history.runs({ search: runId.slice(0, 30), limit: 9 })).items.map(({ id }) => id)).toEqual([runId]);
    expect((await history.events({ search: eventId, limit: 9 })).items.map(({ id }) => id)).toEqual([eventId]);
  });

  it('keeps to the time that is asked for', async () => {
    const { eventId } = await accepted('{"when":"now"}');
    expect((await history.events({ search: '"now"', since: Date.now() - 60_000, limit: 9 })).items.map(({ id }) => id)).toEqual([eventId]);
    expect((await history.events({ search: '"now"', since: Date.now() + 60_000, limit: 9 })).items).toEqual([]);
    expect((await history.runs({ since: Date.now() + 60_000, limit: 9 })).items).toEqual([]);
  });

  it('finds refusals by reason, code, status and request, and one by its id', async () => {
    const refusals = new PostgresRefusalStore(database.pool, (error) => expect(error).toBeUndefined());
    const id = newId();
    const request = { method: 'POST', url: '/flows/searched/hook?x=needle', headers: {}, caller: '127.0.0.1' };
    refusals.keep({
      id,
      flowId: 'searched',
      at: Date.now(),
      status: 401,
      code: 'credential.mismatch',
      reason: 'It was signed otherwise.',
      ...request,
    });
    await refusals.drained();
    for (const search of ['signed otherwise', 'credential.mismatch', '401', 'needle'])
      expect((await history.refusals({ search, limit: 9 })).items.map((refusal) => refusal.id)).toEqual([id]);
    expect(await history.refusal(id)).toMatchObject({ code: 'credential.mismatch', request: { url: request.url } });
    expect(await history.refusal(newId())).toBeUndefined();
  });
});

describe('PostgresChanges', () => {
  it('sees what is new, what moves, and what has ended since it was active', async () => {
    const changes = new PostgresChanges(database.pool);
    const { eventId, runId } = await accepted('{}', 'watched');
    const first = await changes.look(Date.now(), []);
    expect(first).toContainEqual({ kind: 'event', id: eventId, flowId: 'watched', status: '', state: '' });
    expect(first.find(({ id }) => id === runId)).toMatchObject({ kind: 'run', status: 'queued' });
    const old = await ended('watched', 'succeeded', Date.now() - 3_600_000);
    expect((await changes.look(Date.now(), [])).some(({ id }) => id === old)).toBe(false);
    expect((await changes.look(Date.now(), [old])).find(({ id }) => id === old)).toMatchObject({ status: 'succeeded', state: 'ended' });
  });

  it('does not find again what is older than its overlap', async () => {
    const { eventId } = await accepted('{}', 'watched');
    expect((await new PostgresChanges(database.pool).look(Date.now() + 60_000, [])).some(({ id }) => id === eventId)).toBe(false);
  });
});

describe('PostgresActivity', () => {
  it('counts by the hour, and says since when a flow fails', async () => {
    const hour = 3_600_000;
    const from = Math.floor(Date.now() / hour) * hour - 2 * hour;
    await ended('active', 'failed', from + 1_000);
    await ended('active', 'succeeded', from + hour);
    const since = await ended('active', 'failed', from + hour + 1_000);
    const latest = await ended('active', 'failed', from + 2 * hour);
    await ended('active', 'failed', from - 1_000);
    await ended('well', 'succeeded', from + 1_000);
    const found = await new PostgresActivity(database.pool).since(from, 3);
    expect(found.find(({ flowId }) => flowId === 'active')).toEqual({
      flowId: 'active',
      hours: [
        { runs: 1, failed: 1 },
        { runs: 2, failed: 1 },
        { runs: 1, failed: 1 },
      ],
      runs: 4,
      failed: 3,
      refused: 0,
      p50Ms: 250,
      p95Ms: 250,
      lastRun: { id: latest, status: 'failed' },
      lastFailure: { id: latest, error: { code: 'http.500', message: 'It broke.' } },
      failing: { runs: 2, since },
    });
    expect(found.find(({ flowId }) => flowId === 'well')).toMatchObject({ failed: 0, lastFailure: null, failing: null });
  });

  it('says how fast events were delivered, and how many runs wait for another attempt', async () => {
    const activity = new PostgresActivity(database.pool);
    await database.pool.query('truncate finished_runs, runs, journal');
    const from = Date.now() - 60_000;
    expect(await activity.delivery(from)).toEqual({ p50Ms: null, p95Ms: null });
    for (let n = 0; n < 3; n += 1) await ended('quick', 'succeeded', from + n);
    await ended('quick', 'failed', from + 9);
    expect(await activity.delivery(from)).toEqual({ p50Ms: 250, p95Ms: 250 });
    const [waiting, timed] = [await accepted('{}', 'retried'), await accepted('{}', 'timed')];
    await database.pool.query("update runs set status = 'waiting' where id = any ($1)", [[waiting.runId, timed.runId]]);
    const row = `insert into journal (run_id, path, attempt, status, kind, started_at, finished_at, data) values ($1, $2, $3, $4, 'use', now(), now(), '{}')`;
    await database.pool.query(row, [waiting.runId, 'send', 1, 'retrying']);
    await database.pool.query(row, [timed.runId, 'send', 1, 'retrying']);
    await database.pool.query(row, [timed.runId, 'send', 2, 'succeeded']);
    expect(await activity.retries()).toBe(1);
    expect(await activity.databaseBytes()).toBeGreaterThan(1_000_000);
  });

  it('names the run that waits longest for a runner', async () => {
    await database.pool.query('truncate runs');
    const { runId } = await accepted('{}', 'first-in-line');
    await accepted('{}', 'second-in-line');
    expect(await new PostgresActivity(database.pool).oldestQueued()).toEqual({ id: runId, flowId: 'first-in-line' });
  });
});
