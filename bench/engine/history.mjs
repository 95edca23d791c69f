// A long history must not slow what is new: accepting and running with a million finished runs against none.
import { load, post, sleep } from '../client.mjs';
import { startBare } from '../subject.mjs';
import { completed, flowOf, median, nothing, withWorld } from './world.mjs';

const body = Buffer.from(JSON.stringify({ id: 'evt_1', pad: 'x'.repeat(990) }));

/** As the stores write it: an event, its run that has ended, and the row of its step; ids of the last hours. */
const FILL = `
  with ids as (
    select uuidv7(make_interval(secs => -(n % 3600))) as run_id, uuidv7(make_interval(secs => -(n % 3600))) as event_id
    from generate_series(1, $1::int) as n
  ), events_made as (
    insert into events (id, flow_id, received_at, request, body)
    select event_id, 'accept-here', now(), convert_to('{"method":"POST","url":"/flows/accept-here/hook","headers":{}}', 'UTF8'), '\\x7b7d' from ids
  ), runs_made as (
    insert into finished_runs (id, event_id, flow_id, version, status, started_at, finished_at)
    select run_id, event_id, 'accept-here', 1, 'succeeded', now(), now() from ids
  )
  insert into journal (run_id, path, attempt, status, kind, started_at, finished_at, data)
  select run_id, 's', 1, 'succeeded', 'use', now(), now(), '\\x7b7d' from ids`;

export async function measure({ rounds, history, runs }) {
  const bare = await startBare();
  try {
    await withWorld([flowOf('accept-here', []), flowOf('run-here', [nothing('s')])], async (world) => {
      await completed(world, 'run-here', 500);
      const before = await figures(world, bare, rounds, runs);
      for (let made = 0; made < history; made += 100_000) await world.sql(FILL, [Math.min(100_000, history - made)]);
      await world.sql('analyze');
      await sleep(5000);
      const after = await figures(world, bare, rounds, runs);
      for (const name of ['accept', 'run']) {
        console.log(
          `${name} with ${history} finished runs: ${after[name].toFixed(3)} of bare, ${(after[name] / before[name]).toFixed(2)} of the same with none`,
        );
      }
    });
  } finally {
    bare.stop();
  }
}

/** Ratios to the bare server, measured in turn with it. */
async function figures(world, bare, rounds, runs) {
  const accept = [];
  const run = [];
  for (let round = 0; round < rounds; round += 1) {
    const floor = await load({ url: bare.url, request: post(`${bare.url}/`, body), connections: 32, seconds: 3 });
    const ours = await load({ url: world.url, request: post(`${world.url}/flows/accept-here/hook`, body), connections: 32, seconds: 3 });
    accept.push(ours.perSecond / floor.perSecond);
    run.push(runs / (await completed(world, 'run-here', runs)) / floor.perSecond);
  }
  return { accept: median(accept), run: median(run) };
}
