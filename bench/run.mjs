// npm run bench [-- --rounds 3 --seconds 5 --idle 60 --only start,accept,empty,flows,latency,memory]
// Prints every figure as a ratio to a bare node:http server measured in turn with it, so that a machine's bad day
// shows in both. fsync is on. Medians of the rounds.
import { createHmac } from 'node:crypto';
import { parseArgs } from 'node:util';
import { ensureBuilt } from '../scripts/ensure-built.mjs';
import { load, post, quantile, sleep } from './client.mjs';
import { BENCH_SECRET, makePlace, memoryOf, startBare, startDatabase, startMillrace, startReceiver } from './subject.mjs';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    idle: { type: 'string', default: '60' },
    only: { type: 'string', default: 'start,accept,empty,flows,latency,memory' },
  },
});
const rounds = Number(options.rounds);
const seconds = Number(options.seconds);
const wanted = new Set(options.only.split(','));
const PORT = 3900;

const body = Buffer.from(
  JSON.stringify({ id: 'evt_1', type: 'order.paid', data: { email: 'ada@example.com', total: 4200, pad: 'x'.repeat(930) } }),
);
const signature = `sha256=${createHmac('sha256', BENCH_SECRET).update(body).digest('hex')}`;

if (!ensureBuilt()) process.exit(1);
const receiver = await startReceiver();
const bare = await startBare();
console.log(`Node ${process.version}, ${body.length} byte JSON body, ${rounds} rounds of ${seconds} s, fsync on`);
try {
  if (wanted.has('start')) await timeToReady();
  if (wanted.has('accept')) await accepts();
  if (wanted.has('empty')) await acceptsAndRuns();
  if (wanted.has('flows')) await flows();
  if (wanted.has('latency')) await latency();
  if (wanted.has('memory')) await memory();
} finally {
  bare.stop();
  receiver.stop();
}

/** The front door alone: verify, commit event and run, queue the run for a runner that is not there, answer. */
async function accepts() {
  const place = makePlace(receiver.port);
  const database = await startDatabase(place);
  const door = await startMillrace(place, { app: 'webhook-service', env: { DATABASE_URL: database.url }, port: PORT });
  try {
    await acceptAt(door.url, 'accept');
  } finally {
    await door.stop();
    await database.stop();
    place.remove();
  }
}

/** As `npm start` runs it, with the runner in the same process: the same, and then the run of a flow without steps. */
async function acceptsAndRuns() {
  await withMillrace({}, ({ url }) => acceptAt(url, 'accept and run an empty flow'));
}

async function acceptAt(url, what) {
  for (const connections of [32, 256]) {
    await compare(`${what}, none, ${connections} connections`, connections, post(`${url}/flows/accept/hook`, body));
    const signed = post(`${url}/flows/accept-hmac/hook`, body, { 'x-hub-signature-256': signature });
    await compare(`${what}, hmac, ${connections} connections`, connections, signed);
  }
}

async function compare(name, connections, request) {
  const url = `http://${/host: (\S+)/.exec(request.toString('latin1'))[1]}`;
  const results = [];
  for (let round = 0; round < rounds; round += 1) {
    const floor = await load({ url: bare.url, request: post(`${bare.url}/`, body), connections, seconds });
    const ours = await load({ url, request, connections, seconds });
    expectOnly202(ours.statuses);
    results.push({ ratio: ours.perSecond / floor.perSecond, ours: ours.perSecond, floor: floor.perSecond, p50: ours.p50, p99: ours.p99 });
    await sleep(1000);
  }
  report(name, results);
}

/** Completed flows: counted where they arrive, over the whole time until the last one has. */
async function flows() {
  await withMillrace({}, async ({ url }) => {
    const results = [];
    for (let round = 0; round < rounds; round += 1) {
      const floor = await load({ url: bare.url, request: post(`${bare.url}/`, body), connections: 32, seconds });
      const before = receiver.state.count;
      const started = performance.now();
      const sent = await load({ url, request: post(`${url}/flows/post/hook`, body), connections: 32, seconds, warmup: 0 });
      expectOnly202(sent.statuses);
      const arrived = await settled(() => receiver.state.count);
      const perSecond = (arrived.value - before) / ((arrived.at - started) / 1000);
      results.push({ ratio: perSecond / floor.perSecond, ours: perSecond, floor: floor.perSecond, p50: sent.p50, p99: sent.p99 });
      await sleep(1000);
    }
    report('completed flows (webhook, one HTTP POST), 32 connections', results);
  });
}

/** From sending the request to its arrival at the receiver, at a steady 50 events a second. */
async function latency() {
  await withMillrace({}, async ({ url }) => {
    await steady(url, 2);
    receiver.state.latencies.length = 0;
    await steady(url, Math.max(10, seconds * 2));
    await sleep(1000);
    const sorted = receiver.state.latencies.sort((a, b) => a - b);
    console.log(
      `latency POST to arrival at 50/s: p50 ${quantile(sorted, 0.5)} ms, p99 ${quantile(sorted, 0.99)} ms, ${sorted.length} events`,
    );
  });
}

async function steady(url, forSeconds) {
  for (let sent = 0; sent < forSeconds * 50; sent += 1) {
    const due = sleep(20);
    const event = JSON.stringify({ id: `evt_${sent}`, data: { email: 'ada@example.com', total: Date.now(), pad: 'x'.repeat(930) } });
    void fetch(`${url}/flows/post/hook`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: event }).then((r) =>
      r.text(),
    );
    await due;
  }
}

async function timeToReady() {
  const place = makePlace(receiver.port);
  const first = await startMillrace(place, { port: PORT });
  await first.stop();
  const later = [];
  for (let round = 0; round < rounds; round += 1) {
    const again = await startMillrace(place, { port: PORT });
    later.push(again.readyMs);
    await again.stop();
  }
  place.remove();
  console.log(`time to ready: first start ${Math.round(first.readyMs)} ms, later starts ${Math.round(median(later))} ms`);
}

async function memory() {
  if (process.platform !== 'linux') return console.log('memory: measured on Linux only');
  await withMillrace({}, async ({ pid, postmaster }) => {
    await sleep(Number(options.idle) * 1000);
    console.log(
      `memory idle, all processes, ${options.idle} s after start: ${Math.round(memoryOf(pid, postmaster))} MB proportional set size`,
    );
  });
}

async function withMillrace(env, measure) {
  const place = makePlace(receiver.port);
  const subject = await startMillrace(place, { env, port: PORT });
  try {
    await measure(subject);
  } finally {
    await subject.stop();
    place.remove();
  }
}

/** The value once it has not moved for a second, and when it last did. */
async function settled(read) {
  let value = read();
  let at = performance.now();
  while (performance.now() - at < 1000) {
    await sleep(50);
    if (read() === value) continue;
    value = read();
    at = performance.now();
  }
  return { value, at };
}

function report(name, results) {
  const of = (key) => median(results.map((result) => result[key]));
  console.log(
    `${name}: ${of('ratio').toFixed(2)} of bare (${Math.round(of('ours'))}/s of ${Math.round(of('floor'))}/s), answer p50 ${of('p50').toFixed(1)} ms, p99 ${of('p99').toFixed(1)} ms`,
  );
}

function expectOnly202(statuses) {
  const others = Object.keys(statuses).filter((status) => status !== '202');
  if (others.length > 0) throw new Error(`Expected 202 only, but got ${JSON.stringify(statuses)}`);
}

function median(values) {
  return quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
}
