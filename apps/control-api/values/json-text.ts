import { setImmediate as nextRound } from 'node:timers/promises';
import type { Json } from '@millrace/component-sdk';
import type { ValueChild, ValueView } from '../wire/value.js';
import { COMMA, endOfScalar, isClosing, isOpening, Skim, solid, type Extent } from './skim.js';

/** Values whose JSON is larger than this, in bytes, are looked at piece by piece. */
export const WHOLE = 64 * 1024;
/** A child of a value in pieces is whole up to this. */
const WHOLE_CHILD = 1024;
const CHILDREN = 100;
/** Bytes passed over before others get their turn: a large value must not hold up who else is served. */
export const STRETCH = 2 * 1024 * 1024;

/** An array or object, with the place of every `CHILDREN`-th child, so that a page of them is found without looking at those before. */
interface Level {
  readonly isObject: boolean;
  readonly count: number;
  readonly marks: readonly number[];
}

interface Child {
  /** As it stands in the text, with quotes; undefined in an array. */
  readonly key: { readonly start: number; readonly end: number } | undefined;
  readonly start: number;
}

/** How values are read from their texts. */
type Parse = (text: Buffer) => Json;

/**
 * A JSON text of any size, looked at piece by piece. It is never parsed as a whole: a level is found by passing over its text, and
 * only what is shown is read, by `parse`. What that refuses is shown as the text that it is. Of a repeated key the last one counts.
 */
export class JsonText {
  /** Where the whole value begins. */
  readonly root: number;
  private readonly levels = new Map<number, Promise<Level>>();
  /** Of what is larger than `WHOLE`, so that it is passed over once. */
  private readonly large = new Map<number, Extent>();
  private readonly skim: Skim;

  private constructor(
    readonly bytes: Buffer,
    private readonly parse: Parse,
  ) {
    this.root = solid(bytes, 0);
    this.skim = new Skim(bytes);
  }

  /** Undefined where the bytes are not one value, as far as their brackets tell. */
  static async of(bytes: Buffer, parse: Parse = parseJson): Promise<JsonText | undefined> {
    const text = new JsonText(bytes, parse);
    if (text.root === bytes.length) return undefined;
    if (isOpening(bytes[text.root])) await text.level(text.root);
    const { end, closed } = text.extent(text.root);
    return closed && solid(bytes, end) === bytes.length ? text : undefined;
  }

  /** Where the value at a JSON pointer (RFC 6901) begins; undefined where there is none. */
  async placeOf(pointer: string): Promise<number | undefined> {
    const parts = pointer === '' ? [] : pointer.slice(1).split('/');
    let place: number | undefined = this.root;
    for (const part of parts) {
      if (place === undefined) return undefined;
      place = await this.memberOf(place, part.replaceAll('~1', '/').replaceAll('~0', '~'));
    }
    return place;
  }

  /** A value as a page can show it at once: whole if it is small, else its outline and `CHILDREN` of its children from `from` on. */
  async view(start: number, from = 0): Promise<ValueView> {
    const outline = this.outline(start);
    const end = start + outline.size;
    const rest = { text: null, items: [], next: null };
    if (outline.size <= WHOLE) return { ...outline, whole: true, value: this.read(start, end), ...rest };
    const shown = { ...outline, whole: false, value: null };
    if (outline.type === 'string') return { ...shown, ...rest, text: (this.read(start, end) as string).slice(0, WHOLE) };
    const items = await this.children(start, from);
    const after = from + items.length;
    return { ...shown, text: null, items, next: after < outline.count ? after : null };
  }

  /** What kind of value begins here, and how much of it there is. */
  outline(start: number): Pick<ValueView, 'type' | 'size' | 'count'> {
    const { end, count } = this.extent(start);
    const type = typeAt(this.bytes, start);
    return { type, size: end - start, count: type === 'string' ? String(this.read(start, end)).length : count };
  }

  /** The value between two places. */
  read(start: number, end: number): Json {
    const text = this.bytes.subarray(start, end);
    try {
      return this.parse(text);
    } catch {
      return text.toString('utf8');
    }
  }

  /** What is large was passed over with the level that it stands in, so that the rest is passed over at once. */
  extent(start: number): Extent {
    const known = this.large.get(start);
    if (known) return known;
    this.skim.begin(start);
    this.skim.advance(Infinity);
    return this.skim.extent;
  }

  private async children(start: number, from: number): Promise<ValueChild[]> {
    const level = await this.level(start);
    const found: ValueChild[] = [];
    for (const { index, child } of this.walk(level, from - (from % CHILDREN))) {
      if (found.length === CHILDREN) break;
      if (index >= from) found.push(this.childView(child, index));
    }
    return found;
  }

  private childView({ key, start }: Child, index: number): ValueChild {
    const outline = this.outline(start);
    const whole = outline.size <= WHOLE_CHILD;
    const name = key ? String(this.read(key.start, key.end)) : String(index);
    return { key: name, ...outline, whole, value: whole ? this.read(start, start + outline.size) : null };
  }

  private async memberOf(start: number, name: string): Promise<number | undefined> {
    if (!isOpening(this.bytes[start])) return undefined;
    const level = await this.level(start);
    return level.isObject ? this.valueOf(level, name) : this.itemOf(level, name);
  }

  private itemOf(level: Level, name: string): number | undefined {
    const wanted = Number(name);
    if (!/^(0|[1-9]\d*)$/.test(name) || wanted >= level.count) return undefined;
    for (const { index, child } of this.walk(level, wanted - (wanted % CHILDREN))) if (index === wanted) return child.start;
    return undefined;
  }

  private async valueOf(level: Level, name: string): Promise<number | undefined> {
    let found: number | undefined;
    let pause = STRETCH;
    for (const { child } of this.walk(level, 0)) {
      if (this.read(child.key!.start, child.key!.end) === name) found = child.start;
      if (child.start < pause) continue;
      pause = child.start + STRETCH;
      await nextRound();
    }
    return found;
  }

  /** The children of a level from one on whose place is marked. */
  private *walk({ isObject, count, marks }: Level, from: number): Generator<{ readonly index: number; readonly child: Child }> {
    let at = marks[from / CHILDREN] ?? 0;
    for (let index = from; index < count; index += 1) {
      const child = childAt(this.bytes, at, isObject);
      yield { index, child };
      at = nextChild(this.bytes, this.extent(child.start).end);
    }
  }

  private level(start: number): Promise<Level> {
    const level = this.levels.get(start) ?? this.newLevel(start);
    this.levels.set(start, level);
    return level;
  }

  private async newLevel(start: number): Promise<Level> {
    const { bytes } = this;
    const isObject = bytes[start] === 0x7b;
    const marks: number[] = [];
    const skim = new Skim(bytes);
    let count = 0;
    let left = STRETCH;
    let at = solid(bytes, start + 1);
    while (at < bytes.length && !isClosing(bytes[at])) {
      if (count % CHILDREN === 0) marks.push(at);
      count += 1;
      const child = childAt(bytes, at, isObject);
      skim.begin(child.start);
      while (!skim.advance(STRETCH)) await nextRound();
      const { extent } = skim;
      if (extent.end - child.start > WHOLE) this.large.set(child.start, extent);
      left -= extent.end - at;
      at = nextChild(bytes, extent.end);
      if (left > 0) continue;
      left = STRETCH;
      await nextRound();
    }
    const extent = { end: Math.min(at + 1, bytes.length), count, closed: at < bytes.length };
    if (extent.end - start > WHOLE) this.large.set(start, extent);
    return { isObject, count, marks };
  }
}

/** A key with its value, or an item of an array. */
export function childAt(bytes: Uint8Array, at: number, isObject: boolean): Child {
  if (!isObject) return { key: undefined, start: at };
  const end = endOfScalar(bytes, at);
  return { key: { start: at, end }, start: solid(bytes, solid(bytes, end) + 1) };
}

/** Where the child after the one that ends here begins, or the bracket that closes them. */
function nextChild(bytes: Uint8Array, end: number): number {
  const at = solid(bytes, end);
  return bytes[at] === COMMA ? solid(bytes, at + 1) : at;
}

export function typeAt(bytes: Uint8Array, start: number): ValueView['type'] {
  return TYPES[String.fromCharCode(bytes[start] ?? 0)] ?? 'number';
}

/** By the first character of a value. */
const TYPES: Readonly<Record<string, ValueView['type']>> = {
  '{': 'object',
  '[': 'array',
  '"': 'string',
  t: 'boolean',
  f: 'boolean',
  n: 'null',
};

function parseJson(text: Buffer): Json {
  return JSON.parse(text.toString('utf8')) as Json;
}
