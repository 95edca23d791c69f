// What lanes cost: the same flow without them, with a lane of each run's own, and with all runs in one lane.
import { completed, expectSucceeded, flowOf, median, nothing, withWorld } from './world.mjs';

const FLOWS = {
  plain: { says: 'no lanes' },
  apart: { says: 'a lane of each own', concurrency: { key: '{{ trigger.id }}', limit: 1 } },
  wide: { says: 'one lane of ten', concurrency: { limit: 10 } },
  narrow: { says: 'one after the other', concurrency: { limit: 1 } },
};

export async function measure({ rounds, runs }) {
  const names = Object.keys(FLOWS);
  const flows = names.map((name) => ({ ...flowOf(name, [nothing('s')]), concurrency: FLOWS[name].concurrency }));
  await withWorld(flows, async (world) => {
    for (const name of names) await completed(world, name, 100);
    const times = Object.fromEntries(names.map((name) => [name, []]));
    // In turns, so that what the machine does besides falls on all of them.
    for (let round = 0; round < rounds; round += 1) for (const name of names) times[name].push(await completed(world, name, runs));
    const plain = median(times.plain);
    for (const name of names) {
      await expectSucceeded(world.sql, name, 100 + rounds * runs);
      const seconds = median(times[name]);
      console.log(`${FLOWS[name].says}: ${Math.round(runs / seconds)} runs/s, ratio to no lanes ${(plain / seconds).toFixed(2)}`);
    }
    const [{ n }] = await world.sql('select count(*)::int as n from lanes');
    if (n !== 0) throw new Error(`${n} lanes are left.`);
  });
}
