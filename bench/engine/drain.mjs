// A great many queued runs that nobody has taken yet: the rate at which they drain must not fall with their number.
import { sleep } from '../client.mjs';
import { activeRuns, expectSucceeded, flowOf, nothing, send, withWorld } from './world.mjs';

export async function measure({ queued }) {
  const flows = [flowOf('queued', [nothing('s')])];
  await withWorld(
    flows,
    async ({ sql, start }) => {
      const door = await start('webhook-service');
      await send(door.url, 'queued', queued, {}, 128);
      const samples = [{ at: performance.now(), left: await activeRuns(sql) }];
      await start('flow-runner');
      while (samples.at(-1).left > 0) {
        await sleep(500);
        samples.push({ at: performance.now(), left: await activeRuns(sql) });
      }
      await expectSucceeded(sql, 'queued', queued);
      const first = rateBetween(samples, queued * 0.9, queued * 0.6);
      const last = rateBetween(samples, queued * 0.4, queued * 0.1);
      console.log(
        `${queued} queued runs drain: ${Math.round(first)} runs/s from 90 to 60 %, ${Math.round(last)} runs/s from 40 to 10 %, ratio ${(last / first).toFixed(2)}`,
      );
    },
    { apart: true },
  );
}

function rateBetween(samples, from, to) {
  const a = samples.find(({ left }) => left <= from);
  const b = samples.find(({ left }) => left <= to);
  return ((a.left - b.left) / (b.at - a.at)) * 1000;
}
