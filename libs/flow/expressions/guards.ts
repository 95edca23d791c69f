import { ExpressionFault } from './faults.js';
import type { ExpressionEnv } from './scope.js';

/** What JSONata hands to a native function as `this`. */
interface Focus {
  readonly environment: { lookup(name: string): unknown };
}

interface NativeFunction {
  readonly _jsonata_function: true;
  readonly implementation: (this: Focus, ...args: never[]) => unknown;
}

const prefix = 'millrace.';

/** JSONata's functions that must not run as they are, and the names they are bound under. A dot cannot be written in a name. */
export const guardedNames: ReadonlyMap<string, string> = new Map(
  ['toMillis', 'fromMillis', 'pad', 'now', 'millis', 'random', 'uuid', 'shuffle'].map((name) => [name, prefix + name]),
);

const longestPadding = 100_000;

/** Bindings for one evaluation. Time and chance come from `env`; without one, asking for them fails. */
export function guards(env: ExpressionEnv | undefined): Record<string, NativeFunction> {
  const bindings = {
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

// JSONata reads a function's parameters out of its source text, so implementations keep plain parameter lists.
function native(implementation: (this: Focus, ...args: never[]) => unknown): NativeFunction {
  return { _jsonata_function: true, implementation };
}

/** JSONata's own function of this name, with its argument checks; guarded names are renamed, so nothing hides it. */
function original(focus: Focus, name: string): (...args: unknown[]) => unknown {
  const found = focus.environment.lookup(name) as {
    implementation(this: Focus, ...args: unknown[]): unknown;
    signature?: { validate(args: unknown[], context: unknown): unknown[] };
  };
  return (...args) => found.implementation.apply(focus, found.signature?.validate(trimmed(args), undefined) ?? args);
}

function trimmed(args: unknown[]): unknown[] {
  const last = args.findLastIndex((arg) => arg !== undefined);
  return args.slice(0, Math.max(1, last + 1));
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

/** Digits, each part ended by something that is no digit: only such pictures parse in linear time. */
const linearPicture = /^[^[\]]*(?:\[[YMDdHhmsf][0-9#*,-]*\](?:$|[^[\]0-9][^[\]]*))*(?:\[Z[0-9:]*\])?$/;

function checkedInput(picture: string): string {
  if (picture.length <= 100 && linearPicture.test(picture)) return picture;
  throw refused('`$toMillis` takes pictures of numbers with separators between them, such as `[D01].[M01].[Y0001]`');
}

/** Widths in a picture become loops and buffers. */
function checkedOutput(picture: string | undefined): string | undefined {
  if (picture === undefined || (picture.length <= 1000 && !/\d{3,}\s*[-\]]|-\d{3,}/.test(picture.replace(/0+1\]/g, ']')))) return picture;
  throw refused('the picture is too long or too wide');
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

function refused(message: string): ExpressionFault {
  return new ExpressionFault('expression.failed', 'refused', message);
}
