import fc from 'fast-check';
import { collect } from './bodies/form.js';
import { mediaType } from './bodies/media-type.js';
import { BodyRefusal } from './bodies/refusal.js';
import { parseBody } from './body.js';

const JSON_TYPE = 'application/json';

function parse(text: string | Uint8Array, type: string | undefined = JSON_TYPE): unknown {
  return parseBody(typeof text === 'string' ? Buffer.from(text) : text, type);
}

function refusalOf(text: string | Uint8Array, type?: string): unknown {
  try {
    return { parsed: parse(text, type) };
  } catch (error) {
    if (!(error instanceof BodyRefusal)) throw error;
    return [error.status, error.code];
  }
}

const types = fc.oneof(
  fc.constantFrom(
    JSON_TYPE,
    'application/problem+json',
    'application/x-www-form-urlencoded',
    'text/plain',
    'text/html; charset="utf-8"',
    'application/json; charset=us-ascii',
    'text/xml',
    'application/soap+xml; charset=utf-16',
    'multipart/form-data; boundary=b',
    'application/pdf',
    undefined,
  ),
  fc.string(),
);

describe('any body of any type', () => {
  it('is parsed or refused with 400, 413 or 415, a code and a sentence; nothing else ever happens', () => {
    const bodies = fc.oneof(
      fc.uint8Array(),
      fc.string({ unit: 'binary' }).map((text) => new TextEncoder().encode(text)),
      fc.json().map((text) => new TextEncoder().encode(text)),
    );
    fc.assert(
      fc.property(bodies, types, (bytes, type) => {
        try {
          parseBody(bytes, type);
        } catch (error) {
          expect(error).toBeInstanceOf(BodyRefusal);
          const { status, code, message } = error as BodyRefusal;
          expect([400, 413, 415]).toContain(status);
          expect(code).toMatch(/^body\.[a-z0-9-]+$/);
          expect(message).toMatch(/^[A-Z][^]*\.$/);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('is not changed by being parsed', () => {
    fc.assert(
      fc.property(fc.uint8Array(), types, (bytes, type) => {
        const before = Uint8Array.from(bytes);
        refusalOf(bytes, type);
        expect(bytes).toEqual(before);
      }),
    );
  });
});

describe('JSON', () => {
  it('is what JSON.parse makes of it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 20 }), (value) => {
        const text = JSON.stringify(value);
        // Long numbers and this key are other matters: see below.
        fc.pre(!/\d{16}|"__proto__":/.test(text));
        expect(parse(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each([
    ['an empty body', '', null],
    ['a byte order mark', '\ufeff{"a":1}', { a: 1 }],
    ['a constructor key', '{"constructor":{"prototype":1}}', { constructor: { prototype: 1 } }],
    ['brackets and quotes in strings', `{"a":"${'['.repeat(200)}\\"${'{'.repeat(200)}"}`, { a: `${'['.repeat(200)}"${'{'.repeat(200)}` }],
    ['a hundred levels', `${'['.repeat(100)}${']'.repeat(100)}`, JSON.parse(`${'['.repeat(100)}${']'.repeat(100)}`)],
    ['many lists side by side', `[${'[],'.repeat(1_000)}[]]`, Array(1_001).fill([])],
  ])('with %s is read', (_name, text, value) => {
    expect(parse(text)).toEqual(value);
  });

  it.each([
    ['an open object', '{', [400, 'body.malformed']],
    ['two values', '{}{}', [400, 'body.malformed']],
    ['white space only', '  ', [400, 'body.malformed']],
    ['a comment', '{} // no', [400, 'body.malformed']],
    ['a hundred and one levels', `${'['.repeat(101)}${']'.repeat(101)}`, [400, 'body.too-deep']],
    ['a million levels', '{"a":'.repeat(1_000_000), [400, 'body.too-deep']],
    ['a __proto__ key', '{"__proto__":{}}', [400, 'body.forbidden-key']],
    ['a __proto__ key deep inside', '{"a":[{"b":{"__proto__":1}}]}', [400, 'body.forbidden-key']],
    ['a __proto__ key with escapes', '{"\\u005f\\u005fproto__":1}', [400, 'body.forbidden-key']],
    ['words of the parser in it', 'Object contains forbidden prototype property', [400, 'body.malformed']],
    ['a byte that is not UTF-8', Buffer.from([0x22, 0xff, 0x22]), [400, 'body.not-utf8']],
    ['a surrogate in UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), [400, 'body.not-utf8']],
    ['UTF-16', Buffer.from('{}', 'utf16le'), [400, 'body.malformed']],
  ])('with %s is refused', (_name, text, refusal) => {
    expect(refusalOf(text)).toEqual(refusal);
  });

  it('with a __proto__ value is read: only keys are dangerous', () => {
    expect(parse('{"a":"__proto__"}')).toEqual({ a: '__proto__' });
  });
});

describe('forms', () => {
  const FORM = 'application/x-www-form-urlencoded';

  it.each([
    ['a=1&b=2', { a: '1', b: '2' }],
    ['a=1&a=2&a=3', { a: ['1', '2', '3'] }],
    ['a=x+y%26&b', { a: 'x y&', b: '' }],
    ['&&', {}],
  ])('%p is %p', (text, fields) => {
    expect({ ...(parse(text, FORM) as object) }).toEqual(fields);
  });

  it('reach no prototype', () => {
    const fields = parse('__proto__=x&constructor=y&toString=z', FORM) as Record<string, unknown>;
    expect(Object.keys(fields)).toEqual(['__proto__', 'constructor', 'toString']);
    expect(Object.getPrototypeOf(fields)).toBeNull();
  });

  it('have a thousand fields at the most', () => {
    expect(refusalOf('a=1&'.repeat(1_001), FORM)).toEqual([400, 'body.too-many-fields']);
    expect(Object.values(parse('a=1&'.repeat(1_000), FORM) as object)[0]).toHaveLength(1_000);
  });
});

describe('text', () => {
  it('is itself, NUL included', () => {
    expect(parse('a\0\u{1f600}', 'text/plain')).toBe('a\0\u{1f600}');
  });

  it.each([
    ['', [415, 'body.type-not-accepted']],
    ['garbage', [415, 'body.type-not-accepted']],
    ['text/', [415, 'body.type-not-accepted']],
    ['text/plain; charset=utf-7', [415, 'body.charset-not-accepted']],
  ])('of type %p is refused', (type, refusal) => {
    expect(refusalOf('x', type)).toEqual(refusal);
  });

  it('without a type is told to say what it is', () => {
    expect(() => parseBody(Buffer.from('x'), undefined)).toThrow(/^The request has a body but no Content-Type; say what it is: /);
  });
});

describe('the media type', () => {
  it.each([
    ['Application/JSON', { type: 'application/json', charset: undefined }],
    ['text/plain;charset=UTF-8', { type: 'text/plain', charset: 'utf-8' }],
    ['text/plain ; format=flowed; Charset="us-ascii"', { type: 'text/plain', charset: 'us-ascii' }],
    [undefined, { type: '', charset: undefined }],
  ])('of %p', (header, expected) => {
    expect(mediaType(header)).toEqual(expected);
  });
});

it('pairs are collected without losing or reordering one', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string(), fc.string())), (pairs) => {
      const fields = collect(pairs);
      for (const name of new Set(pairs.map(([each]) => each))) {
        const values = pairs.filter(([each]) => each === name).map(([, value]) => value);
        expect([fields[name]].flat()).toEqual(values);
      }
    }),
  );
});
