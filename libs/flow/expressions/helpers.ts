import { asData } from './data.js';
import { addSpan, fillZone, inUtc, momentOf, momentShowing, shownAt, startOf, withOffset } from './dates.js';
import { fromBase64, hash, parseJson, queryOf, toBase64, toBase64Url, urlParts } from './encodings.js';
import { refused } from './faults.js';
import { native, original } from './natives.js';
import type { Focus, NativeFunction } from './natives.js';
import { checkedInput, checkedOutput } from './pictures.js';

/**
 * Functions beyond JSONata's own; docs/guides/expressions.md shows each. They give the same for the same arguments, on any
 * machine and at any time. As in JSONata, nothing gives nothing.
 */
export const helpers: Readonly<Record<string, NativeFunction>> = {
  formatDate: helper(function (time?: unknown, picture?: string, zone?: unknown) {
    return time === undefined ? undefined : formatDate(this, time, picture, zone);
  }),
  addTime: helper((time?: unknown, span?: unknown, zone?: unknown) =>
    time === undefined ? undefined : inUtc(addSpan(momentOf(time, zone), span)),
  ),
  startOf: helper((time?: unknown, unit?: unknown, zone?: unknown) =>
    time === undefined ? undefined : inUtc(startOf(momentOf(time, zone), unit)),
  ),
  toBase64: helper((text?: unknown) => ofSomething(text, toBase64)),
  toBase64Url: helper((text?: unknown) => ofSomething(text, toBase64Url)),
  fromBase64: helper((text?: unknown) => ofSomething(text, fromBase64)),
  hash: helper((text?: unknown, algorithm?: unknown) => ofSomething(text, (given) => hash(given, algorithm))),
  url: helper((text?: unknown) => ofSomething(text, urlParts)),
  query: helper((object?: unknown) => ofSomething(object, queryOf)),
  parseJson: helper((text?: unknown) => ofSomething(text, parseJson)),
  json: helper((value?: unknown, pretty?: unknown) =>
    ofSomething(value, (given) => JSON.stringify(asData(given), undefined, pretty === true ? 2 : 0)),
  ),
};

export const helperNames = [...Object.keys(helpers), 'parseDate'];

/** `$map` and its like hand over the index as well, unless a function takes one argument. */
function helper(implementation: NativeFunction['implementation']): NativeFunction {
  return { ...native(implementation), arity: 1 };
}

function ofSomething<T>(value: unknown, calculate: (value: unknown) => T): T | undefined {
  return value === undefined ? undefined : calculate(value);
}

function formatDate(focus: Focus, time: unknown, picture: string | undefined, zone: unknown): unknown {
  const moment = momentOf(time, zone);
  if (picture === undefined || picture === null) return withOffset(moment);
  return original(focus, 'fromMillis')(shownAt(moment), checkedOutput(fillZone(pictureText(picture), moment)));
}

/** `$parseDate`. With a picture, the parts that it leaves out come from the clock of `focus`. */
export function parseDate(focus: Focus, text: unknown, picture: string | undefined, zone: unknown): string | undefined {
  if (picture === undefined || picture === null) return inUtc(momentOf(text, zone));
  const millis = original(focus, 'toMillis')(text, checkedInput(pictureText(picture), '$parseDate'));
  if (typeof millis !== 'number' || Number.isNaN(millis)) return undefined;
  return inUtc(/\[Z/.test(picture) ? momentOf(millis, 'UTC') : momentShowing(millis, zone));
}

function pictureText(picture: unknown): string {
  if (typeof picture === 'string') return picture;
  throw refused('a picture is a text, such as `[D01].[M01].[Y0001]`');
}
