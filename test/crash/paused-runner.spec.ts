import { expect, it, jest } from '@jest/globals';
import { openSite } from './site.js';
import { query, send, settleAndJudge, settled } from './world.js';

jest.setTimeout(300_000);

const JOURNAL = `select run_id, path, attempt, status, started_at::text, finished_at::text from journal order by run_id, path, attempt`;

it('a runner that stood still until its lease was over changes nothing when it goes on', async () => {
  const { world, databaseUrl, start } = await openSite();
  let answer = (): void => undefined;
  const answered = new Promise<void>((resolve) => (answer = resolve));
  const sent = new Promise<void>((resolve) => {
    // The first request of all is not answered before the test says so; the others are at once.
    world.think = () => {
      resolve();
      return world.arrivals.length === 1 ? answered : Promise.resolve();
    };
  });
  const [door, zombie] = await Promise.all([start('webhook-service'), start('flow-runner')]);
  world.life = 1;
  await send(world, door.url);
  await sent;
  zombie.app.signal('SIGSTOP');
  world.life = 2;
  const heir = await start('flow-runner');
  expect(await settled(databaseUrl)).toBe(0);
  const journal = await query(databaseUrl, JOURNAL);
  expect(world.arrivals.map(({ step }) => step)).toEqual(['first', 'first', 'second', 'third']);

  answer();
  zombie.app.signal('SIGCONT');
  await zombie.app.prints('The lease ran out');
  expect(await query(databaseUrl, JOURNAL)).toEqual(journal);

  // It takes part again, under a lease of its own.
  await heir.app.kill();
  world.life = 3;
  await send(world, door.url);
  expect(await settleAndJudge(world, databaseUrl, 'A runner that stood still')).toEqual([]);
  expect(world.acknowledged.size).toBe(2);
  expect(await query(databaseUrl, `${JOURNAL} limit ${journal.length}`)).toEqual(journal);
});
