// What another step costs: flows of 1, 5, 20 and 100 component steps, each journalled before the next begins.
import { completed, expectSucceeded, flowOf, median, nothing, withWorld } from './world.mjs';

const LENGTHS = [1, 5, 20, 100];

export async function measure({ rounds, runs }) {
  const flows = LENGTHS.map((length) =>
    flowOf(
      `steps-${length}`,
      Array.from({ length }, (_, n) => nothing(`s${n}`, { with: { n } })),
    ),
  );
  await withWorld(flows, async (world) => {
    await completed(world, 'steps-1', 200);
    const figures = [];
    for (const length of LENGTHS)
      figures.push({ length, perRun: await timeOf(world, length, rounds, Math.ceil(runs / Math.sqrt(length))) });
    const [shortest] = figures;
    for (const { length, perRun } of figures) {
      const more = length === 1 ? '' : `, ${(((perRun - shortest.perRun) * 1e6) / (length - 1)).toFixed(0)} us per additional step`;
      console.log(`flow of ${length} steps: ${Math.round(1 / perRun)} runs/s, ${Math.round(length / perRun)} steps/s${more}`);
    }
  });
}

/** Seconds per run. */
async function timeOf(world, length, rounds, count) {
  const times = [];
  for (let round = 0; round < rounds; round += 1) times.push((await completed(world, `steps-${length}`, count)) / count);
  if (length > 1) await expectSucceeded(world.sql, `steps-${length}`, rounds * count);
  return median(times);
}
