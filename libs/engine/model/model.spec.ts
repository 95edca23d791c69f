import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { StepRow } from '../records.js';
import { keyOf } from '../trail.js';
import { models, type Model } from './scenario.js';
import { World, type Death } from './world.js';

/**
 * Random flows over all kinds of steps, each killed at every place where a process can die, must end as if nothing had
 * happened. The uncrashed life is the model of the crashed ones. The world itself refuses an effect that is journalled.
 */

const FULL = process.env['MILLRACE_FULL'] === '1';
/** A number of flows for a long hunt, an hour or a night. */
const HUNT = Number(process.env['MILLRACE_MODEL_FLOWS'] ?? 0);
const FLOWS = HUNT || (FULL ? 20 : 8);
/** Of the places where one flow can be killed or handed over, so many are tried. */
const PLACES = HUNT ? Infinity : FULL ? 40 : 12;
const TIME_LIMIT_MS = HUNT ? 12 * 3_600_000 : 60_000;
/** The suite walks the same flows every time, so that what it says is about the change in hand; a hunt walks others each time. */
const seed = Number(process.env['MILLRACE_SEED'] ?? (HUNT ? Date.now() : 20_261_121));
console.info(`Model of the engine: ${FLOWS} flows, seed ${seed} (MILLRACE_SEED repeats it)`);

/** What changes with time, and what only says how far things had come. */
const VARIES: ReadonlySet<string> = new Set([
  'bytes',
  'startedAt',
  'finishedAt',
  'retryAt',
  'firstStartedAt',
  'resumeAt',
  'deaths',
  'until',
  'runId',
  'at',
  'r',
  'begun',
  'steps',
]);

function withoutTime(value: unknown): unknown {
  const text = JSON.stringify(value, (key, inner: unknown) => (VARIES.has(key) ? undefined : inner));
  return text === undefined ? undefined : JSON.parse(text.replaceAll(/waited \w+ for/g, 'waited for'));
}

/** How all runs ended and what their journals say, by the name of the run. */
function endsOf({ store, names }: World): unknown {
  const ends = [...store.ended].map(([id, { status, error, output }]) => {
    const rows = store.journal(id).map((row) => [keyOf(row), withoutTime(row)] as const);
    return [names.get(id), { status, error: withoutTime(error), output: withoutTime(output), rows: Object.fromEntries(rows) }] as const;
  });
  return Object.fromEntries(ends);
}

/** A step may be repeated once per death, and then with its key and the very same props. */
function expectFaithfulEffects({ effects, deaths }: World): void {
  const first = new Map<string, unknown>();
  const counts = new Map<string, number>();
  for (const effect of effects) {
    expect(effect).toEqual(first.get(effect.name) ?? effect);
    first.set(effect.name, effect);
    counts.set(effect.name, (counts.get(effect.name) ?? 0) + 1);
  }
  expect(Math.max(0, ...counts.values())).toBeLessThanOrEqual(1 + deaths);
}

function namesOf({ effects }: World): string[] {
  return [...new Set(effects.map(({ name }) => name))].sort();
}

function expectSameAs(model: World, other: World): void {
  expect(endsOf(other)).toEqual(endsOf(model));
  expect(namesOf(other)).toEqual(namesOf(model));
  expectFaithfulEffects(other);
}

/** Nothing is left of the steps in finished items that are not to be looked into, and every `try` that began came to its `finally`. */
function expectTidy(world: World, { tries, keepsItems }: Model): void {
  if (!keepsItems) for (const id of world.store.ended.keys()) expectNoRowsInside(world.store.journal(id));
  const paths = new Set(world.effects.filter(({ name }) => name.startsWith('main/')).map(({ name }) => name.slice(5).replace(/#\d+$/, '')));
  for (const path of paths) {
    const id = path.split('.').at(-1)!;
    for (const { body, last } of tries) if (body.includes(id)) expect(paths).toContain(path.slice(0, -id.length) + last);
  }
}

function expectNoRowsInside(rows: readonly StepRow[]): void {
  const finished = rows.filter(({ kind, status }) => kind === 'item' && status === 'succeeded').map(({ path }) => `${path}.`);
  const left = rows.filter(({ kind, path }) => kind !== 'respond' && finished.some((prefix) => path.startsWith(prefix)));
  expect(left.map(keyOf)).toEqual([]);
}

/** Every place where the process of a life could have died. */
function placesOf({ writes, effects }: World): Death[] {
  const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);
  return [
    ...upTo(writes).flatMap((nth) => [{ place: 'before write', nth } as const, { place: 'after write', nth } as const]),
    ...upTo(effects.length).map((nth) => ({ place: 'after effect', nth }) as const),
  ];
}

/** At most PLACES of them, evenly spread. */
function some<T>(all: readonly T[]): T[] {
  const step = Math.max(1, all.length / PLACES);
  return Array.from({ length: Math.min(all.length, PLACES) }, (_, i) => all[Math.floor(i * step)]!);
}

const live = (model: Model, deaths: readonly Death[] = [], yieldAt = 0): Promise<World> => new World(model, deaths, yieldAt).live();

describe('any flow, killed anywhere,', () => {
  const property = <T extends unknown[]>(what: fc.IAsyncPropertyWithHooks<T>, numRuns = FLOWS): Promise<void> =>
    fc.assert(what, { seed, numRuns, interruptAfterTimeLimit: TIME_LIMIT_MS - 10_000, markInterruptAsFailure: false });

  it(
    'ends as if nothing had happened, each journalled step once, one in flight once more with its key',
    async () => {
      let lives = 0;
      await property(
        fc.asyncProperty(models(false), async (one) => {
          const model = await live(one);
          expectTidy(model, one);
          for (const death of some(placesOf(model))) {
            const crashed = await live(one, [death]);
            expectSameAs(model, crashed);
            expectTidy(crashed, one);
            lives += 1;
          }
        }),
      );
      expect(lives).toBeGreaterThan(FLOWS);
    },
    TIME_LIMIT_MS,
  );

  it(
    'ends the same when it is killed twice',
    async () => {
      await property(
        fc.asyncProperty(models(false), fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 5, maxLength: 5 }), async (one, picks) => {
          const model = await live(one);
          const places = placesOf(model);
          for (const pick of picks) {
            const deaths = pick.map((nth) => places[nth % places.length]!);
            expectSameAs(model, await live(one, deaths));
          }
        }),
        FLOWS * 2,
      );
    },
    TIME_LIMIT_MS,
  );

  it(
    'ends the same, with no effect repeated, when it is handed over at any step boundary',
    async () => {
      await property(
        fc.asyncProperty(models(false), async (one) => {
          const model = await live(one);
          for (const boundary of some(model.effects.map((_, i) => i + 1))) {
            const handed = await live(one, [], boundary);
            expectSameAs(model, handed);
            expect(handed.effects).toHaveLength(model.effects.length);
          }
        }),
        FLOWS * 2,
      );
    },
    TIME_LIMIT_MS,
  );

  it(
    'ends, tidily and with no journalled effect repeated, also where strands race for how it does',
    async () => {
      await property(
        fc.asyncProperty(models(true), async (one) => {
          const model = await live(one);
          expectTidy(model, one);
          for (const death of some(placesOf(model))) {
            const crashed = await live(one, [death]);
            expectFaithfulEffects(crashed);
            expectTidy(crashed, one);
          }
        }),
      );
    },
    TIME_LIMIT_MS,
  );
});
