import fc from 'fast-check';
import { parseJson } from './json.js';

describe('numbers that a double cannot hold', () => {
  it.each([
    ['[9007199254740991,-9007199254740991]', [9007199254740991, -9007199254740991]],
    ['[9007199254740993,-9007199254740993]', ['9007199254740993', '-9007199254740993']],
    ['{"id":12345678901234567890,"n":1}', { id: '12345678901234567890', n: 1 }],
    ['[1e400,-1E+400,1e300,0.1,1.5e3]', ['1e400', '-1E+400', 1e300, 0.1, 1500]],
    ['[1234567890123456.25]', [1234567890123456.25]],
    ['{"text":"12345678901234567890","a":1}', { text: '12345678901234567890', a: 1 }],
    ['{"a":12345678901234567890,"a":2}', { a: 2 }],
    ['{"a":[12345678901234567890,{"constructor":1}]}', { a: ['12345678901234567890', { constructor: 1 }] }],
  ])('of %s are texts of exactly what was sent', (text, value) => {
    expect(parseJson(text)).toEqual(value);
  });

  it('are told from the others whatever stands around them', () => {
    const numbers = fc.oneof(fc.bigInt(), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }));
    fc.assert(
      fc.property(fc.array(numbers), fc.string(), (values, key) => {
        const text = `{${JSON.stringify(`k${key}`)}:[${values.map((value) => (typeof value === 'bigint' ? value.toString() : JSON.stringify(value))).join()}]}`;
        const [list] = Object.values(parseJson(text) as Record<string, unknown[]>);
        expect(list).toEqual(values.map(expected));
      }),
    );
  });

  function expected(value: bigint | number): number | string {
    const safe = Number.isSafeInteger(Number(value));
    if (typeof value === 'bigint') return safe ? Number(value) : value.toString();
    const text = JSON.stringify(value);
    return /^-?\d+$/.test(text) && !safe ? text : (JSON.parse(text) as number);
  }
});

it('a __proto__ key is refused beside a number that needs the slower parser, too', () => {
  expect(() => parseJson('{"a":12345678901234567890,"__proto__":{"b":1}}')).toThrow('__proto__');
});
