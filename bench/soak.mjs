// node bench/soak.mjs [--minutes 2] [--share 0.5] [--abuse 0.1] [--restarts 20] [--seed 1]
// Half of what the machine can do, a tenth of it abuse, and a database that is killed at random moments. Prints what was
// accepted and what of it arrived, every answer by its kind, and memory before and after. Ends with 1 when an accepted
// event did not arrive, abuse was let in, or anything was answered that no sender could make sense of.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { ensureBuilt } from '../scripts/ensure-built.mjs';
import { startAbuse } from './abuse.mjs';
import { load, post, quantile, sleep } from './client.mjs';
import { makePlace, memoryOf, startMillrace } from './subject.mjs';
import { startSteady } from './steady.mjs';

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '2' },
    share: { type: 'string', default: '0.5' },
    abuse: { type: 'string', default: '0.1' },
    restarts: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
  },
});
const seconds = Number(options.minutes) * 60;
const PORT = 3901;
const SETTLE_MS = 120_000;

if (!ensureBuilt()) process.exit(1);
const random = seeded(Number(options.seed));
const arrived = new Map();
const receiver = await startReceiver();
const place = makePlace(receiver.address().port);
const subject = await startMillrace(place, { port: PORT });
try {
  const capacity = await measureCapacity();
  const rate = capacity * Number(options.share);
  console.log(`capacity ${Math.round(capacity)} completed flows/s; ${Math.round(rate)}/s for ${seconds} s, of it ${options.abuse} abuse`);
  process.exitCode = report(await soak(rate)) ? 0 : 1;
} finally {
  await subject.stop();
  receiver.close();
  place.remove();
}

/** Completed flows, over the whole time until the last one has arrived. */
async function measureCapacity() {
  const url = `${subject.url}/flows/post/hook`;
  const body = eventOf('capacity');
  const results = [];
  for (let round = 0; round < 3; round += 1) {
    const before = total();
    const started = performance.now();
    await load({ url, request: post(url, body), connections: 32, seconds: 4, warmup: 0 });
    const at = await quiet();
    results.push((total() - before) / ((at - started) / 1000));
  }
  return quantile(
    results.sort((a, b) => a - b),
    0.5,
  );
}

async function soak(rate) {
  const before = memory();
  const share = Number(options.abuse);
  const good = startSteady({ url: `${subject.url}/flows/post/hook`, perSecond: rate * (1 - share), make: () => eventOf(randomUUID()) });
  const abuse = startAbuse({ url: subject.url, perSecond: rate * share, random });
  const killer = startKilling();
  await sleep(seconds * 1000);
  const kills = killer.stop();
  const [sent, abused] = await Promise.all([good.stop(), abuse.stop()]);
  await settled(sent.accepted);
  return { before, after: memory(), kills, sent, abused };
}

/** Kills the database's own process, again and again, each time once Millrace has started it anew. */
function startKilling() {
  let kills = 0;
  let killed;
  let timer;
  const later = () => {
    timer = setTimeout(kill, (0.5 + random()) * Number(options.restarts) * 1000);
  };
  const kill = () => {
    const pid = subject.postmasterNow();
    if (pid === killed) {
      timer = setTimeout(kill, 1000);
      return;
    }
    killed = pid;
    kills += 1;
    process.kill(pid, 'SIGKILL');
    later();
  };
  later();
  return { stop: () => (clearTimeout(timer), kills) };
}

function report({ before, after, kills, sent, abused }) {
  const lost = sent.accepted.filter((id) => !arrived.has(id));
  const twice = sent.accepted.filter((id) => arrived.get(id) > 1);
  const unpromised = sent.refused.filter((id) => arrived.has(id));
  const strange = Object.keys(sent.answers).filter((answer) => !['202', '503'].includes(answer));
  const bad = abused.letIn.length + abused.failed.length;
  console.log(`database killed ${kills} times`);
  console.log(`sent ${sent.sent}: ${list(sent.answers)}`);
  console.log(
    `accepted ${sent.accepted.length}, arrived ${sent.accepted.length - lost.length}, lost ${lost.length}, arrived more than once ${twice.length}`,
  );
  console.log(`answered 503 and arrived all the same ${unpromised.length} (the commit's answer was lost)`);
  console.log(`answers of 202: p50 ${sent.p50.toFixed(1)} ms, p99 ${sent.p99.toFixed(1)} ms, longest ${Math.round(sent.longest)} ms`);
  console.log(`abuse ${abused.sent}: ${list(abused.answers)}; let in ${abused.letIn.length}, server errors ${abused.failed.length}`);
  console.log(`left open for 20 s: ${list(abused.unanswered) || 'none'}`);
  for (const one of [...abused.letIn, ...abused.failed].slice(0, 5)) console.log(`  ${one}`);
  console.log(
    `memory, all processes: ${before.all} MB before, ${after.all} MB after; the Node process ${before.node} MB, ${after.node} MB`,
  );
  return lost.length === 0 && strange.length === 0 && bad === 0;
}

function memory() {
  const postmaster = subject.postmasterNow();
  return { all: Math.round(memoryOf(subject.pid, postmaster)), node: Math.round(memoryOf(subject.pid)) };
}

/** Until everything that was accepted has arrived, or nothing has come for two minutes. */
async function settled(accepted) {
  let seen = total();
  let at = performance.now();
  while (accepted.some((id) => !arrived.has(id)) && performance.now() - at < SETTLE_MS) {
    await sleep(500);
    if (total() !== seen) [seen, at] = [total(), performance.now()];
  }
}

/** When the last request arrived, once none has for a second. */
async function quiet() {
  let seen = total();
  let at = performance.now();
  while (performance.now() - at < 1000) {
    await sleep(50);
    if (total() !== seen) [seen, at] = [total(), performance.now()];
  }
  return at;
}

function total() {
  let sum = 0;
  for (const times of arrived.values()) sum += times;
  return sum;
}

function startReceiver() {
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const { id } = JSON.parse(Buffer.concat(chunks).toString());
      arrived.set(id, (arrived.get(id) ?? 0) + 1);
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 2 }).end('{}');
    });
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

function eventOf(id) {
  return Buffer.from(JSON.stringify({ id, data: { email: 'ada@example.com', total: 4200, pad: 'x'.repeat(900) } }));
}

function list(counts) {
  return Object.entries(counts)
    .map(([what, count]) => `${what} ${count}`)
    .join(', ');
}

/** Mulberry32: the same moments for the same seed. */
function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
