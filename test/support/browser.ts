import { existsSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe } from '@jest/globals';
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type ConsoleMessage, type Page } from 'playwright-core';
import type { TestInstance } from './instance.js';

/** Debian's place and the usual others; `CHROMIUM` names another one. */
const PLACES = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/google-chrome'];
const EXECUTABLE = PLACES.find((place) => place !== undefined && existsSync(place));

/** A background that calls home would be a request to a stranger, and a test that depends on the network. */
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-extensions',
];

/** How many times slower the browser is made, to find tests (and pages) that work on a fast machine only. */
const SLOWER = Number(process.env['MILLRACE_SLOW_BROWSER'] ?? 1);
const LAG_MS = 150;

/** A suite in a real browser; skipped with a line that says how to enable it where there is none. */
export const describeInBrowser: typeof describe | typeof describe.skip = EXECUTABLE === undefined ? describe.skip : describe;

let browser: Promise<Browser> | undefined;

/** What `environment.mjs` shows of a test that fails. */
const openPages = new Set<Page>();
Object.assign(globalThis, { openPages });

const shots = mkdtemp(join(tmpdir(), 'millrace-screenshots-'));

afterAll(async () => {
  await (await browser)?.close();
}, 30_000);

export interface Visitor {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the page complained about: errors of scripts, refused resources, breaches of the policy. */
  readonly complaints: readonly string[];
}

export type Theme = 'light' | 'dark';

export interface VisitOptions {
  readonly theme?: Theme;
  readonly width?: number;
  readonly height?: number;
  /** Draws five frames a second, as a machine does that has no time: keys then come between two of them. */
  readonly fewFrames?: boolean;
  /** Clicks give no focus to buttons, as in Safari. */
  readonly safariClicks?: boolean;
}

/** A browser of its own, signed in by the link that the instance prints. */
export async function visit(instance: TestInstance, path = '/', options: VisitOptions = {}): Promise<Visitor> {
  const visitor = await stranger(options);
  await visitor.page.goto(`${instance.url}${path}${path.includes('?') ? '&' : '?'}token=${instance.token}`);
  return visitor;
}

/** A browser that has not signed in. */
export async function stranger({
  theme = 'light',
  width = 1440,
  height = 900,
  fewFrames = SLOWER > 1,
  safariClicks = false,
}: VisitOptions = {}): Promise<Visitor> {
  browser ??= chromium.launch({ executablePath: EXECUTABLE, args: ARGS });
  const settings: BrowserContextOptions = {
    colorScheme: theme,
    viewport: { width, height },
    locale: 'en-GB',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
  };
  const context = await (await browser).newContext(settings);
  if (fewFrames) await context.addInitScript({ content: FEW_FRAMES });
  if (safariClicks) await context.addInitScript({ content: SAFARI_CLICKS });
  if (SLOWER > 1) context.on('page', (opened) => void throttle(opened));
  const page = await context.newPage();
  openPages.add(page);
  page.once('close', () => openPages.delete(page));
  const complaints: string[] = [];
  page.on('console', (message) => void (isComplaint(message) && complaints.push(message.text())));
  page.on('pageerror', (error) => void complaints.push(String(error)));
  return { page, context, complaints };
}

/** A slow machine takes its time from a preload to its use, which the browser remarks on; that each is used has a test of its own. */
function isComplaint(message: ConsoleMessage): boolean {
  return ['error', 'warning'].includes(message.type()) && !message.text().includes('preloaded using link preload but not used within');
}

const FEW_FRAMES = `
  window.requestAnimationFrame = (draw) => setTimeout(() => draw(performance.now()), 200);
  window.cancelAnimationFrame = (handle) => clearTimeout(handle);
`;

/** The focus goes to the nearest thing around a button that takes it, or to nothing. */
const SAFARI_CLICKS = `
  addEventListener('mousedown', (event) => {
    const button = event.target.closest('button, input[type="checkbox"], input[type="radio"]');
    if (!button) return;
    event.preventDefault();
    const around = button.parentElement.closest('[tabindex], [contenteditable]');
    if (around) around.focus();
    else document.activeElement.blur();
  }, true);
`;

/** Steps of a test then come sooner than the page has what they need. */
async function throttle(page: Page): Promise<void> {
  const debug = await page.context().newCDPSession(page);
  await debug.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
  await debug.send('Network.enable');
  const unlimited = { offline: false, downloadThroughput: -1, uploadThroughput: -1 };
  await debug.send('Network.emulateNetworkConditions', { ...unlimited, latency: LAG_MS });
}

/** Another theme, once the page is drawn in it and nothing moves any more. */
export async function inTheme(page: Page, colorScheme: Theme): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
  await page.evaluate('Promise.allSettled(document.getAnimations().map(({ finished }) => finished)).then(() => undefined)');
}

/** A picture for people to look at; the folder is printed with the first one. */
export async function picture({ page }: Visitor, name: string): Promise<void> {
  const path = join(await shots, `${name}.png`);
  await page.screenshot({ path });
  console.log(`Picture: ${path}`);
}

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly help: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
}

const AXE = createRequire(join(process.cwd(), 'package.json')).resolve('axe-core/axe.min.js');

/** What axe finds against WCAG 2.2 A and AA and its best practices, in words. */
export async function accessibilityFaults({ page }: Visitor): Promise<string[]> {
  // Evaluated by the debugger, which the page's own policy does not bind.
  await page.evaluate(await readFile(AXE, 'utf8'));
  const { violations } = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as AxeResult;
  return violations.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}\n${nodes
        .slice(0, 3)
        .map(({ html, failureSummary }) => `  ${html.slice(0, 200)}\n  ${failureSummary}`)
        .join('\n')}`,
  );
}
