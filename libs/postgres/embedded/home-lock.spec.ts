import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acquireHomeLock } from './home-lock.js';
import { describeProcess } from './processes.js';

let home: string;
let stranger: ChildProcess | undefined;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'mr-'));
});

afterEach(async () => {
  stranger?.kill('SIGKILL');
  stranger = undefined;
  await rm(home, { recursive: true, force: true });
});

async function otherProcess(): Promise<number> {
  stranger = spawn('sleep', ['600']);
  await once(stranger, 'spawn');
  return stranger.pid as number;
}

function leaveLock(content: string): Promise<void> {
  return writeFile(join(home, 'millrace.lock'), content);
}

it('admits one at a time, and the next after release', async () => {
  const lock = await acquireHomeLock(home);
  await expect(acquireHomeLock(home)).rejects.toMatchObject({ code: 'home.locked' });
  await lock.release();
  await (await acquireHomeLock(home)).release();
  expect(await readdir(home)).toEqual([]);
});

it('names the living process that holds it', async () => {
  const pid = await otherProcess();
  await leaveLock(JSON.stringify({ pid, started: (await describeProcess(pid))?.started }));
  await expect(acquireHomeLock(home)).rejects.toMatchObject({ code: 'home.locked', message: expect.stringContaining(`pid ${pid}`) });
});

it('takes over from a process that is gone', async () => {
  const pid = await otherProcess();
  const started = (await describeProcess(pid))?.started;
  stranger?.kill('SIGKILL');
  await once(stranger as ChildProcess, 'exit');
  await leaveLock(JSON.stringify({ pid, started }));
  await acquireHomeLock(home);
  expect(await readFile(join(home, 'millrace.lock'), 'utf8')).toContain(`"pid":${process.pid}`);
});

if (process.platform !== 'win32') {
  it('takes over when the pid belongs to another process now', async () => {
    await leaveLock(JSON.stringify({ pid: await otherProcess(), started: 'long ago' }));
    await acquireHomeLock(home);
  });
}

it.each(['', 'null', '{"pid":', '"text"'])('takes over a lock file with the content %j', async (content) => {
  await leaveLock(content);
  await acquireHomeLock(home);
});

it('lets exactly one of many take over a stale lock, also past a stale guard', async () => {
  await leaveLock('{}');
  await writeFile(join(home, 'millrace.lock.takeover'), '{}');
  const results = await Promise.allSettled(Array.from({ length: 20 }, () => acquireHomeLock(home)));
  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
  expect(await readdir(home)).toEqual(['millrace.lock']);
});

it('does not release what another has taken since', async () => {
  const lock = await acquireHomeLock(home);
  await leaveLock('{"pid":1}');
  await lock.release();
  expect(await readdir(home)).toEqual(['millrace.lock']);
});
