// node bench/engine.mjs [--only walk,steps,loop,parallel,waits,drain,history,lanes,collected] [--rounds 3] [--waits 10000] …
// What the engine costs by itself and as its users run it. See bench/README.md.
import { parseArgs } from 'node:util';
import { ensureBuilt } from '../scripts/ensure-built.mjs';

const MEASUREMENTS = {
  walk: './engine/walk.mjs',
  steps: './engine/steps.mjs',
  loop: './engine/loop.mjs',
  parallel: './engine/parallel.mjs',
  waits: './engine/waits.mjs',
  drain: './engine/drain.mjs',
  history: './engine/history.mjs',
  lanes: './engine/lanes.mjs',
  collected: './engine/collected.mjs',
};

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: Object.keys(MEASUREMENTS).join() },
    rounds: { type: 'string', default: '3' },
    runs: { type: 'string', default: '2000' },
    items: { type: 'string', default: '10000' },
    waits: { type: 'string', default: '10000' },
    queued: { type: 'string', default: '100000' },
    history: { type: 'string', default: '1000000' },
  },
});
const { only, ...numbers } = values;
const options = Object.fromEntries(Object.entries(numbers).map(([name, text]) => [name, Number(text)]));

if (!ensureBuilt()) process.exit(1);
for (const name of only.split(',')) {
  const file = MEASUREMENTS[name];
  if (!file) throw new Error(`There is no measurement ${name}; there are ${Object.keys(MEASUREMENTS).join(', ')}.`);
  const { measure } = await import(file);
  await measure(options);
}
