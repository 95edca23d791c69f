import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, realpath } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { describeProcess, pidIsTaken } from './processes.js';

it('tells a running process from one that is gone', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await once(child, 'spawn');
  const pid = child.pid as number;
  const found = await describeProcess(pid);
  expect(found?.name).toContain('node');
  expect((await describeProcess(pid))?.started).toBe(found?.started);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await describeProcess(pid)).toBeUndefined();
});

if (process.platform === 'linux') {
  it('knows where a process works', async () => {
    expect((await describeProcess(process.pid))?.cwd).toBe(await realpath(process.cwd()));
  });

  it('does not count a zombie, which kill(pid, 0) still finds', async () => {
    // The shell becomes a sleep, which never reaps the shell's child.
    const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 600']);
    const [printed] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(printed.toString());
    while (!/\) Z /.test(await readFile(`/proc/${pid}/stat`, 'utf8'))) await delay(5);
    expect(pidIsTaken(pid)).toBe(true);
    expect(await describeProcess(pid)).toBeUndefined();
    parent.kill('SIGKILL');
  });
}
