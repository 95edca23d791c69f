import { afterAll } from '@jest/globals';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@millrace/postgres';
import { makeHome, removeHome } from '../../apps/millrace/demo/home.js';
import { describeQueue } from './queue.js';

let home: string;
let running: EmbeddedPostgres;

async function start(): Promise<void> {
  running = await startEmbeddedPostgres({ home, log: () => undefined });
}

async function kill(): Promise<void> {
  const gone = new Promise((resolve) => running.onExit(resolve));
  process.kill(running.pid, 'SIGKILL');
  await gone;
}

afterAll(async () => {
  await running.stop();
  await removeHome(home);
}, 180_000);

describeQueue('Postgres', async () => {
  home = await makeHome('millrace-queue-');
  await start();
  return { databaseUrl: running.url, redisUrl: undefined, kill, start };
});
