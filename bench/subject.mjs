// Starts and stops what is measured: Millrace as its users start it, with a fresh home.
import { fork, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const main = join(here, '..', 'dist', 'apps', 'millrace', 'main.js');
/** What `npm start` tells Node. */
const { scripts } = JSON.parse(readFileSync(join(here, '..', 'package.json'), 'utf8'));
const flags = scripts.start.split(' ').filter((word) => word.startsWith('--'));
export const BENCH_SECRET = 'bench-secret-not-for-real-use';

/** A folder for one measurement: a home and the bench flows, the POST flow pointed at `receiverPort`. */
export function makePlace(receiverPort) {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  const flows = join(folder, 'flows');
  cpSync(join(here, 'flows'), flows, { recursive: true });
  const post = join(flows, 'post.json');
  writeFileSync(post, readFileSync(post, 'utf8').replace('127.0.0.1:1/', `127.0.0.1:${receiverPort}/`));
  mkdirSync(join(folder, 'home'));
  return { home: join(folder, 'home'), flows, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The private PostgreSQL by itself, for apps that are measured alone. */
export async function startDatabase(place) {
  const { startEmbeddedPostgres } = await import('../dist/libs/postgres/index.js');
  return startEmbeddedPostgres({ home: place.home, log: () => undefined });
}

/** Starts Millrace, or one of its apps; resolves when it says that it is ready. */
export async function startMillrace(place, { app, env = {}, port }) {
  const started = performance.now();
  const child = spawn(process.execPath, [...flags, main, 'start', ...(app ? [app] : [])], {
    env: {
      ...process.env,
      MILLRACE_HOME: place.home,
      MILLRACE_FLOWS: place.flows,
      MILLRACE_PLUGINS: '',
      MILLRACE_HTTP_ALLOW: '127.0.0.1',
      MILLRACE_LOG_LEVEL: 'info',
      BENCH_SECRET,
      PORT: String(port),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = heard(child);
  await ready(child, log);
  // A server that was restarted has another one.
  const postmasterNow = () => Number([...log.text.matchAll(/Postgres \w+ \(pid (\d+)/g)].at(-1)?.[1]);
  const postmaster = postmasterNow();
  const stop = () => new Promise((resolve) => child.once('exit', resolve) && child.kill('SIGINT'));
  return { pid: child.pid, postmaster, url: `http://127.0.0.1:${port}`, readyMs: performance.now() - started, stop, log, postmasterNow };
}

/** What a child says, as it says it. */
function heard(child) {
  const log = { text: '' };
  const hear = (chunk) => (log.text += chunk);
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  return log;
}

function ready(child, log) {
  return new Promise((resolve, reject) => {
    child.stdout.on('data', () => /is ready at/.test(log.text) && resolve());
    child.once('exit', (code) => reject(new Error(`Millrace ended with ${code}:\n${log.text}`)));
  });
}

export function startReceiver() {
  const child = fork(join(here, 'receiver.mjs'));
  const state = { count: 0, latencies: [] };
  return new Promise((resolve) => {
    child.on('message', ({ port, count, latencies }) => {
      if (port) resolve({ port, state, stop: () => child.kill() });
      else {
        state.count = count;
        state.latencies.push(...latencies);
      }
    });
  });
}

export function startBare() {
  const child = spawn(process.execPath, [join(here, 'bare-server.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve) => {
    child.stdout.once('data', (line) => resolve({ url: String(line).trim(), stop: () => child.kill() }));
  });
}

/** Proportional set size of a process and all its Postgres processes, in MB (Linux only). */
export function memoryOf(pid, postmaster) {
  const database = postmaster === undefined ? [] : [postmaster, ...childrenOf(postmaster)];
  return [pid, ...database].reduce((sum, each) => sum + pss(each), 0) / 1024;
}

function childrenOf(parent) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === parent);
}

function parentOf(pid) {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')[1]);
  } catch {
    return 0;
  }
}

/** Milliseconds that a process has computed so far (Linux only); 0 for one that has ended. */
export function cpuOf(pid) {
  try {
    const [user, system] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ').slice(11, 13);
    return (Number(user) + Number(system)) * 10;
  } catch {
    return 0;
  }
}

function pss(pid) {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))[1]);
  } catch {
    return 0;
  }
}
