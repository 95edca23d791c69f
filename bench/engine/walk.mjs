// The engine's own time per step: walked in memory, without a database, a network or a process in between.
import { MemoryStore, parseTrigger, planFlow, walk } from '../../dist/libs/engine/index.js';
import nothingPlugin from '../plugins/noop/index.mjs';
import { flowOf, median, nothing } from './world.mjs';

const STEPS = 100;
const RUNS = 200;
const component = (name) => (name === nothingPlugin.name ? nothingPlugin : undefined);

export async function measure({ rounds }) {
  const steps = Array.from({ length: STEPS }, (_, n) => nothing(`s${n}`, { with: { n: '{{ trigger.body.n }}' } }));
  const values = Array.from({ length: STEPS }, (_, n) => ({ id: `s${n}`, set: { n: '{{ trigger.body.n }}' } }));
  const cheap = await perStep(values, rounds);
  const full = await perStep(steps, rounds);
  console.log(`engine alone, in memory: ${full.toFixed(1)} us per component step, ${cheap.toFixed(1)} us per set step`);
}

/** Microseconds. */
async function perStep(steps, rounds) {
  const plan = planFlow(flowOf('walk', steps), 1, component);
  const times = [];
  for (let round = 0; round <= rounds; round += 1) times.push(await walkAll(plan));
  // The first round compiles.
  return (median(times.slice(1)) * 1000) / (RUNS * STEPS);
}

async function walkAll(plan) {
  const store = new MemoryStore();
  const works = await claimedRuns(store);
  const begun = performance.now();
  for (const work of works) await walkOne(plan, store, work);
  return performance.now() - begun;
}

async function claimedRuns(store) {
  await store.register('bench', 3_600_000);
  const body = Buffer.from('{"n":1}');
  for (let n = 0; n < RUNS; n += 1) {
    const at = { flowId: 'walk', receivedAt: Date.now(), method: 'POST', url: '/', headers: { 'content-type': 'application/json' } };
    await store.accept({ event: { id: `event-${n}`, body, ...at }, run: { id: `run-${n}`, version: 1, status: 'queued' } });
  }
  return store.claim(
    'bench',
    Array.from({ length: RUNS }, (_, n) => `run-${n}`),
    RUNS,
  );
}

async function walkOne(plan, store, { run, event, journal }) {
  const slice = { run, plan, journal, giveUp: new AbortController(), trigger: await parseTrigger(event), shouldYield: () => false };
  const outcome = await walk(slice, { journal: store, host, clock, calls: store, resumptions: store });
  if (outcome.kind !== 'ended' || outcome.result.status !== 'succeeded') throw new Error(JSON.stringify(outcome));
}

const host = {
  component: (name) => (component(name) ? { component: nothingPlugin, invalidProps: () => undefined } : undefined),
  context: (_, { signal, idempotencyKey }) => ({ signal, idempotencyKey, credential: undefined }),
  redact: (text) => text,
};
const clock = {
  now: () => Date.now(),
  random: () => Math.random(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};
