import { execFile } from 'node:child_process';
import { jest } from '@jest/globals';
import type { BulkView, OperationView, OrderedView, RerunView, RunPage } from '../../apps/control-api/index.js';
import { eventually, webhookFlow } from '../support/flow-files.js';
import { MAIN, startInstance, type TestInstance } from '../support/instance.js';

jest.setTimeout(300_000);

const TELL = (message: string): readonly object[] => [{ id: 'tell', use: 'log', with: { message } }];
const BROKEN = JSON.stringify(webhookFlow('orders', {}, TELL('{{ trigger.body.no.such }}'))['orders']);
const CAN_BE_FIXED = { n: 1 };

let instance: TestInstance;
beforeAll(async () => {
  instance = await startInstance({ flows: webhookFlow('orders', {}, TELL('n is {{ trigger.body.n }}')) });
  await post('flows/orders/versions', { text: BROKEN });
  await Promise.all(Array.from({ length: 3 }, () => send(CAN_BE_FIXED)));
  await deadLetters(3);
  await post('flows/orders/rollback', { version: 1 });
});
afterAll(() => instance.stop());

function send(body: object): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(`${instance.url}/flows/orders/hook`, { method: 'POST', headers, body: JSON.stringify(body) });
}

function post<T>(path: string, body: object = {}): Promise<T> {
  return instance.api<T>(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

function deadLetters(count: number): Promise<true> {
  return eventually(`${count} dead letters`, async () => {
    const { items } = await instance.api<RunPage>('dead-letters?flow=orders');
    return items.length === count ? true : undefined;
  });
}

function millrace(...args: string[]): Promise<string> {
  const env = { ...process.env, MILLRACE_HOME: instance.home, MILLRACE_FLOWS: instance.flows, MILLRACE_TOKEN: '' };
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], { env }, (_, out, err) => resolve(out + err));
  });
}

function escaped(text: string): string {
  return text.replace(/[.]/g, '\\.');
}

describe('after a bad version was rolled back', () => {
  it('whoever asks to repeat its dead letters is told that they would run on it once more', async () => {
    expect(await millrace('dead-letters', 'retry', '--flow', 'orders')).toBe(
      '3 ran on another version than the live one, 3: add --live to run them on that.\n3 would be run again. Say --confirm 3 to do it.\n',
    );
    expect(await millrace('dead-letters', 'retry', '--rate', '5')).toBe(
      '3 ran on another version than the one that is live now: add --live to run them on that.\nIt would be about 3. Say --confirm 3 to do it.\n',
    );
    expect(await millrace('dead-letters', 'retry', '--flow', 'orders', '--live')).toBe('3 would be run again. Say --confirm 3 to do it.\n');
  });

  it('the API counts those of another version than the live one, where that matters', async () => {
    const ids = (await instance.api<RunPage>('dead-letters')).items.map(({ id }) => id);
    expect(await post<BulkView>('dead-letters/retry', { flow: 'orders' })).toMatchObject({ count: 3, outdated: 3 });
    expect(await post<BulkView>('dead-letters/retry', { ids: ids.slice(1) })).toMatchObject({ count: 2, outdated: 2 });
    expect(await post<BulkView>('dead-letters/retry', { flow: 'orders', version: 'live' })).toMatchObject({ count: 3, outdated: 0 });
    expect(await post<OrderedView>('operations', { kind: 'rerun', flow: 'orders' })).toMatchObject({ count: 3, outdated: 3 });
    expect(await post<OrderedView>('operations', { kind: 'retry', ids })).toMatchObject({ count: 3, outdated: 3 });
    expect(await post<OrderedView>('operations', { kind: 'retry', ids, version: 'live' })).toMatchObject({ count: 3, outdated: 0 });
    expect(await post<OrderedView>('operations', { kind: 'discard', ids })).toMatchObject({ count: 3, outdated: 0 });
  });

  it('whoever repeats one by its id is told on which version it ran, and how to choose the live one', async () => {
    const [letter] = (await instance.api<RunPage>('dead-letters')).items;
    const { id } = letter!;
    const advice = `It is on version 2, as before; version 3 is live. To run it on that: millrace rerun ${id} --live\n`;
    expect(await millrace('rerun', id)).toMatch(new RegExp(`^The run \\S+ was started\\.\\n${escaped(advice)}$`));
    await deadLetters(3);
    const next = (await instance.api<RunPage>('dead-letters')).items[0]!.id;
    expect(await millrace('dead-letters', 'retry', next)).toBe(`1 of 1 was run again.\n${advice.replace(id, next)}`);
    await deadLetters(3);
    const many = (await instance.api<RunPage>('dead-letters')).items.map((run) => run.id);
    expect(await millrace('dead-letters', 'retry', ...many)).toBe(
      '3 of 3 were run again.\n3 of them ran on another version than the live one. To run one on that: millrace rerun <run> --live\n',
    );
    await deadLetters(3);
    expect(await millrace('rerun', id, '--live')).toMatch(/^The run \S+ was started\.\n$/);
    expect(await millrace('runs', '--flow', 'orders')).toMatch(/ orders \(re-run\) /);
    expect(await millrace('dead-letters')).toMatch(/ orders \(v2, re-run\) /);
    const again = await post<RerunView>(`runs/${id}/rerun`, { version: 'live' });
    expect(again).toMatchObject({ version: 3, liveVersion: 3 });
  });

  it('an operation that ran them again tells how these runs ended', async () => {
    const { operation } = await post<OrderedView>('operations', { kind: 'retry', flow: 'orders', confirm: 3 });
    const path = `operations/${operation!.id}`;
    const ended = await eventually('the end of its runs', async () => {
      const view = await instance.api<OperationView>(path);
      return view.state === 'done' && view.ended?.active === 0 ? view : undefined;
    });
    expect(ended).toMatchObject({ done: 3, failed: 0, ended: { succeeded: 0, failed: 3, cancelled: 0, filtered: 0, active: 0 } });
    expect(await millrace('operations', 'show', operation!.id)).toContain('3 of 3 were run again: 3 failed; it has ended.');
    const live = await post<OrderedView>('operations', { kind: 'retry', flow: 'orders', version: 'live', confirm: 3 });
    await eventually('the end of the others', async () => {
      const view = await instance.api<OperationView>(`operations/${live.operation!.id}`);
      return view.ended?.succeeded === 3 ? true : undefined;
    });
    const discard = await post<OrderedView>('operations', { kind: 'discard', reason: 'x', confirm: 0 });
    expect(discard.operation?.ended).toBeNull();
  });
});
