// A loop over many items, in order and side by side: the time per item must not grow with their number.
import { completed, expectSucceeded, flowOf, median, nothing, withWorld } from './world.mjs';

const each = (parts) => [
  { id: 'each', forEach: '{{ trigger.body.items }}', steps: [nothing('s', { with: { n: '{{ item }}' } })], ...parts },
];

export async function measure({ rounds, items }) {
  const flows = [flowOf('in-order', each({})), flowOf('side-by-side', each({ concurrency: 20 }))];
  await withWorld(flows, async (world) => {
    for (const { id } of flows) {
      const few = await perItem(world, id, Math.max(1, Math.round(items / 10)), rounds);
      const many = await perItem(world, id, items, rounds);
      await expectSucceeded(world.sql, id, 2 * rounds);
      const ratio = (many / few).toFixed(2);
      console.log(`loop of ${items} items ${id}: ${(many * 1e6).toFixed(0)} us per item, ${ratio} of that of a loop of a tenth`);
    }
  });
}

/** Seconds per item. */
async function perItem(world, id, count, rounds) {
  const times = [];
  const body = { items: Array.from({ length: count }, (_, n) => n) };
  for (let round = 0; round < rounds; round += 1) times.push((await completed(world, id, 1, body)) / count);
  return median(times);
}
