import fc from 'fast-check';
import { parseJson, parseJsonValue } from './json.js';

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

describe('a value that is to become a body', () => {
  it.each(['[9007199254740993,1e400,1.5,{"a":[12345678901234567890]}]', '9007199254740993', '{"a":1,"a":9007199254740993}', ' "x" '])(
    'is read as the front door reads it: %s',
    (text) => {
      expect(parseJsonValue(text)).toEqual(parseJson(text));
    },
  );

  it.each(['{', '', '[9007199254740993', '9007199254740993x'])('that is no JSON is a SyntaxError: %p', (text) => {
    expect(() => parseJsonValue(text)).toThrow(SyntaxError);
  });

  it('of any depth is read, so that whoever takes it can say that it is too deep', () => {
    const deep = (levels: number): string => `${'['.repeat(levels)}9007199254740993${']'.repeat(levels)}`;
    expect(JSON.stringify(parseJsonValue(`{"input":${deep(100)}}`))).toContain('"9007199254740993"');
    expect(() => parseJsonValue(deep(200_000))).not.toThrow();
  });

  it('keeps a __proto__ key as a key, to be told of', () => {
    const value = parseJsonValue('{"__proto__":{"a":9007199254740993}}') as object;
    expect([Object.hasOwn(value, '__proto__'), Object.getPrototypeOf(value)]).toEqual([true, Object.prototype]);
  });
});

it('a __proto__ key is refused beside a number that needs the slower parser, too', () => {
  expect(() => parseJson('{"a":12345678901234567890,"__proto__":{"b":1}}')).toThrow('__proto__');
});
