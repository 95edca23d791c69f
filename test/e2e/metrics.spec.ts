import { jest } from '@jest/globals';
import { startPrivatePostgres } from '../contract/private-postgres.js';
import { eventually, webhookFlow } from '../support/flow-files.js';
import { ANSWER_MS, startInstance, type TestInstance } from '../support/instance.js';

jest.setTimeout(300_000);

const flows = {
  credentials: { key: { type: 'api-key', in: 'header', name: 'x-key', value: { env: 'METRICS_SPEC_KEY' } } },
  ...webhookFlow('hello', {}, [{ id: 'tell', use: 'log', with: { message: '{{ trigger.body.text }}' } }]),
  ...webhookFlow('locked', { credential: 'key' }),
};

async function post({ url }: TestInstance, path: string, body: unknown): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  return (await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).status;
}

async function read({ url, token }: TestInstance): Promise<Map<string, number>> {
  const response = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(ANSWER_MS) });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
  const lines = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]));
}

it('metrics say what came in, what was refused, what ran and what stands, also while the database is away', async () => {
  const server = await startPrivatePostgres();
  const env = { DATABASE_URL: await server.newUrl(), METRICS_SPEC_KEY: 'a-key-of-the-metrics-spec' };
  const instance = await startInstance({ flows, env });
  expect((await fetch(`${instance.url}/metrics`)).status).toBe(401);
  expect((await fetch(`${instance.url}/metrics`, { headers: { authorization: 'Bearer wrong' } })).status).toBe(401);

  expect(await post(instance, '/flows/hello/hook', { text: 'hi' })).toBe(202);
  expect(await post(instance, '/flows/hello/hook', {})).toBe(202);
  expect(await post(instance, '/flows/locked/hook', {})).toBe(401);
  expect(await post(instance, '/flows/nowhere/hook', {})).toBe(404);
  const metrics = await eventually('both ends', async () => {
    const found = await read(instance);
    const ends =
      (found.get('millrace_runs_ended_total{flow="hello",status="succeeded"}') ?? 0) +
      (found.get('millrace_runs_ended_total{flow="hello",status="failed"}') ?? 0);
    // A place is free a moment after its run has ended.
    return ends === 2 && found.get('millrace_runner_slots{state="busy"}') === 0 ? found : undefined;
  });
  const expected = {
    'millrace_hook_requests_total{status="202",code=""}': 2,
    'millrace_hook_requests_total{status="401",code="credential.missing"}': 1,
    'millrace_hook_requests_total{status="404",code="flow.not-found"}': 1,
    millrace_accept_seconds_count: 2,
    'millrace_step_attempts_total{flow="hello",status="succeeded"}': 1,
    'millrace_step_attempts_total{flow="hello",status="failed"}': 1,
    millrace_dead_letters: 1,
    millrace_oldest_due_seconds: 0,
    millrace_database_up: 1,
    'millrace_runner_slots{state="busy"}': 0,
    'millrace_pending_body_bytes{door="hook"}': 0,
    'millrace_pending_body_bytes{door="resume"}': 0,
  };
  expect(Object.fromEntries(Object.keys(expected).map((name) => [name, metrics.get(name)]))).toEqual(expected);

  // What a caller chose is no label.
  expect([...metrics.keys()].filter((name) => name.includes('nowhere'))).toEqual([]);

  await server.stop();
  const away = await read(instance);
  expect([away.get('millrace_database_up'), away.get('millrace_dead_letters')]).toEqual([0, 1]);
});
