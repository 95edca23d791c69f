import { refused } from './faults.js';
import { helperNames, helpers, parseDate } from './helpers.js';
import { native, original } from './natives.js';
import type { Focus, NativeFunction } from './natives.js';
import { checkedInput, checkedOutput } from './pictures.js';
import type { ExpressionEnv } from './scope.js';

const prefix = 'millrace.';

/** JSONata's functions that must not run as they are, and ours, with the names they are bound under. A dot cannot be written in a name. */
export const guardedNames: ReadonlyMap<string, string> = new Map(
  ['toMillis', 'fromMillis', 'pad', 'now', 'millis', 'random', 'uuid', 'shuffle', ...helperNames].map((name) => [name, prefix + name]),
);

const longestPadding = 100_000;

/** Bindings for one evaluation. Time and chance come from `env`; without one, asking for them fails. */
export function guards(env: ExpressionEnv | undefined): Record<string, NativeFunction> {
  const bindings = {
    ...helpers,
    now: native(function (picture?: string, timezone?: string) {
      return original(this, 'fromMillis')(given(env).now, checkedOutput(picture), timezone);
    }),
    millis: native(() => given(env).now),
    random: native(() => given(env).random()),
    uuid: native(() => given(env).uuid()),
    shuffle: native((list: unknown) => shuffled(list, () => given(env).random())),
    toMillis: native(function (timestamp?: string, picture?: string) {
      if (picture === undefined) return original(this, 'toMillis')(timestamp);
      return original(atTime(this, given(env).now), 'toMillis')(timestamp, checkedInput(picture));
    }),
    parseDate: native(function (text?: unknown, picture?: string, zone?: unknown) {
      if (text === undefined) return undefined;
      return parseDate(typeof picture === 'string' ? atTime(this, given(env).now) : this, text, picture, zone);
    }),
    fromMillis: native(function (millis?: number, picture?: string, timezone?: string) {
      return original(this, 'fromMillis')(millis, checkedOutput(picture), timezone);
    }),
    pad: native(function (text?: string, width?: number, char?: string) {
      if (Math.abs(Number(width)) > longestPadding) throw refused(`\`$pad\` pads to at most ${longestPadding} characters`);
      return original(this, 'pad')(text, width, char);
    }),
  };
  return Object.fromEntries(Object.entries(bindings).map(([name, implementation]) => [prefix + name, implementation]));
}

/** JSONata fills the parts a picture leaves out from its own clock; here from the step's. */
function atTime(focus: Focus, now: number): Focus {
  return {
    ...focus,
    environment: { lookup: (name: string) => focus.environment.lookup(name), timestamp: new Date(now) } as Focus['environment'],
  };
}

function given(env: ExpressionEnv | undefined): ExpressionEnv {
  if (env === undefined) throw refused('time and chance are only known while a step runs');
  return env;
}

function shuffled(list: unknown, random: () => number): unknown {
  if (!Array.isArray(list)) return list;
  const result: unknown[] = [];
  for (const [index, item] of list.entries()) {
    const place = Math.floor(random() * (index + 1));
    result[index] = result[place];
    result[place] = item;
  }
  return result;
}
