import { jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { VersionView, RunView, StepView } from '../../apps/control-api/index.js';
import { accessibilityFaults, describeInBrowser, picture, visit, type Theme, type Visitor } from '../support/browser.js';
import { startInstance, type TestInstance } from '../support/instance.js';

jest.setTimeout(300_000);

const RUN = '01920f7a-5c1e-7cc3-98c4-dc0c0c07398f';
const EVENT = '01920f7a-5c1e-7cc3-98c4-dc0c0c07398e';

const log = (id: string): object => ({ id, use: 'log', with: { message: id } });

/** Every kind of step there is, whether or not the engine beside this page knows it. */
const STEPS = [
  { id: 'order', name: 'Normalize order', set: { total: '{{ trigger.body.total }}' } },
  {
    id: 'pick',
    switch: '{{ trigger.body.kind }}',
    cases: [
      { when: 'a', steps: [log('first')] },
      { when: ['b', 'c'], steps: [log('second')] },
    ],
    default: [log('third')],
  },
  {
    id: 'each',
    name: 'Each line',
    forEach: '{{ trigger.body.lines }}',
    as: 'line',
    steps: [log('notify'), { id: 'check', if: '{{ item.n > 1 }}', then: [log('deep')] }],
  },
  { id: 'again', repeat: [log('turn')], while: '{{ steps.turn.more }}' },
  { id: 'both', parallel: { crm: [log('contact')], chat: [{ id: 'post', use: 'slack.send-message', with: { text: 'New order' } }] } },
  {
    id: 'safe',
    try: [{ id: 'risky', use: 'hubspot.upsert-contact', with: { email: 'a@b.example' } }],
    on: ['http.4xx', 'timeout'],
    catch: [log('rescue')],
    finally: [log('tidy')],
  },
  { id: 'nap', wait: { for: '10m' } },
  { id: 'sub', call: 'enrich-contact' },
  { id: 'reply', respond: { status: 200 } },
  { id: 'done', stop: { as: 'succeeded' } },
];

function row(path: string, part: Partial<StepView> = {}): StepView {
  const times = { startedAt: '2026-01-01T12:00:00.000Z', finishedAt: '2026-01-01T12:00:00.250Z' };
  const attemptLog = [{ attempt: 1, status: 'succeeded' as const, ...times, durationMs: 250, error: null }];
  return {
    path,
    kind: 'use',
    status: 'succeeded',
    attempts: 1,
    attemptLog,
    ...times,
    input: null,
    output: { ok: true },
    large: [],
    inputFile: null,
    outputFile: null,
    given: null,
    error: null,
    retryAt: null,
    resumeAt: null,
    passedOver: null,
    rateOf: null,
    resumeUrl: null,
    question: null,
    ...part,
  };
}

function runOf(steps: StepView[], status: RunView['status'] = 'succeeded'): RunView {
  const [createdAt, finishedAt] = ['2026-01-01T12:00:00.000Z', '2026-01-01T12:10:05.000Z'];
  return {
    id: RUN,
    flowId: 'made-up',
    version: 3,
    eventId: EVENT,
    status,
    createdAt,
    startedAt: createdAt,
    finishedAt,
    resumeAt: null,
    waitsFor: null,
    passedOver: 0,
    parent: null,
    rerunOf: null,
    dry: false,
    test: false,
    lane: null,
    held: false,
    pace: null,
    resolution: null,
    error: null,
    collected: null,
    steps,
  };
}

/** A page whose run and flow are made up; everything else is the instance's. */
async function openRun(
  instance: TestInstance,
  run: RunView,
  steps: object[],
  options: { readonly theme?: Theme; readonly search?: string; readonly fewFrames?: boolean } = {},
): Promise<Visitor> {
  const visitor = await visit(instance, '/welcome', options);
  const { page } = visitor;
  const flow = { format: 1, id: 'made-up', name: 'Order to CRM', trigger: { type: 'webhook' }, steps, onError: [log('alarm')] };
  const text = JSON.stringify(flow);
  const version: VersionView = { version: 3, live: true, hash: '', origin: 'folder', restored: null, createdAt: run.createdAt, text };
  await page.route(`**/api/v1/runs/${RUN}?*`, (route) => route.fulfill({ json: run }));
  await page.route('**/api/v1/flows/made-up/versions/3', (route) => route.fulfill({ json: version }));
  await page.route(`**/api/v1/events/${EVENT}`, (route) =>
    route.fulfill({ status: 404, json: { error: { code: 'event.not-found', message: 'Made up.' } } }),
  );
  await page.goto(`${instance.url}/runs/${RUN}${options.search ?? ''}`);
  await page.getByRole('region', { name: 'Flow' }).waitFor();
  return visitor;
}

function stepNamed(page: Page, name: RegExp): ReturnType<Page['locator']> {
  return page.getByRole('region', { name: 'Flow' }).getByRole('button', { name });
}

describeInBrowser('the canvas', () => {
  let instance: TestInstance;
  beforeAll(async () => void (instance = await startInstance({ flows: {} })));
  afterAll(() => instance.stop());

  const some = [
    row('order', { kind: 'set' }),
    row('pick', { kind: 'switch', output: { case: 1 } }),
    row('second'),
    ...Array.from({ length: 5 }, (_, n) =>
      row(`each[${n}]`, { kind: 'item', ...(n === 3 ? { output: { error: { code: 'http.500' } } } : {}) }),
    ),
    row('contact'),
    row('post'),
    row('risky', { status: 'failed', error: { code: 'http.404', message: 'There is no such contact.' } }),
    row('rescue'),
    row('tidy'),
    row('nap', { kind: 'wait', finishedAt: '2026-01-01T12:10:00.000Z' }),
    row('sub'),
    row('reply'),
    row('done', { kind: 'stop' }),
  ];

  it.each<Theme>(['light', 'dark'])('draws every kind of step, in the %s theme', async (theme) => {
    const visitor = await openRun(instance, runOf(some), STEPS, { theme, search: '?step=run' });
    await stepNamed(visitor.page, /^Pick/).focus();
    await visitor.page.keyboard.press('f');
    for (const name of [/Normalize order/, /^Pick/, /Each line/, /^Both/, /^Safe/, /^Nap/, /^Sub/, /^Reply/, /^Done/, /^Alarm/])
      await stepNamed(visitor.page, name).waitFor();
    await picture(visitor, `every-kind-${theme}`);
    expect(await accessibilityFaults(visitor)).toEqual([]);
    await visitor.context.close();
  });

  it('shows ten thousand iterations, finds the one that failed, and keeps its place in the address', async () => {
    const rows = Array.from({ length: 10_000 }, (_, n) =>
      row(`each[${n}]`, { kind: 'item', ...(n === 7_777 ? { status: 'failed' } : {}) }),
    );
    const { page, context } = await openRun(instance, runOf([row('order'), ...rows]), STEPS, { search: '?step=each' });
    const strip = page.getByRole('group', { name: 'Iterations' });
    await strip.getByText('7778', { exact: true }).waitFor();
    await strip.getByRole('button', { name: 'Previous iteration' }).click();
    await strip.getByText('7777', { exact: true }).waitFor();
    expect(new URL(page.url()).searchParams.get('iter')).toBe('each:7776');
    await strip.getByRole('button', { name: /^Next failed iteration/ }).click();
    await strip.getByText('7778', { exact: true }).waitFor();
    await context.close();
  });

  it('keeps a flow of five hundred steps light: only what is in view is there', async () => {
    const steps = Array.from({ length: 500 }, (_, n) => log(`step${n}`));
    const visitor = await openRun(instance, runOf(Array.from({ length: 500 }, (_, n) => row(`step${n}`))), steps, { fewFrames: true });
    await stepNamed(visitor.page, /^Step0/).waitFor();
    expect(await visitor.page.evaluate('document.querySelectorAll("*").length')).toBeLessThan(11_000);
    await stepNamed(visitor.page, /^Step1 /).focus();
    for (let press = 0; press < 20; press += 1) await visitor.page.keyboard.press('ArrowDown');
    await visitor.page.locator('[data-step="step21"]:focus').waitFor();
    await visitor.context.close();
  });

  it('collapses ten idle minutes to a mark that says so', async () => {
    const later = { startedAt: '2026-01-01T12:10:00.000Z', finishedAt: '2026-01-01T12:10:05.000Z' };
    const attemptLog = [{ attempt: 1, status: 'succeeded' as const, ...later, durationMs: 5_000, error: null }];
    const { page, context } = await openRun(instance, runOf([row('order'), row('reply', { ...later, attemptLog })]), STEPS);
    await page.getByRole('link', { name: 'Timeline' }).click();
    await page.getByText('9 m 59 s idle').or(page.getByText('10 m 00 s idle')).waitFor();
    await context.close();
  });
});
