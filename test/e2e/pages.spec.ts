import { jest } from '@jest/globals';
import type { RunView } from '../../apps/control-api/index.js';
import { endOf, eventually, json, webhookFlow } from '../support/flow-files.js';
import { newHome, startInstance, type TestInstance, type TestInstanceOptions } from '../support/instance.js';
import { startReceiver, type Receiver } from '../support/receiver.js';

jest.setTimeout(300_000);

const PAGES = 4;
let receiver: Receiver;
let instance: TestInstance;
let home: string;
/** Answers of page 2 are held back while this is pending. */
let held: Promise<void> | undefined;

/** Orders page by page, named in each of the ways that APIs have; a job that is done when it was asked three times. */
async function answer(path: string): Promise<{ status: number; headers?: Record<string, string>; body?: unknown }> {
  const url = new URL(path, receiver.url);
  const asked = receiver.requests.filter((request) => request.url === path).length;
  if (url.pathname === '/jobs/7') return { status: 200, body: { state: asked < 3 ? 'running' : 'done' } };
  if (url.pathname !== '/orders') return { status: 200, body: {} };
  const page = Number(url.searchParams.get('cursor') ?? url.searchParams.get('page') ?? 1) || 1;
  if (page === 2) await held;
  const next = page < PAGES ? page + 1 : undefined;
  return {
    status: 200,
    headers:
      next === undefined ? {} : { link: `<${receiver.url}/orders?page=1>; rel="first", <${receiver.url}/orders?page=${next}>; rel="next"` },
    body: { orders: [page * 10, page * 10 + 1], pages: PAGES, ...(next !== undefined && { next: String(next) }) },
  };
}

const get = (props: object): object => ({ id: 'page', use: 'http.request', with: { url: `${receiver.url}/orders`, ...props } });
const told = { id: 'told', set: { orders: '{{ steps.pages.body.orders }}' } };
const paged = (id: string, props: object, goesOn: string, limit?: number): Record<string, object> =>
  webhookFlow(id, {}, [{ id: 'pages', repeat: [get(props)], while: `{{ ${goesOn} }}`, ...(limit && { limit }) }, told]);

const CURSOR = { query: { cursor: "{{ previous.body.next ?? '' }}" } };
const NEXT_LINK = '$match(previous.headers.link, /<([^>]+)>; rel=.next/).groups[0]';

function flows(limit: number): Exclude<TestInstanceOptions['flows'], string | undefined> {
  return {
    ...paged('by-cursor', CURSOR, 'steps.page.body.next'),
    ...paged('by-number', { query: { page: '{{ index + 1 }}' } }, 'index + 1 < steps.page.body.pages'),
    ...paged('by-link', { url: `{{ ${NEXT_LINK} ?? '${receiver.url}/orders' }}` }, '$contains(steps.page.headers.link, \'rel="next"\')'),
    ...paged('limited', CURSOR, 'steps.page.body.next', limit),
    ...webhookFlow('polling', {}, [
      {
        id: 'job',
        repeat: [
          { id: 'pause', wait: { for: '50ms' } },
          { id: 'state', use: 'http.request', with: { url: `${receiver.url}/jobs/7` } },
        ],
        while: "{{ steps.state.body.state = 'running' }}",
      },
    ]),
  };
}

beforeAll(async () => {
  receiver = await startReceiver(({ url }) => answer(url));
  home = await newHome();
  instance = await startInstance({ flows: flows(2), home });
}, 180_000);

afterAll(async () => {
  await instance.stop();
  await receiver.close();
}, 60_000);

async function started(flow: string): Promise<string> {
  const response = await fetch(`${instance.url}/flows/${flow}/hook`, json({}));
  return ((await response.json()) as { runId: string }).runId;
}

async function ran(flow: string): Promise<RunView> {
  return endOf(instance, await started(flow));
}

const outputOf = ({ steps }: RunView, path: string): unknown => steps.find((step) => step.path === path)?.output;
const pagesAsked = (): number => receiver.requests.filter(({ url }) => url.startsWith('/orders')).length;

const ALL = { orders: [10, 11, 20, 21, 30, 31, 40, 41] };

it.each(['by-cursor', 'by-number', 'by-link'])('all pages of an API are read, %s', async (flow) => {
  const before = pagesAsked();
  const run = await ran(flow);
  expect([run.status, outputOf(run, 'told')]).toEqual(['succeeded', ALL]);
  expect(pagesAsked() - before).toBe(PAGES);
});

it('a job is asked about until it is done, the run waiting in between', async () => {
  const run = await ran('polling');
  expect(run.status).toBe('succeeded');
  expect((outputOf(run, 'job') as { body: { state: string } }[]).map(({ body }) => body.state)).toEqual(['running', 'running', 'done']);
});

it('too many pages are a failure that says so, and a retry with a higher limit reads only what is left', async () => {
  const run = await ran('limited');
  expect(run).toMatchObject({ status: 'failed', error: { code: 'repeat.limit', step: 'pages[2]' } });
  const text = JSON.stringify(flows(10)['limited']);
  await instance.api('flows/limited/versions', json({ text }));
  const before = pagesAsked();
  const { runId } = await instance.api<{ runId: string }>(`runs/${run.id}/rerun`, json({ from: 'failed', version: 'live' }));
  const again = await endOf(instance, runId);
  expect([again.status, outputOf(again, 'told')]).toEqual(['succeeded', ALL]);
  expect(pagesAsked() - before).toBe(2);
});

it('after SIGKILL in the middle of a page the run goes on with that page, and asks for none before it again', async () => {
  const before = pagesAsked();
  let release = (): void => undefined;
  held = new Promise((resolve) => (release = resolve));
  const runId = await started('by-cursor');
  await eventually('page 2 to be asked for', async () => (pagesAsked() - before === 2 ? true : undefined));
  await instance.kill();
  held = undefined;
  release();
  instance = await startInstance({ flows: instance.flows, home });
  const run = await endOf(instance, runId);
  expect([run.status, outputOf(run, 'told')]).toEqual(['succeeded', ALL]);
  const urls = receiver.requests.slice(-PAGES - 1).map(({ url }) => new URL(url, receiver.url).searchParams.get('cursor'));
  expect(urls).toEqual(['', '2', '2', '3', '4']);
});
