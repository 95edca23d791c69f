import { afterAll, beforeAll } from '@jest/globals';
import type { RunEnd } from '@millrace/engine';
import {
  PostgresEventStore,
  PostgresHistory,
  PostgresJournal,
  PostgresResumptionStore,
  PostgresRunStarter,
  PostgresRunStore,
  type Database,
} from '@millrace/postgres';
import { flowCalls } from '../../apps/flow-runner/calls.js';
import { describeCalls, describeResumptions, type CallStore, type ResumptionStore } from '../../libs/engine/contract/index.js';
import { startPrivatePostgres, type PrivatePostgres } from './private-postgres.js';

let server: PrivatePostgres;
let database: Database;

beforeAll(async () => {
  server = await startPrivatePostgres();
  database = await server.newDatabase();
}, 180_000);

afterAll(() => server.stop(), 180_000);

async function open(): Promise<CallStore & ResumptionStore> {
  const { pool } = database;
  await pool.query('truncate events, runs, finished_runs, journal, dedupe_keys, runners, resumptions');
  const runs = new PostgresRunStore(pool, 'contract/calls/1');
  const history = new PostgresHistory(pool);
  const resumptions = new PostgresResumptionStore(pool);
  const callable = new Set<string>();
  const flow = (id: string) =>
    callable.has(id)
      ? { id, version: 1, enabled: true, rules: undefined, credential: undefined, problems: [], trigger: { type: 'call' as const } }
      : undefined;
  return {
    events: new PostgresEventStore(pool),
    journal: new PostgresJournal(pool),
    claims: runs,
    leases: runs,
    calls: flowCalls({
      catalog: { flow },
      flows: { find: () => Promise.resolve(null) },
      starter: new PostgresRunStarter(pool),
      ring: () => undefined,
    }),
    callable: async (id) => void callable.add(id),
    resumptions: { url: (runId, path) => `${runId}/${path}`, find: (runId, path) => resumptions.find(runId, path) },
    resume: async (runId, path, body) => {
      const request = { method: 'POST', url: '/', headers: {}, caller: '127.0.0.1' };
      await resumptions.resume({ runId, path, receivedAt: Date.now(), request, body });
    },
    activeRun: async (id) => (await pool.query('select status, claim, crashes from runs where id = $1', [id])).rows[0],
    endOf: async (id) => {
      const active = await pool.query('select from runs where id = $1', [id]);
      const run = await history.run(id);
      if (!run || active.rowCount !== 0) return undefined;
      return { status: run.status as RunEnd, ...(run.error && { error: run.error }) };
    },
    event: (id) => history.event(id),
    rowsOf: (id) => history.journal(id),
  };
}

describeCalls('Postgres', open);
describeResumptions('Postgres', open);
