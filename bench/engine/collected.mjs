// What collecting costs where events are accepted: a front door alone, so that nothing but the accept is measured.
import { completedAccepts, flowOf, median, nothing, withWorld } from './world.mjs';

const FLOWS = {
  plain: { says: 'a run for each event' },
  batched: { says: 'collected into batches of 100', batch: { window: '1h', size: 100 } },
  keyed: { says: 'a collection of each own', batch: { key: '{{ trigger.id }}', window: '1h', size: 100 } },
  quiet: { says: 'collected until it is quiet', debounce: { window: '1h' } },
};

export async function measure({ rounds, runs }) {
  const names = Object.keys(FLOWS);
  const flows = names.map((name) => {
    const { batch, debounce } = FLOWS[name];
    return { ...flowOf(name, [nothing('s')]), batch, debounce };
  });
  await withWorld(
    flows,
    async ({ sql, start }) => {
      const { url } = await start('webhook-service');
      for (const name of names) await completedAccepts(url, name, 100);
      const times = Object.fromEntries(names.map((name) => [name, []]));
      for (let round = 0; round < rounds; round += 1) for (const name of names) times[name].push(await completedAccepts(url, name, runs));
      const plain = median(times.plain);
      for (const name of names) {
        await expectKept(sql, name, 100 + rounds * runs);
        const seconds = median(times[name]);
        console.log(`${FLOWS[name].says}: ${Math.round(runs / seconds)} accepts/s, ratio to a run each ${(plain / seconds).toFixed(2)}`);
      }
    },
    { apart: true },
  );
}

async function expectKept(sql, name, count) {
  const table = name === 'plain' ? 'runs' : 'collected';
  const [{ n }] = await sql(`select count(*)::int as n from ${table} where flow_id = $1`, [name]);
  if (n !== count) throw new Error(`Expected ${count} events of ${name} in ${table}, but there are ${n}.`);
}
