// node bench/studio-canvas.mjs [--steps 50,500,1000] [--rounds 3]
// The studio's canvas in a real browser: layout, first paint of a draft and of a run, panning, one selection, a step of a run that
// ends, size of the page; typing in the text of the same flows; and what the page weighs. Chromium draws in software, so figures
// of one machine compare with each other and with the budget, not with others.
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { createServer } from 'vite';
import { ensureBuilt } from '../scripts/ensure-built.mjs';
import { quantile as ofSorted } from './client.mjs';
import { makePlace, startMillrace } from './subject.mjs';

const { values: options } = parseArgs({
  options: { steps: { type: 'string', default: '50,500,1000' }, rounds: { type: 'string', default: '3' } },
});
const sizes = options.steps.split(',').map(Number);
const rounds = Number(options.rounds);
const PORT = 3950;
const TOKEN = 'bench-token-not-for-real-use-0123456789';
/** What the studio promises, for 500 steps: milliseconds, elements, and bytes of brotli. */
const BUDGET = { paint: 1_000, frame: 33, status: 8, elements: 11_000, entry: 188 * 1_024, 'code-view': 115 * 1_024 };

/** Steps of a watched run that wait for the other side. */
const HELD = 6;

/** Notes when the first node was there and drawn. */
const WATCH = `new MutationObserver((_, seen) => {
  if (!document.querySelector('.node')) return;
  seen.disconnect();
  requestAnimationFrame(() => requestAnimationFrame(() => (window.painted = performance.now())));
}).observe(document, { childList: true, subtree: true });`;

if (!ensureBuilt()) process.exit(1);
await layouts();
await pages();
bundles();

function flowOf(count) {
  const log = (n) => ({ id: `step${n}`, use: 'log', with: { message: `{{ trigger.body.n${n} }}` } });
  const steps = [];
  for (let n = 0; n < count; n += 10) {
    const rest = Array.from({ length: 6 }, (_, index) => log(n + index + 4));
    steps.push(log(n), { id: `step${n + 1}`, if: '{{ trigger.body.big }}', then: [log(n + 2)], else: [log(n + 3)] }, ...rest);
  }
  return { format: 1, id: `canvas-${count}`, name: `Canvas ${count}`, trigger: { type: 'webhook' }, steps };
}

/** The layout alone, as the page computes it after every change. */
async function layouts() {
  const vite = await createServer({
    configFile: 'apps/studio/vite.config.ts',
    server: { middlewareMode: true, hmr: false },
    appType: 'custom',
    logLevel: 'error',
  });
  const [{ layoutFlow }, { readFlow }] = await Promise.all(
    ['/canvas/layout.ts', '/flow/structure.ts'].map((file) => vite.ssrLoadModule(file)),
  );
  for (const count of sizes) {
    const tree = readFlow(JSON.stringify(flowOf(count)));
    const times = Array.from({ length: 50 }, () => timed(() => layoutFlow(tree)));
    say(`layout of ${count} steps`, `${quantile(times, 0.5).toFixed(2)} ms`);
  }
  await vite.close();
}

function timed(work) {
  const start = performance.now();
  work();
  return performance.now() - start;
}

/** The same with an end that does not come by itself: some requests, which the other side holds until they are let go. */
function heldFlow(count, port) {
  // What is asked for is passed by a step or two, and a flow has a thousand at most.
  const flow = flowOf(count - 2 * HELD);
  const held = Array.from({ length: HELD }, (_, n) => ({
    id: `held${n}`,
    use: 'http.request',
    with: { url: `http://127.0.0.1:${port}/${n}` },
  }));
  return { ...flow, id: `held-${count}`, name: `Held ${count}`, steps: [...flow.steps, ...held] };
}

/** Answers each request when `letGo` says so. */
async function holder() {
  const waiting = [];
  const server = createHttpServer((request, response) => waiting.push(response));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const arrived = async () => {
    while (waiting.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  const letGo = async () => {
    await arrived();
    waiting.shift().end('{}');
  };
  return { port: server.address().port, arrived, letGo, close: () => server.close() };
}

async function pages() {
  const place = makePlace(1);
  const other = await holder();
  for (const count of sizes) writeFileSync(join(place.flows, `held-${count}.json`), JSON.stringify(heldFlow(count, other.port)));
  for (const count of sizes) writeFileSync(join(place.flows, `canvas-${count}.json`), JSON.stringify(flowOf(count)));
  const subject = await startMillrace(place, { env: { MILLRACE_TOKEN: TOKEN }, port: PORT });
  const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking'];
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args });
  try {
    for (const count of sizes) {
      await canvas(browser, subject.url, count);
      await statuses(browser, subject.url, count, other);
      await typing(browser, subject.url, count);
    }
  } finally {
    other.close();
    await browser.close();
    await subject.stop();
    place.remove();
  }
}

async function canvas(browser, url, count) {
  const found = [];
  const run = await finishedRun(url, count);
  for (let round = 0; round < rounds; round += 1)
    found.push({
      ...(await visit(browser, `${url}/flows/canvas-${count}/edit?token=${TOKEN}`)),
      run: await paintOf(browser, `${url}/runs/${run}?token=${TOKEN}`),
    });
  const median = (key) =>
    quantile(
      found.map((one) => one[key]),
      0.5,
    );
  say(`${count} steps: first paint of the canvas`, judged(count, median('paint'), 'ms', BUDGET.paint));
  say(`${count} steps: first paint of a run`, judged(count, median('run'), 'ms', BUDGET.paint));
  say(`${count} steps: panning, 95 % of frames within`, judged(count, median('frame'), 'ms', BUDGET.frame));
  say(`${count} steps: script of a selection and its settings`, `${median('script').toFixed(1)} ms`);
  say(`${count} steps: elements of the page`, judged(count, median('elements'), '', BUDGET.elements));
}

/** Starts a run; answers its id. */
async function start(url, flow, count) {
  const body = JSON.stringify({ big: true, ...Object.fromEntries(Array.from({ length: count }, (_, n) => [`n${n}`, `${n}`])) });
  const headers = { 'content-type': 'application/json' };
  const sent = await fetch(`${url}/flows/${flow}/hook`, { method: 'POST', headers, body });
  const { runId, error } = await sent.json();
  if (!runId) throw new Error(`${flow} did not take its event: ${error?.message ?? sent.status}`);
  return runId;
}

async function finishedRun(url, count) {
  const id = await start(url, `canvas-${count}`, count);
  const headers = { authorization: `Bearer ${TOKEN}` };
  while ((await (await fetch(`${url}/api/v1/runs/${id}?preview=true`, { headers })).json()).finishedAt === null)
    await new Promise((resolve) => setTimeout(resolve, 100));
  return id;
}

/** A run is watched while its last steps end one after another: what the page computes for each, from the news to the drawing. */
async function statuses(browser, url, count, { arrived, letGo }) {
  const runId = await start(url, `held-${count}`, count);
  await arrived();
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.goto(`${url}/runs/${runId}?token=${TOKEN}&step=held2`);
  const spent = await scriptClock(context, page);
  await page.locator('[data-step="held0"]').waitFor();
  const times = [];
  for (let n = 0; n < HELD - 1; n += 1) {
    await arrived();
    await page.waitForTimeout(700);
    const before = await spent();
    await letGo();
    await page.locator(`[data-step="held${n}"][data-status="succeeded"]`).waitFor();
    await page.waitForTimeout(300);
    times.push((await spent()) - before);
  }
  await letGo();
  await context.close();
  say(
    `${count} steps: script of a step that ends and the next that begins`,
    judged(
      count,
      quantile(
        times.sort((a, b) => a - b),
        0.5,
      ),
      'ms',
      BUDGET.status,
    ),
  );
}

/** In the middle of the text, laid out as people do: from each key to the frame that shows it, and the scripts behind it until all is still. */
async function typing(browser, url, count) {
  const id = `text-${count}`;
  const text = JSON.stringify({ ...flowOf(count), id }, null, 2);
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` };
  const body = JSON.stringify({ text, revision: 0, base: { version: 0, hash: '' } });
  await fetch(`${url}/api/v1/flows/${id}/draft`, { method: 'PUT', headers, body });
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.goto(`${url}/flows/${id}/edit?view=text&step=step${count / 2}&token=${TOKEN}`);
  await page.getByRole('textbox', { name: 'Text of the flow' }).focus();
  await page.keyboard.type('// ');
  const spent = await scriptClock(context, page);
  const [shown, scripts] = [[], []];
  for (let press = 0; press < 20; press += 1) {
    const before = await spent();
    await page.evaluate(`addEventListener('keydown', ({ timeStamp }) =>
      requestAnimationFrame(() => setTimeout(() => (window.shownAfter = performance.now() - timeStamp))), { once: true, capture: true })`);
    await page.keyboard.press('x');
    await page.waitForTimeout(150);
    shown.push(await page.evaluate('window.shownAfter'));
    scripts.push((await spent()) - before);
  }
  await context.close();
  say(`${count} steps: from a key in the text to the frame that shows it, median`, `${quantile(shown, 0.5).toFixed(1)} ms`);
  say(`${count} steps: the same, 95 % within`, `${quantile(shown, 0.95).toFixed(1)} ms`);
  say(`${count} steps: script of a key in the text`, `${quantile(scripts, 0.5).toFixed(1)} ms`);
}

function judged(count, figure, unit, budget) {
  return `${figure.toFixed(1)} ${unit}${count === 500 ? `, ${(figure / budget).toFixed(2)} of the budget` : ''}`;
}

async function paintOf(browser, address) {
  const { context, paint } = await opened(browser, address);
  await context.close();
  return paint;
}

/** The first visit signs in and fills the cache; what is measured is a visit like those that follow. */
async function opened(browser, address) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.goto(address);
  await page.locator('.node').first().waitFor();
  await page.addInitScript(WATCH);
  await page.goto(address);
  const paint = await (await page.waitForFunction(() => window.painted)).jsonValue();
  return { context, page, paint };
}

async function visit(browser, address) {
  const { context, page, paint } = await opened(browser, address);
  const elements = await page.evaluate('document.querySelectorAll("*").length');
  const frame = quantile(await frames(page), 0.95);
  const script = await scriptOfSelection(context, page);
  await context.close();
  return { paint, elements, frame, script };
}

/** How long each frame takes while the canvas is scrolled. */
async function frames(page) {
  await page.mouse.move(600, 500);
  await page.evaluate(`(() => { const times = (window.frameTimes = []); let last = performance.now();
    const tick = (now) => { times.push(now - last); last = now; if (times.length < 90) requestAnimationFrame(tick); };
    requestAnimationFrame(tick); })()`);
  for (let turn = 0; turn < 60; turn += 1) await page.mouse.wheel(0, 40);
  await page.waitForFunction(() => window.frameTimes.length >= 90);
  return page.evaluate('window.frameTimes.slice(2)');
}

/** Milliseconds that the scripts of a page have computed for: time in which others had the processor is not theirs. */
async function scriptClock(context, page) {
  const cdp = await context.newCDPSession(page);
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await cdp.send('Performance.getMetrics');
    return 1_000 * metrics.find(({ name }) => name === 'ScriptDuration').value;
  };
}

/** From the key to the settings of the next step: two nodes, the address, and the form beside them. */
async function scriptOfSelection(context, page) {
  const spent = await scriptClock(context, page);
  await page.locator('[data-step]').first().focus();
  await page.keyboard.press('ArrowDown');
  const times = [];
  for (let press = 0; press < 10; press += 1) {
    const before = await spent();
    await page.keyboard.press('ArrowDown');
    await page.waitForTimeout(150);
    times.push((await spent()) - before);
  }
  return quantile(times, 0.5);
}

/** Bytes as they travel. The entry comes with every page, the rest with what needs it. */
function bundles() {
  const folder = 'dist/apps/studio/assets';
  for (const name of readdirSync(folder).filter((file) => /\.(js|css)\.br$/.test(file))) {
    const { size } = statSync(join(folder, name));
    const budget = name.startsWith('index-') && name.includes('.js') ? BUDGET.entry : name.startsWith('code-view-') && BUDGET['code-view'];
    say(
      name.replace(/-[\w-]{8}\./, '.').replace('.br', ', brotli'),
      `${(size / 1_024).toFixed(1)} KiB${budget ? `, ${(size / budget).toFixed(2)} of the budget` : ''}`,
    );
  }
}

function quantile(values, q) {
  return ofSorted(
    [...values].sort((a, b) => a - b),
    q,
  );
}

function say(what, figure) {
  console.log(`${what.padEnd(52)} ${figure}`);
}
