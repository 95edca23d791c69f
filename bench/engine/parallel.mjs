// Twenty branches side by side against the same twenty steps one after another.
import { completed, expectSucceeded, flowOf, median, nothing, withWorld } from './world.mjs';

const BRANCHES = 20;

export async function measure({ rounds, runs }) {
  const steps = Array.from({ length: BRANCHES }, (_, n) => nothing(`s${n}`, { with: { n } }));
  const parallel = Object.fromEntries(steps.map((step, n) => [`b${n}`, [step]]));
  const flows = [flowOf('sequence', steps), flowOf('branches', [{ id: 'all', parallel }])];
  const count = Math.ceil(runs / 4);
  await withWorld(flows, async (world) => {
    const sequence = await perRun(world, 'sequence', count, rounds);
    const branches = await perRun(world, 'branches', count, rounds);
    console.log(
      `${BRANCHES} branches side by side: ${Math.round(1 / branches)} runs/s, ${(sequence / branches).toFixed(2)} times the ${Math.round(1 / sequence)} runs/s of the same steps one after another`,
    );
  });
}

async function perRun(world, id, count, rounds) {
  const times = [];
  for (let round = 0; round < rounds; round += 1) times.push((await completed(world, id, count)) / count);
  await expectSucceeded(world.sql, id, rounds * count);
  return median(times);
}
