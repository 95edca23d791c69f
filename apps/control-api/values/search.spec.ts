import type { ValueMatches } from '../wire/value.js';
import { JsonText } from './json-text.js';
import { searchValue } from './search.js';

async function search(value: unknown, text: string): Promise<ValueMatches> {
  return searchValue((await JsonText.of(Buffer.from(JSON.stringify(value, null, 1))))!, text);
}

const value = {
  order: {
    id: 'A-17',
    lines: [
      { sku: 'B/1', n: 1 },
      { sku: 'c', n: null },
    ],
  },
  'a/b': true,
  '17': ['A-17 again'],
  quoted: 'say "Grüße" twice\n',
};

const found = async (text: string): Promise<string[]> => (await search(value, text)).items.map(({ at }) => at);

describe('searching in a value', () => {
  it.each([
    ['order.lines[1].sku', ['/order/lines/1/sku']],
    ['/order/lines/0', ['/order/lines/0']],
    ['a-17', ['/17/0', '/order/id']],
    ['17', ['/17', '/17/0', '/order/id']],
    ['SKU', ['/order/lines/0/sku', '/order/lines/1/sku']],
    ['a/b', ['/a~1b']],
    ['"GRÜSSE', []],
    ['"GRÜ', ['/quoted']],
    ['twice', ['/quoted']],
    ['null', ['/order/lines/1/n']],
    ['nobody', []],
    ['order.nobody', []],
  ])('finds %s by path, key or value', async (text, places) => expect(await found(text)).toEqual(places));

  it('says of each what it is, and stops at fifty', async () => {
    expect((await search(value, 'lines')).items).toEqual([{ at: '/order/lines', type: 'array', count: 2, text: null }]);
    const many = { items: Array.from({ length: 30_000 }, (_, n) => ({ n, text: `item ${n}` })) };
    expect(await search(many, 'item 29999')).toMatchObject({
      items: [{ at: '/items/29999/text', text: '"item 29999"' }],
      more: false,
    });
    expect(await search(many, 'item')).toMatchObject({ items: { length: 50 }, more: true });
  });

  it('is not misled by prototypes, nor stopped by depth', async () => {
    expect(await found('order.constructor')).toEqual([]);
    const deep = `${'{"a":'.repeat(20_000)}{"needle":1}${'}'.repeat(20_000)}`;
    expect((await searchValue((await JsonText.of(Buffer.from(deep)))!, 'needle')).items).toHaveLength(1);
  });
});
