import { setImmediate as nextRound } from 'node:timers/promises';
import type { ValueMatch, ValueMatches } from '../wire/value.js';
import { STRETCH, type JsonText } from './json-text.js';
import { matcher, type Matches } from './matcher.js';
import { COLON, COMMA, endOfScalar, isClosing, isOpening, QUOTE, solid } from './skim.js';

const MATCHES = 50;
const SHOWN = 200;
/** Units of a scalar that are read to be shown: a character is six at the most, `\u0000`. */
const SHOWN_BYTES = SHOWN * 6;

/** An array or object that is being looked through. */
interface Level {
  readonly isObject: boolean;
  index: number;
  /** The key of the member that comes next or is looked at: its place in the text. */
  key: { readonly start: number; readonly end: number } | undefined;
}

/**
 * Where a text stands in a value: what a path leads to (`items[3].sku`, `/items/3/sku`), else every key and scalar that has it;
 * the case of letters does not count. In the order of the text, `MATCHES` at the most.
 */
export async function searchValue(json: JsonText, text: string): Promise<ValueMatches> {
  const at = await pathOf(json, text);
  if (at !== undefined) return { items: [matchOf(json, at.pointer, at.place)], more: false };
  const items: ValueMatch[] = [];
  let pause = STRETCH;
  for (const place of placesOf(json, text)) {
    if (typeof place !== 'number') {
      if (items.length === MATCHES) return { items, more: true };
      items.push(matchOf(json, pointerOf(json, place.levels), place.start));
    } else if (place > pause) {
      pause = place + STRETCH;
      await nextRound();
    }
  }
  return { items, more: false };
}

interface Place {
  readonly levels: readonly Level[];
  readonly start: number;
}

/** The values that match, in turn with how far the text is looked through. */
function* placesOf(json: JsonText, text: string): Generator<Place | number> {
  const { bytes } = json;
  const matches = matcher(bytes, text.toLowerCase(), (start, end) => String(json.read(start, end)));
  const levels: Level[] = [];
  let looked = json.root;
  for (let at = json.root; at < bytes.length; at = solid(bytes, at)) {
    if (at - looked > STRETCH / 16) yield (looked = at);
    const byte = bytes[at]!;
    const level = levels.at(-1);
    if (byte === COMMA || byte === COLON || isClosing(byte)) {
      passed(byte, levels);
      at += 1;
      continue;
    }
    if (level?.isObject && !level.key) {
      level.key = { start: at, end: endOfScalar(bytes, at) };
      at = level.key.end;
      continue;
    }
    const end = isOpening(byte) ? at + 1 : endOfScalar(bytes, at);
    if (isWanted(bytes, matches, level?.key, at, end)) yield { levels, start: at };
    if (isOpening(byte)) levels.push({ isObject: byte === 0x7b, index: 0, key: undefined });
    at = end;
  }
}

/** What stands between values. */
function passed(byte: number, levels: Level[]): void {
  if (isClosing(byte)) levels.pop();
  const level = levels.at(-1);
  if (byte !== COMMA || !level) return;
  level.index += 1;
  level.key = undefined;
}

/** Positions in arrays are no keys. What is null is found by all of the word. */
function isWanted(bytes: Uint8Array, matches: Matches, key: Level['key'], start: number, end: number): boolean {
  if (key && matches.text(key.start, key.end)) return true;
  if (isOpening(bytes[start])) return false;
  return bytes[start] === QUOTE ? matches.text(start, end) : matches.word(start, end);
}

/** Written out for what was found only. */
function pointerOf(json: JsonText, levels: readonly Level[]): string {
  return levels.map(({ key, index }) => pointerPart(key ? String(json.read(key.start, key.end)) : String(index))).join('');
}

/** What a path as people write it leads to, where it leads to something. */
async function pathOf(json: JsonText, text: string): Promise<{ readonly pointer: string; readonly place: number } | undefined> {
  if (!/[./[]/.test(text)) return undefined;
  const keys = text.startsWith('/')
    ? undefined
    : text
        .replaceAll(/\[(\d+)\]/g, '.$1')
        .split('.')
        .filter(Boolean);
  const pointer = keys ? keys.map(pointerPart).join('') : text;
  const place = pointer === '' ? undefined : await json.placeOf(pointer);
  return place === undefined ? undefined : { pointer, place };
}

/** RFC 6901, section 3. */
function pointerPart(key: string): string {
  return `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function matchOf(json: JsonText, at: string, start: number): ValueMatch {
  const { type, size, count } = json.outline(start);
  const scalar = type !== 'array' && type !== 'object';
  return { at, type, count, text: scalar ? json.bytes.toString('utf8', start, start + Math.min(size, SHOWN_BYTES)).slice(0, SHOWN) : null };
}
