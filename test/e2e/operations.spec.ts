import { jest } from '@jest/globals';
import { Client } from 'pg';
import type { BulkView, EventPage, OperationView, OrderedView, RunPage } from '../../apps/control-api/index.js';
import { startPrivatePostgres } from '../contract/private-postgres.js';
import { eventually, webhookFlow } from '../support/flow-files.js';
import { ANSWER_MS, newHome, startInstance, type TestInstance } from '../support/instance.js';

jest.setTimeout(300_000);

const flows = {
  endpoints: { shop: { name: 'Shop' } },
  ...webhookFlow('hello', {}, [{ id: 'greet', set: { text: 'hi' } }]),
  ...webhookFlow('packing', { endpoint: 'shop', when: "{{ trigger.body.type = 'order' }}" }),
  ...webhookFlow('mailing', { endpoint: 'shop' }),
};

async function send({ url }: TestInstance, path: string, body: unknown): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  return ((await response.json()) as { eventId: string }).eventId;
}

function post<T>({ api }: TestInstance, path: string, body: object = {}): Promise<T> {
  return api<T>(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

function ended({ api }: TestInstance, id: string): Promise<OperationView> {
  return eventually(`the end of operation ${id}`, async () => {
    const operation = await api<OperationView>(`operations/${id}`);
    return operation.state === 'running' ? undefined : operation;
  });
}

it('an operation that was cut off by SIGKILL goes on after the restart, each item once', async () => {
  const home = await newHome();
  const first = await startInstance({ flows, home });
  const events = await Promise.all(Array.from({ length: 60 }, (_, n) => send(first, '/flows/hello/hook', { n })));
  expect(await post<OrderedView>(first, 'operations', { kind: 'replay', flow: 'hello' })).toEqual({
    count: 60,
    outdated: 0,
    operation: null,
  });
  await expect(post(first, 'operations', { kind: 'replay', flow: 'hello', confirm: 59 })).rejects.toThrow('bulk.count-changed');
  const { operation } = await post<OrderedView>(first, 'operations', { kind: 'replay', flow: 'hello', confirm: 60, perSecond: 30 });
  await eventually('some progress', async () =>
    (await first.api<OperationView>(`operations/${operation!.id}`)).done > 5 ? true : undefined,
  );
  await first.kill();
  const second = await startInstance({ flows: first.flows, home });
  expect(await ended(second, operation!.id)).toMatchObject({ state: 'done', total: 60, done: 60, failed: 0, problems: [] });
  const { items } = await second.api<RunPage>(`runs?operation=${operation!.id}&limit=200`);
  expect(items.map(({ eventId }) => eventId).sort()).toEqual([...events].sort());
  await second.stop();
});

describe('of one instance', () => {
  let instance: TestInstance;
  beforeAll(async () => void (instance = await startInstance({ flows })));
  afterAll(() => instance.stop());

  it('an event of a shared endpoint is replayed to the flows that listen and whose condition holds', async () => {
    const [order, other] = [
      await send(instance, '/endpoints/shop', { type: 'order' }),
      await send(instance, '/endpoints/shop', { type: 'x' }),
    ];
    const { operation } = await post<OrderedView>(instance, 'operations', { kind: 'replay', ids: [order, other], confirm: 2, key: 'k' });
    expect(await ended(instance, operation!.id)).toMatchObject({ done: 2, failed: 0 });
    const { items } = await instance.api<RunPage>(`runs?operation=${operation!.id}`);
    expect(items.map(({ eventId, flowId }) => [eventId, flowId]).sort()).toEqual(
      [
        [order, 'mailing'],
        [order, 'packing'],
        [other, 'mailing'],
      ].sort(),
    );
    const again = await post<OrderedView>(instance, 'operations', { kind: 'replay', ids: [order, other], confirm: 2, key: 'k' });
    expect(again.operation?.id).toBe(operation!.id);
  });

  it('one that is cancelled leaves the rest', async () => {
    const id = await send(instance, '/flows/hello/hook', {});
    const ids = [id, await send(instance, '/flows/hello/hook', {})];
    const { operation } = await post<OrderedView>(instance, 'operations', { kind: 'replay', ids, confirm: 2, perSecond: 0.01 });
    expect(await post<OperationView>(instance, `operations/${operation!.id}/cancel`)).toMatchObject({ state: 'cancelled', total: 2 });
    expect((await instance.api<{ items: { id: string }[] }>('operations')).items[0]?.id).toBe(operation!.id);
  });

  it('says what is missing in an order', async () => {
    await expect(post(instance, 'operations', { kind: 'discard', confirm: 0 })).rejects.toThrow('Say with `reason`');
    await expect(post(instance, 'operations', { kind: 'explode' })).rejects.toThrow('request.invalid');
    await expect(post(instance, 'operations', { kind: 'replay', since: 'yesterday' })).rejects.toThrow('2026-01-31T12:00:00Z');
    await expect(instance.api('operations/01920f7a-5c1e-7cc3-98c4-dc0c0c07398f')).rejects.toThrow('operation.not-found');
  });

  it('refuses what the kind would pass over, before anything is counted or done', async () => {
    const order = (body: object): Promise<unknown> => post(instance, 'operations', body);
    await expect(order({ kind: 'replay', code: 'http.503', confirm: 9 })).rejects.toThrow(
      /400.*request\.invalid.*A replay takes no `code`/,
    );
    await expect(order({ kind: 'cancel', step: 'send' })).rejects.toThrow(/A cancel takes no `step`; it takes `flow`/);
    const ids = ['01920f7a-5c1e-7cc3-98c4-dc0c0c07398f'];
    for (const path of ['runs/cancel', 'dead-letters/retry', 'dead-letters/discard'])
      await expect(
        post(instance, path, { ids, flow: 'hello', ...(path.endsWith('discard') && { reason: 'x' }), confirm: 1 }),
      ).rejects.toThrow(/400.*`ids` says exactly which/);
  });

  it('a run that is not there is no dead letter, and its sentence says so', async () => {
    const ids = ['01920f7a-5c1e-7cc3-98c4-dc0c0c07398f'];
    const { problems } = await post<BulkView>(instance, 'dead-letters/discard', { ids, reason: 'x', confirm: 1 });
    expect(problems[0]?.message).toMatch(/^There is no run /);
  });

  it('the list of events names their runs and chooses by what became of them', async () => {
    const eventId = await send(instance, '/flows/hello/hook', { needle: 'n-4711' });
    const found = await eventually('the run of the event', async () => {
      const { items } = await instance.api<EventPage>('events?q=n-4711&outcome=succeeded');
      return items[0];
    });
    expect(found).toMatchObject({ id: eventId, runs: [{ flowId: 'hello', status: 'succeeded' }] });
    expect((await instance.api<EventPage>('events?q=n-4711&outcome=none')).items).toEqual([]);
  });
});

it('a database that stands still costs an answer, not the server', async () => {
  const server = await startPrivatePostgres();
  const url = await server.newUrl();
  const instance = await startInstance({ flows, env: { DATABASE_URL: url } });
  await instance.api('runs');
  const admin = new Client({ connectionString: url });
  await admin.connect();
  const { rows } = await admin.query<{ pid: number }>(
    `select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
  );
  for (const { pid } of rows) process.kill(pid, 'SIGSTOP');
  const headers = { authorization: `Bearer ${instance.token}` };
  const ask = async (): Promise<number> =>
    (await fetch(`${instance.url}/api/v1/runs`, { headers, signal: AbortSignal.timeout(ANSWER_MS) })).status;
  const statuses = await Promise.all(Array.from({ length: 12 }, ask));
  expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([]);
  expect(statuses).toContain(503);
  expect(await ask()).toBe(200);
  for (const { pid } of rows) process.kill(pid, 'SIGCONT');
  await admin.end();
  await instance.stop();
  await server.stop();
});

it('while the database is away the control API answers 503 with a sentence', async () => {
  const server = await startPrivatePostgres();
  const url = await server.newUrl();
  const instance = await startInstance({ flows, env: { DATABASE_URL: url } });
  await send(instance, '/flows/hello/hook', {});
  await server.stop();
  const answers = await Promise.all(
    ['runs', 'events', 'status', 'activity', 'operations', 'runs/01920f7a-5c1e-7cc3-98c4-dc0c0c07398f'].map(async (path) => {
      const asked = { headers: { authorization: `Bearer ${instance.token}` }, signal: AbortSignal.timeout(ANSWER_MS) };
      const response = await fetch(`${instance.url}/api/v1/${path}`, asked).catch(() => {
        throw new Error(`${path} has no answer\n${instance.output()}`);
      });
      const { error } = (await response.json()) as { error: { code: string; message: string } };
      return [path, response.status, error.code, response.headers.get('retry-after')];
    }),
  );
  for (const [path, ...answer] of answers) expect([path, ...answer]).toEqual([path, 503, 'database.away', '2']);
  await instance.stop();
});
