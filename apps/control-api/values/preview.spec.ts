import type { Json } from '@millrace/component-sdk';
import { valueAt, valueView, WHOLE } from './preview.js';

const LARGE = 'x'.repeat(WHOLE);

describe('the view of a value', () => {
  it('shows what is small whole', () => {
    expect(valueView({ a: [1, null] })).toMatchObject({ type: 'object', whole: true, value: { a: [1, null] }, count: 1, items: [] });
  });

  it('never answers more than a page of a large one, and says where the next begins', () => {
    const value = Array.from({ length: 250 }, (_, n) => ({ n, text: 'y'.repeat(1000) }));
    const first = valueView(value);
    expect(first).toMatchObject({ whole: false, value: null, count: 250, next: 100 });
    const pages = [first, valueView(value, 100), valueView(value, 200)];
    expect(pages.flatMap(({ items }) => items.map(({ key }) => key))).toEqual(value.map(({ n }) => String(n)));
    expect(pages.at(-1)?.next).toBeNull();
    for (const page of pages) expect(JSON.stringify(page).length).toBeLessThan(2 * WHOLE);
  });

  it('leaves large children to be asked for', () => {
    const { items } = valueView({ small: 1, large: LARGE });
    expect(items.map(({ key, whole, value, size }) => [key, whole, value, size])).toEqual([
      ['small', true, 1, 1],
      ['large', false, null, WHOLE + 2],
    ]);
  });

  it('shows the beginning of a large text', () => {
    expect(valueView(`${LARGE}end`)).toMatchObject({ type: 'string', whole: false, text: LARGE, count: WHOLE + 3 });
  });
});

describe('a pointer', () => {
  const value: Json = { 'a/b': { '~': [10, 20] }, '': 1, length: 2 };
  it.each<[string, Json | undefined]>([
    ['', value],
    ['/a~1b/~0/1', 20],
    ['/', 1],
    ['/length', 2],
    ['/a~1b/~0/length', undefined],
    ['/toString', undefined],
    ['/a~1b/~0/2', undefined],
  ])('%p leads to %p', (pointer, found) => {
    expect(valueAt(value, pointer)).toEqual(found);
  });
});
