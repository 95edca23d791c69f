import type { Json } from '@millrace/component-sdk';
import { sizeOf } from './size-of.js';

describe('a size', () => {
  it.each<Json>([
    {},
    [],
    null,
    0.1,
    1e21,
    'plain',
    'quote " and \\ and \n and \u0007',
    'lone \ud800 and pair \ud83d\ude00',
    { 'k"ey': [1, [true, { a: null }], 'x'], b: {}, c: [] },
    [[], [[]], {}],
  ])('of %j is that of its JSON, also the second time', (value) => {
    expect([sizeOf(value), sizeOf(value)]).toEqual(Array(2).fill(JSON.stringify(value).length));
  });
});
