// Many runs that wait: what they cost meanwhile, and how late they wake.
import { readFileSync } from 'node:fs';
import { quantile, sleep } from '../client.mjs';
import { cpuOf } from '../subject.mjs';
import { expectSucceeded, flowOf, noneLeft, send, withWorld } from './world.mjs';

const WAIT_SECONDS = 60;
const WATCHED_SECONDS = 15;
const SETTLE_SECONDS = 5;

export async function measure({ waits }) {
  if (process.platform !== 'linux') return console.log('waits: measured on Linux only');
  await withWorld([flowOf('nap', [{ id: 'nap', wait: { for: `${WAIT_SECONDS}s` } }])], async ({ url, pid, sql }) => {
    const idle = await shareOfCore(pid, sql);
    await send(url, 'nap', waits);
    await sleep(SETTLE_SECONDS * 1000);
    const [{ n }] = await sql(`select count(*)::int as n from runs where status = 'waiting'`);
    if (n !== waits) throw new Error(`${n} runs wait instead of ${waits}; the machine is too slow for ${WAIT_SECONDS} s`);
    const waiting = await shareOfCore(pid, sql);
    console.log(`${waits} runs wait: ${waiting.toFixed(2)} % of a core, against ${idle.toFixed(2)} % idle`);
    await noneLeft(sql);
    await expectSucceeded(sql, 'nap', waits);
    const rows = await sql(
      `select (extract(epoch from finished_at - started_at) * 1000)::float8 as ms from finished_runs where flow_id = 'nap' order by ms`,
    );
    const late = rows.map(({ ms }) => ms - WAIT_SECONDS * 1000);
    console.log(
      `  woken p50 ${quantile(late, 0.5).toFixed(0)} ms, p99 ${quantile(late, 0.99).toFixed(0)} ms, at most ${late.at(-1).toFixed(0)} ms late`,
    );
  });
}

/** Percent of one core, over the instance and those processes of its database that live all the time. */
async function shareOfCore(pid, sql) {
  const before = new Map([pid, ...(await databaseProcesses(sql))].map((each) => [each, cpuOf(each)]));
  await sleep(WATCHED_SECONDS * 1000);
  const used = [...before].map(([each, then]) => Math.max(0, cpuOf(each) - then));
  return (used.reduce((sum, ms) => sum + ms, 0) / (WATCHED_SECONDS * 1000)) * 100;
}

async function databaseProcesses(sql) {
  const rows = await sql('select pid from pg_stat_activity where pid <> pg_backend_pid()');
  const parents = rows.slice(0, 1).map(({ pid }) => Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')[1]));
  return [...rows.map(({ pid }) => pid), ...parents];
}
