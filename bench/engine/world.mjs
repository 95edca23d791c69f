// What measurements of the engine share: an instance on a database that can be looked into, and flows made on the spot.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { burst, post, quantile, sleep } from '../client.mjs';
import { makePlace, startDatabase, startMillrace } from '../subject.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const PORT = 3910;

export const nothing = (id, parts = {}) => ({ id, use: 'bench.nothing', ...parts });

/** A flow of a webhook trigger and these steps. */
export const flowOf = (id, steps) => ({ format: 1, id, trigger: { type: 'webhook' }, steps });

/**
 * A database, and on it an instance with these flows (or, with `apart`, none yet). `use` gets `{ url, sql, start }`;
 * everything is stopped and removed afterwards.
 */
export async function withWorld(flows, use, { apart = false } = {}) {
  const place = makePlace(1);
  rmSync(place.flows, { recursive: true });
  mkdirSync(place.flows);
  for (const flow of flows) writeFileSync(join(place.flows, `${flow.id}.json`), JSON.stringify(flow));
  const database = await startDatabase(place);
  const client = new pg.Client(database.url);
  await client.connect();
  const started = [];
  const start = async (app) => {
    const env = { DATABASE_URL: database.url, MILLRACE_PLUGINS: join(here, '..', 'plugins') };
    const subject = await startMillrace(place, { app, env, port: PORT + started.length });
    started.push(subject);
    return subject;
  };
  try {
    const subject = apart ? undefined : await start();
    await use({ url: subject?.url, pid: subject?.pid, sql: (text, values) => client.query(text, values).then(({ rows }) => rows), start });
  } finally {
    for (const subject of started) await subject.stop();
    await client.end();
    await database.stop();
    place.remove();
  }
}

/** Sends `count` events to a flow and resolves when no run is left; the seconds that it took. */
export async function completed({ url, sql }, flowId, count, body = {}) {
  const begun = performance.now();
  await send(url, flowId, count, body);
  await noneLeft(sql);
  return (performance.now() - begun) / 1000;
}

export function send(url, flowId, count, body = {}, connections = 32) {
  return burst({ url, request: post(`${url}/flows/${flowId}/hook`, Buffer.from(JSON.stringify(body))), connections, count });
}

/** Sends `count` events to a flow that nobody runs; the seconds until all of them were answered. */
export async function completedAccepts(url, flowId, count) {
  const begun = performance.now();
  await send(url, flowId, count);
  return (performance.now() - begun) / 1000;
}

export async function noneLeft(sql, patienceMs = 600_000) {
  const until = performance.now() + patienceMs;
  while ((await activeRuns(sql)) > 0) {
    if (performance.now() > until) throw new Error(`Runs are left after ${patienceMs / 1000} s.`);
    await sleep(20);
  }
}

export async function activeRuns(sql) {
  return Number((await sql('select count(*)::int as n from runs'))[0].n);
}

/** How runs of a flow ended, so that nothing is measured that did not work. */
export async function expectSucceeded(sql, flowId, count) {
  const rows = await sql('select status, count(*)::int as n from finished_runs where flow_id = $1 group by status', [flowId]);
  if (rows.length !== 1 || rows[0].status !== 'succeeded' || rows[0].n !== count) {
    throw new Error(`Expected ${count} runs of ${flowId} to succeed, but got ${JSON.stringify(rows)}`);
  }
}

export function median(values) {
  return quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
}
