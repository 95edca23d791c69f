import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { newHome, startInstance, type TestInstance } from '../support/instance.js';

jest.setTimeout(300_000);

const steps = [{ id: 'tell', use: 'log', with: { message: 'hi' } }];
const flows = { hello: { format: 1, id: 'hello', trigger: { type: 'webhook' }, steps } };

async function sendHello({ url }: TestInstance): Promise<string> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
  const response = await fetch(`${url}/flows/hello/hook`, init);
  expect(response.status).toBe(202);
  return ((await response.json()) as { runId: string }).runId;
}

async function postmaster(home: string): Promise<number> {
  return Number((await readFile(join(home, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0]);
}

/** A server that was orphaned may stay a zombie where nobody reaps it; its pid file goes in any case. */
async function expectNoPostgres(home: string): Promise<void> {
  await expect(postmaster(home)).rejects.toMatchObject({ code: 'ENOENT' });
}

it('stops with its PostgreSQL', async () => {
  const instance = await startInstance({ flows });
  expect(await postmaster(instance.home)).toBeGreaterThan(0);
  await instance.stop();
  expect(instance.child.exitCode).toBe(0);
  await expectNoPostgres(instance.home);
});

it('works on when nobody reads its log any more, and stops when asked', async () => {
  const instance = await startInstance({ flows });
  instance.child.stdout?.destroy();
  await sendHello(instance);
  await sendHello(instance);
  expect((await instance.api<{ version: string }>('status')).version).not.toBe('');
  await instance.stop();
  expect(instance.child.exitCode).toBe(0);
  await expectNoPostgres(instance.home);
});

it('after SIGKILL, adopts its PostgreSQL and knows every run that it acknowledged', async () => {
  const home = await newHome();
  const first = await startInstance({ flows, home });
  const runId = await sendHello(first);
  const server = await postmaster(home);
  await first.kill();
  const second = await startInstance({ flows: first.flows, home });
  expect(await postmaster(home)).toBe(server);
  expect(second.token).toBe(first.token);
  expect(await second.api(`runs/${runId}`)).toMatchObject({ id: runId, flowId: 'hello' });
  await second.stop();
  await expectNoPostgres(home);
});

it('stops the PostgreSQL that a killed instance left behind', async () => {
  const instance = await startInstance({ flows });
  await instance.kill();
  expect(await postmaster(instance.home)).toBeGreaterThan(0);
  await instance.stop();
  await expectNoPostgres(instance.home);
});

it('says what the instance said when it cannot start', async () => {
  await expect(startInstance({ flows, env: { PORT: 'many' } })).rejects.toThrow('PORT must be a whole number');
});
