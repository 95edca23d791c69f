// node bench/studio-lists.mjs [--events 100000] [--rounds 20]
// The lists of the control API and of the studio over a long history, and a page with a payload of 20 MB. Lists are printed as
// ratios to the first page of runs, measured in turn with them; what a person waits for in milliseconds, the 95th of 100.
import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { ensureBuilt } from '../scripts/ensure-built.mjs';
import { quantile as ofSorted } from './client.mjs';
import { makePlace, startDatabase, startMillrace } from './subject.mjs';

const { values: options } = parseArgs({
  options: { events: { type: 'string', default: '100000' }, rounds: { type: 'string', default: '20' } },
});
const EVENTS = Number(options.events);
const ROUNDS = Number(options.rounds);
const PORT = 3911;
const TOKEN = 'bench-token-not-for-real-use';
const FLOW = 'accept';
const CHROMIUM = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => path && existsSync(path));
const BIG = 20 * 1024 * 1024;

if (!ensureBuilt()) process.exit(1);
const place = makePlace(1);
writeLargeFlow();
const database = await startDatabase(place);
const server = await startMillrace(place, { env: { DATABASE_URL: database.url, MILLRACE_TOKEN: TOKEN }, port: PORT });
const pool = new pg.Pool({ connectionString: database.url, max: 2 });
try {
  const filled = await fill();
  console.log(`Node ${process.version}, ${EVENTS} events of about 1 kB with a run each, ${ROUNDS} rounds`);
  await lists(filled);
  if (CHROMIUM) await pages(filled);
  else console.log('No Chromium: set CHROMIUM to its path to measure the pages.');
} finally {
  await pool.end();
  await server.stop();
  await database.stop();
  place.remove();
}

/** As if they had come over the last half hour, which one week's partition holds: every hundredth run failed, every thousandth was cancelled. */
async function fill() {
  const now = Date.now();
  const ids = Array.from({ length: EVENTS }, (_, n) => idAt(now - Math.floor(((EVENTS - n) / EVENTS) * 1800_000)));
  for (let from = 0; from < EVENTS; from += 5_000) await insert(ids.slice(from, from + 5_000), from);
  const big = await sendBig();
  await pool.query('vacuum analyze');
  return { ids, big };
}

async function insert(ids, from) {
  const pad = 'x'.repeat(700);
  const values = [ids, from, FLOW, pad];
  await pool.query(
    `insert into events (id, flow_id, received_at, request, body)
     select id, $3, now(), convert_to('{"method":"POST","url":"/flows/${FLOW}/hook","headers":{"content-type":"application/json","x-request":"req-' || ($2 + n) || '-end"}}', 'utf8'),
       convert_to('{"order":"no-' || ($2 + n) || '-end","email":"ada@example.com","pad":"' || $4 || '"}', 'utf8')
     from unnest($1::uuid[]) with ordinality as t (id, n)`,
    values,
  );
  await pool.query(
    `insert into finished_runs (id, event_id, flow_id, version, status, started_at, finished_at, error)
     select id, id, $3, 1, case when ($2 + n) % 1000 = 0 then 'cancelled' when ($2 + n) % 100 = 0 then 'failed' else 'succeeded' end, now(), now(),
       case when ($2 + n) % 100 = 0 and ($2 + n) % 1000 > 0 then convert_to('{"code":"http.502","message":"It answered 502."}', 'utf8') end
     from unnest($1::uuid[]) with ordinality as t (id, n)`,
    values.slice(0, 3),
  );
}

/** A flow whose only step gives the whole body on. */
function writeLargeFlow() {
  const steps = [{ id: 'keep', set: { items: '{{ trigger.body.items }}' } }];
  const flow = { format: 1, id: 'large', trigger: { type: 'webhook', limit: '64mb' }, steps };
  writeFileSync(join(place.flows, 'large.json'), JSON.stringify(flow));
}

/** An event with 20 MB of JSON, and a run that gave the same; answers the ids of both. */
async function sendBig() {
  const items = Array.from({ length: BIG / 100 }, (_, n) => ({ n, sku: `SKU-${n}`, text: 'y'.repeat(50) }));
  const headers = { 'content-type': 'application/json' };
  const sent = await fetch(`${server.url}/flows/large/hook`, { method: 'POST', headers, body: JSON.stringify({ items }) });
  const { eventId, runId } = await sent.json();
  while ((await ask(`runs/${runId}?preview=true`)).finishedAt === null) await new Promise((resolve) => setTimeout(resolve, 100));
  return { event: eventId, run: runId };
}

function idAt(ms) {
  const hex = ms.toString(16).padStart(12, '0');
  const random = randomBytes(10).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${random.slice(0, 3)}-8${random.slice(3, 6)}-${random.slice(6, 18)}`;
}

async function lists({ ids, big }) {
  const middle = ids[Math.floor(EVENTS / 2)];
  const random = () => Math.floor(Math.random() * EVENTS) + 1;
  const asked = {
    'runs, first page': () => 'runs?limit=50',
    'runs, a page in the middle': () => `runs?limit=50&before=${middle}`,
    'runs that failed': () => 'runs?limit=50&status=failed',
    'runs of a flow that has none': () => 'runs?limit=50&flow=none',
    'runs that were cancelled': () => 'runs?limit=50&status=cancelled',
    'events, first page': () => 'events?limit=50',
    'events, a page in the middle': () => `events?limit=50&before=${middle}`,
    'events that made no run': () => 'events?limit=50&outcome=none',
    'one event by a value anywhere': () => `events?limit=50&q=no-${random()}-end`,
    'one event by a header anywhere': () => `events?limit=50&q=req-${random()}-end`,
    'one event by a value that is nowhere': () => 'events?limit=50&q=nobody-has-this',
    'one event by the beginning of its id': () => `events?limit=50&q=${ids[random() - 1].slice(0, 24)}`,
    'one run by a value of its event': () => `runs?limit=50&q=no-${random()}-end`,
    'activity of a day': () => 'activity',
    '20 MB, the outline': () => `events/${big.event}/value`,
    '20 MB, one branch': () => `events/${big.event}/value?at=/items&from=100000`,
    '20 MB, a path': () => `events/${big.event}/value/search?q=items%5B150000%5D.sku`,
    '20 MB, a value near its end': () => `events/${big.event}/value/search?q=SKU-199999`,
  };
  const figures = new Map(Object.keys(asked).map((name) => [name, { single: [], whole: [], requests: 0 }]));
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [name, path] of Object.entries(asked)) await measure(path(), figures.get(name));
  const base = quantile(figures.get('runs, first page').single, 0.5);
  console.log('\nControl API: one request (p95), all requests until the end (p95), ratio of the median to the first page of runs');
  for (const [name, { single, whole, requests }] of figures) {
    const ratio = (quantile(single, 0.5) / base).toFixed(1);
    const often = requests > single.length || single.length > ROUNDS ? `, ${(single.length / ROUNDS).toFixed(1)} requests` : '';
    console.log(`  ${name.padEnd(40)} ${ms(quantile(single, 0.95))} ${ms(quantile(whole, 0.95))}  × ${ratio}${often}`);
  }
}

/** A search goes on until something is found or the end is reached; any other list is asked once. */
async function measure(path, { single, whole }) {
  const began = performance.now();
  let before;
  do {
    const from = performance.now();
    const { items, next } = await ask(before ? `${path}&before=${before}` : path);
    single.push(performance.now() - from);
    before = /q=|outcome|cancelled/.test(path) && !path.includes('/value') && Array.isArray(items) && items.length === 0 ? next : undefined;
  } while (before);
  whole.push(performance.now() - began);
}

async function ask(path) {
  const response = await fetch(`${server.url}/api/v1/${path}`, { headers: { authorization: `Bearer ${TOKEN}` } });
  const body = await response.json();
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${body.error?.message}`);
  return body;
}

/** From asking for the page to the moment at which a person can use it, in a browser that has the scripts. */
async function pages({ big }) {
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
  try {
    const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
    await page.goto(`${server.url}/runs?token=${TOKEN}`);
    await page.locator('.rows-body .row').first().waitFor();
    console.log('\nStudio: from navigation to the awaited thing (median, p95)');
    const places = {
      'runs, a row': ['/runs', '.rows-body .row'],
      'events, a row': ['/events', '.rows-body .row'],
      'health, six numbers': ['/health', '.numbers'],
      'an event of 20 MB, how it begins': [`/events/${big.event}`, '.large-value .beginning:not(:empty)'],
      'an event of 20 MB, its tree': [`/events/${big.event}`, '.large-value .tree-branch'],
      'a run that gave 20 MB, how that begins': [`/runs/${big.run}?step=keep&tab=output`, '.large-value .beginning:not(:empty)'],
      'a run that gave 20 MB, its output': [`/runs/${big.run}?step=keep&tab=output`, '.large-value .tree-branch'],
    };
    for (const [name, [path, selector]] of Object.entries(places)) await opened(page, name, path, selector);
    await longestBlock(page, `/events/${big.event}`);
    await liveness(page);
  } finally {
    await browser.close();
  }
}

async function opened(page, name, path, selector) {
  const times = [];
  for (let round = 0; round < Math.min(ROUNDS, 10); round += 1) {
    await page.goto('about:blank');
    const began = performance.now();
    await page.goto(server.url + path, { waitUntil: 'commit' });
    await page.locator(selector).first().waitFor();
    times.push(performance.now() - began);
  }
  console.log(`  ${name.padEnd(40)} ${ms(quantile(times, 0.5))} ${ms(quantile(times, 0.95))}`);
}

/** The longest time for which the page could not react, while a branch of the payload was opened. */
async function longestBlock(page, path) {
  await page.goto(server.url + path);
  await page.evaluate(
    'window.longest = 0; new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) window.longest = Math.max(window.longest, duration); }).observe({ type: "longtask" })',
  );
  await page.locator('.large-value .tree-branch').first().click();
  await page.locator('.large-value .tree-branch').nth(50).waitFor();
  console.log(`  ${'20 MB, longest block while a branch opens'.padEnd(40)} ${ms(await page.evaluate('window.longest'))}`);
}

/** From sending a request to the pill that says so, over the list of 100,000. */
async function liveness(page) {
  await page.goto(`${server.url}/runs`);
  await page.locator('.rows-body .row').first().waitFor();
  await page.waitForTimeout(1_000);
  const times = [];
  for (let round = 1; round <= Math.min(ROUNDS, 20); round += 1) {
    const began = performance.now();
    await fetch(`${server.url}/flows/${FLOW}/hook`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"n":1}' });
    await page.getByText(`${round} new`, { exact: true }).waitFor();
    times.push(performance.now() - began);
    await page.waitForTimeout(300 + Math.random() * 300);
  }
  console.log(`  ${'a run started elsewhere, its pill'.padEnd(40)} ${ms(quantile(times, 0.5))} ${ms(quantile(times, 0.95))}`);
}

function quantile(values, q) {
  return ofSorted(
    [...values].sort((a, b) => a - b),
    q,
  );
}

function ms(value) {
  return `${value.toFixed(0).padStart(6)} ms`;
}
