import type { Json } from '@millrace/component-sdk';
import fc from 'fast-check';
import type { ValueView } from '../wire/value.js';
import { JsonText, WHOLE } from './json-text.js';

const LARGE = 'x'.repeat(WHOLE);

async function textOf(value: Json | string, indent?: number): Promise<JsonText> {
  return (await JsonText.of(Buffer.from(JSON.stringify(value, null, indent))))!;
}

async function viewOf(value: Json, from = 0, at = ''): Promise<ValueView> {
  const text = await textOf(value);
  return text.view((await text.placeOf(at))!, from);
}

describe('the view of a value', () => {
  it('shows what is small whole', async () => {
    expect(await viewOf({ a: [1, null] })).toMatchObject({ type: 'object', whole: true, value: { a: [1, null] }, count: 1, items: [] });
  });

  it('never answers more than a page of a large one, and says where the next begins', async () => {
    const value = Array.from({ length: 250 }, (_, n) => ({ n, text: 'y'.repeat(1000) }));
    const first = await viewOf(value);
    expect(first).toMatchObject({ whole: false, value: null, count: 250, next: 100 });
    const pages = [first, await viewOf(value, 100), await viewOf(value, 200)];
    expect(pages.flatMap(({ items }) => items.map(({ key }) => key))).toEqual(value.map(({ n }) => String(n)));
    expect(pages.at(-1)?.next).toBeNull();
    for (const page of pages) expect(JSON.stringify(page).length).toBeLessThan(2 * WHOLE);
    expect((await viewOf(value, 150)).items.map(({ key }) => key)).toEqual(value.slice(150).map(({ n }) => String(n)));
    expect(await viewOf(value, 251)).toMatchObject({ items: [], next: null });
  });

  it('leaves large children to be asked for', async () => {
    const { items } = await viewOf({ small: 1, large: LARGE, deep: { a: LARGE, b: {}, c: [1, 2] } });
    expect(items.map(({ key, whole, value, size, count }) => [key, whole, value, size, count])).toEqual([
      ['small', true, 1, 1, 0],
      ['large', false, null, WHOLE + 2, WHOLE],
      ['deep', false, null, WHOLE + 25, 3],
    ]);
  });

  it.each([50, 61, 62, 63, 64, 65, 200])('finds the end of a text with escapes after %d letters', async (letters) => {
    const value = { text: `${'x'.repeat(letters)}\\\\"\\`, pad: LARGE, last: 1 };
    const { items } = await viewOf(value);
    expect(items.map(({ key }) => key)).toEqual(['text', 'pad', 'last']);
    expect(items[0]?.value).toBe(value.text);
  });

  it('shows the beginning of a large text', async () => {
    expect(await viewOf(`${LARGE}end`)).toMatchObject({ type: 'string', whole: false, text: LARGE, count: WHOLE + 3 });
  });
});

describe('a pointer', () => {
  const value: Json = { 'a/b': { '~': [10, 20] }, '': 1, length: 2, 'esc"\u00e4': { a: LARGE, b: '}"' } };
  it.each<[string, Json | undefined]>([
    ['/a~1b', { '~': [10, 20] }],
    ['/a~1b/~0/1', 20],
    ['/', 1],
    ['/length', 2],
    ['/esc"\u00e4/b', '}"'],
    ['/a~1b/~0/length', undefined],
    ['/a~1b/~0/01', undefined],
    ['/toString', undefined],
    ['/a~1b/~0/2', undefined],
    ['/length/0', undefined],
  ])('%p leads to %p', async (pointer, found) => {
    const text = await textOf(value, 2);
    const place = await text.placeOf(pointer);
    expect(place === undefined ? undefined : (await text.view(place)).value).toEqual(found);
  });

  it('leads to the last of those with the same key, as reading does', async () => {
    const text = (await JsonText.of(Buffer.from('{"a":1,"b":0,"a":{"c":2}}')))!;
    expect((await text.view((await text.placeOf('/a'))!)).value).toEqual({ c: 2 });
  });
});

it('any text, however it is written, is the same piece by piece as read at once', async () => {
  const padded = fc.jsonValue().map((value) => [value, LARGE, { value }] as Json);
  await fc.assert(
    fc.asyncProperty(padded, fc.constantFrom(undefined, 1, 3), async (value, indent) => {
      expect(await assembled(await textOf(value, indent), '')).toEqual(JSON.parse(JSON.stringify(value)));
    }),
    { numRuns: 200 },
  );
});

/** A value from nothing but its pieces. */
async function assembled(text: JsonText, at: string): Promise<Json> {
  const view = await text.view((await text.placeOf(at))!);
  if (view.whole) return view.value as Json;
  if (view.text !== null) return view.text;
  const parts = view.items.map(async ({ key, whole, value }): Promise<[string, Json]> => [
    key,
    whole ? (value as Json) : await assembled(text, `${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  ]);
  const entries = await Promise.all(parts);
  return view.type === 'array' ? entries.map(([, value]) => value) : Object.fromEntries(entries);
}

describe('what is not JSON', () => {
  it.each(['', '  ', '[', '{"a":', '[1] 2', '['.repeat(100_000), '{"a":"b}'])('is none: %.20s', async (text) => {
    expect(await JsonText.of(Buffer.from(text))).toBeUndefined();
  });

  it.each(['[1 2,,]', '{"a" 1}', '{1}', '{,}', '[}', '{"a":}'])('neither fails nor goes on for ever: %s', async (written) => {
    const text = await JsonText.of(Buffer.from(`[${written}, "${LARGE}"]`));
    if (text) expect((await text.view(text.root)).count).toBeGreaterThan(0);
  });

  it('leaves the rest as it is', async () => {
    const text = (await JsonText.of(Buffer.from(`{"word": nothing, "far": 12345678901234567890, "pad": "${LARGE}"}`)))!;
    expect((await text.view(text.root)).items.map(({ value }) => value)).toEqual(['nothing', 12345678901234567000, null]);
  });
});
