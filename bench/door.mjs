// node bench/door.mjs [--rounds 3 --seconds 4 --only credentials,bodies,overload]
// The front door alone: what each kind of credential and of body costs, as a ratio to none with JSON and to a bare node:http
// server measured in turn with it; and how long accepted requests take when more is sent than the memory bound takes.
import { createHmac } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt } from '../scripts/ensure-built.mjs';
import { load, post, quantile, sleep } from './client.mjs';
import { BENCH_SECRET, makePlace, startBare, startDatabase, startMillrace } from './subject.mjs';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '4' },
    only: { type: 'string', default: 'credentials,bodies,overload' },
  },
});
const [rounds, seconds] = [Number(options.rounds), Number(options.seconds)];
const wanted = new Set(options.only.split(','));
const PORT = 3902;
const CONNECTIONS = 64;
const KIB = 1024;

const JSON_TYPE = 'application/json';
const fields = { id: 'evt_1', type: 'order.paid', email: 'ada@example.com', total: '4200', pad: 'x'.repeat(900) };
const json = Buffer.from(JSON.stringify(fields));
const boundary = 'bench-boundary';

const bodies = {
  JSON: [JSON_TYPE, json],
  form: ['application/x-www-form-urlencoded', Buffer.from(new URLSearchParams(fields).toString())],
  text: ['text/plain', Buffer.from(Object.values(fields).join('\n'))],
  XML: ['application/xml', Buffer.from(`<order>${tags(([name, value]) => `<${name}>${value}</${name}>`)}</order>`)],
  multipart: [
    `multipart/form-data; boundary=${boundary}`,
    Buffer.from(
      `${tags(([name, value]) => `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)}--${boundary}--\r\n`,
    ),
  ],
  'one file': ['application/pdf', Buffer.from('x'.repeat(json.length))],
};

const credentials = {
  none: [undefined, {}],
  basic: [
    { type: 'basic', username: 'bench', password: { env: 'BENCH_SECRET' } },
    { authorization: `Basic ${base64(`bench:${BENCH_SECRET}`)}` },
  ],
  'api-key': [{ type: 'api-key', name: 'x-api-key', value: { env: 'BENCH_SECRET' } }, { 'x-api-key': BENCH_SECRET }],
  hmac: [{ type: 'hmac', scheme: 'github', secrets: [{ env: 'BENCH_SECRET' }] }, { 'x-hub-signature-256': signature() }],
};

if (!ensureBuilt()) process.exit(1);
const bare = await startBare();
console.log(
  `Node ${process.version}, bodies of about ${json.length} bytes, ${CONNECTIONS} connections, ${rounds} rounds of ${seconds} s, fsync on`,
);
try {
  if (wanted.has('credentials') || wanted.has('bodies')) await withDoor({}, costs);
  if (wanted.has('overload')) await withDoor({ MILLRACE_MAX_PENDING: String(KIB * KIB), MILLRACE_MAX_BODY: String(512 * KIB) }, overload);
} finally {
  bare.stop();
}

/** In turn, round by round, so that a machine's bad moment shows in all of them. */
async function costs({ url }) {
  const requests = { 'none, JSON': requestTo(url, 'none', bodies.JSON) };
  if (wanted.has('credentials')) {
    for (const name of Object.keys(credentials).slice(1)) requests[`${name}, JSON`] = requestTo(url, name, bodies.JSON);
  }
  if (wanted.has('bodies'))
    for (const [name, body] of Object.entries(bodies).slice(1)) requests[`none, ${name}`] = requestTo(url, 'none', body);
  const rates = Object.fromEntries(Object.keys(requests).map((name) => [name, []]));
  const floors = [];
  // Whoever comes first would pay for the compiler.
  for (const request of Object.values(requests)) await rateOf(url, request);
  for (let round = 0; round < rounds; round += 1) {
    floors.push(await rateOf(bare.url, post(`${bare.url}/`, json)));
    for (const [name, request] of Object.entries(requests)) rates[name].push(await rateOf(url, request));
  }
  const first = median(rates['none, JSON']);
  for (const [name, found] of Object.entries(rates)) {
    const rate = median(found);
    const toFirst = (rate / first).toFixed(2);
    console.log(`accept ${name}: ${Math.round(rate)}/s, ${toFirst} of none with JSON, ${(rate / median(floors)).toFixed(2)} of bare`);
  }
}

/** Bodies that need many times the memory that is given: what is accepted must not wait for what is refused. */
async function overload({ url }) {
  const large = Buffer.from(JSON.stringify({ pad: 'x'.repeat(200 * KIB) }));
  for (const connections of [4, CONNECTIONS]) {
    const { statuses, perStatus } = await load({
      url,
      request: requestTo(url, 'none', [JSON_TYPE, large]),
      connections,
      seconds: seconds * 2,
    });
    const accepted = perStatus['202'] ?? { p50: NaN, p99: NaN };
    const words = Object.entries(statuses).map(([status, count]) => `${status} ${count}`);
    console.log(
      `${connections} connections, 200 KiB bodies, 1 MiB of memory for them: ${words.join(', ')}; 202 p50 ${accepted.p50.toFixed(1)} ms, p99 ${accepted.p99.toFixed(1)} ms`,
    );
  }
}

async function withDoor(env, measure) {
  const place = makePlace(1);
  writeFlows(place.flows);
  const database = await startDatabase(place);
  const door = await startMillrace(place, { app: 'webhook-service', env: { DATABASE_URL: database.url, ...env }, port: PORT });
  try {
    await measure(door);
  } finally {
    await door.stop();
    await database.stop();
    place.remove();
  }
}

/** A flow behind each kind of credential. */
function writeFlows(folder) {
  const path = join(folder, 'credentials.json');
  const file = JSON.parse(readFileSync(path, 'utf8'));
  for (const [name, [definition]] of Object.entries(credentials)) {
    if (definition) file[name] = definition;
    const trigger = { type: 'webhook', ...(definition && { credential: name }) };
    writeFileSync(join(folder, `door-${name}.json`), JSON.stringify({ format: 1, id: `door-${name}`, trigger, steps: [] }));
  }
  writeFileSync(path, JSON.stringify(file));
}

function requestTo(url, name, [type, body]) {
  return post(`${url}/flows/door-${name}/hook`, body, credentials[name][1], type);
}

async function rateOf(url, request) {
  const { perSecond, statuses } = await load({ url, request, connections: CONNECTIONS, seconds });
  const others = Object.keys(statuses).filter((status) => status !== '202');
  if (others.length > 0) throw new Error(`Expected 202 only, but got ${JSON.stringify(statuses)}`);
  await sleep(300);
  return perSecond;
}

function signature() {
  return `sha256=${createHmac('sha256', BENCH_SECRET).update(json).digest('hex')}`;
}

function tags(each) {
  return Object.entries(fields).map(each).join('');
}

function base64(text) {
  return Buffer.from(text).toString('base64');
}

function median(values) {
  return quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
}
