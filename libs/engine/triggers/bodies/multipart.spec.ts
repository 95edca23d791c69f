import fc from 'fast-check';
import { parseMultipart, type Multipart } from './multipart.js';
import { BodyRefusal } from './refusal.js';

const TYPE = 'multipart/form-data; boundary=b';

interface Part {
  readonly headers: readonly string[];
  readonly content: string | Buffer;
}

function field(name: string, content: string | Buffer): Part {
  return { headers: [`Content-Disposition: form-data; name="${name}"`], content };
}

function file(name: string, filename: string, content: string | Buffer, type = 'application/octet-stream'): Part {
  return { headers: [`Content-Disposition: form-data; name="${name}"; filename="${filename}"`, `Content-Type: ${type}`], content };
}

function body(parts: readonly Part[], boundary = 'b'): Buffer {
  const encoded = parts.map(({ headers, content }) =>
    Buffer.concat([Buffer.from(`--${boundary}\r\n${headers.join('\r\n')}\r\n\r\n`), Buffer.from(content), Buffer.from('\r\n')]),
  );
  return Buffer.concat([...encoded, Buffer.from(`--${boundary}--\r\n`)]);
}

function refusalOf(bytes: Uint8Array, type = TYPE): unknown {
  try {
    return parseMultipart(bytes, type);
  } catch (error) {
    if (!(error instanceof BodyRefusal)) throw error;
    return [error.status, error.code];
  }
}

function contents({ files }: Multipart, bytes: Buffer): string[] {
  return files.map(({ offset, size }) => bytes.subarray(offset, offset + size).toString('latin1'));
}

describe('multipart/form-data', () => {
  it('is fields, repeated ones as lists, and files with their places', () => {
    const bytes = body([field('a', '1'), file('doc', 'x.pdf', '%PDF', 'application/pdf; v=1'), field('a', '2'), field('empty', '')]);
    const parsed = parseMultipart(bytes, TYPE);
    expect({ ...parsed.fields }).toEqual({ a: ['1', '2'], empty: '' });
    expect(parsed.files).toEqual([{ name: 'doc', filename: 'x.pdf', type: 'application/pdf', size: 4, offset: expect.any(Number) }]);
    expect(contents(parsed, bytes)).toEqual(['%PDF']);
  });

  it('gives every file exactly the bytes that were sent, also out of a larger buffer', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 10 }), (files) => {
        const boundary = 'boundary-that-random-bytes-do-not-hold';
        const sent = body(
          files.map((bytes, i) => file(`f${i}`, `${i}`, Buffer.from(bytes))),
          boundary,
        );
        const bytes = Buffer.concat([Buffer.from('before'), sent, Buffer.from('after')]).subarray(6, 6 + sent.length);
        const parsed = parseMultipart(bytes, `multipart/form-data; boundary="${boundary}"`);
        expect(contents(parsed, bytes)).toEqual(files.map((content) => Buffer.from(content).toString('latin1')));
      }),
    );
  });

  it('keeps a file name as it was said, and prefers the encoded one', () => {
    const encoded = { headers: [`Content-Disposition: form-data; name="f"; filename="x"; filename*=UTF-8''%E2%82%AC.txt`], content: 'a' };
    const names = parseMultipart(body([file('f', '../../etc/passwd', 'a'), encoded]), TYPE).files.map(({ filename }) => filename);
    expect(names).toEqual(['../../etc/passwd', '€.txt']);
  });

  it('reads a field in the charset of its part', () => {
    const latin = {
      headers: ['Content-Disposition: form-data; name="a"', 'Content-Type: text/plain; charset=iso-8859-1'],
      content: Buffer.from([0xfc]),
    };
    expect({ ...parseMultipart(body([latin]), TYPE).fields }).toEqual({ a: 'ü' });
  });

  it('takes a part of a type that is not text for a file', () => {
    const json = { headers: ['Content-Disposition: form-data; name="meta"', 'Content-Type: application/json'], content: '{}' };
    expect(parseMultipart(body([json]), TYPE).files).toMatchObject([{ name: 'meta', filename: null, type: 'application/json', size: 2 }]);
  });

  it('passes over what stands before the first boundary', () => {
    const bytes = Buffer.concat([Buffer.from('for old mail readers\r\n'), body([file('f', 'x', 'abc')])]);
    expect(contents(parseMultipart(bytes, TYPE), bytes)).toEqual(['abc']);
  });

  it('reaches no prototype through the names of fields', () => {
    const { fields } = parseMultipart(body([field('__proto__', 'x'), field('constructor', 'y')]), TYPE);
    expect(Object.keys(fields)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(fields)).toBeNull();
  });

  const many = (count: number, part: (i: number) => Part): Buffer => body(Array.from({ length: count }, (_, i) => part(i)));

  it.each([
    ['no boundary in its type', body([field('a', '1')]), 'multipart/form-data', [400, 'body.malformed']],
    ['another boundary', body([field('a', '1')]), 'multipart/form-data; boundary=c', [400, 'body.malformed']],
    ['its end missing', body([field('a', '1')]).subarray(0, -6), TYPE, [400, 'body.malformed']],
    ['a part without a name', body([{ headers: ['Content-Type: text/plain'], content: 'x' }]), TYPE, [400, 'body.malformed']],
    ['headers that are not UTF-8', body([{ headers: [], content: '' }]).fill(0xff, 4, 6), TYPE, [400, 'body.malformed']],
    ['a field that is not UTF-8', body([field('a', Buffer.from([0xff]))]), TYPE, [400, 'body.not-utf8']],
    ['a hundred and one parts', many(101, (i) => field(`f${i}`, '')), TYPE, [413, 'body.too-many-parts']],
    ['eleven files', many(11, (i) => file(`f${i}`, 'x', '')), TYPE, [413, 'body.too-many-parts']],
    ['a field over 64 KiB', body([field('a', 'x'.repeat(64 * 1024 + 1))]), TYPE, [413, 'body.field-too-large']],
    ['headers over 8 KiB', body([field('x'.repeat(9_000), '')]), TYPE, [413, 'body.too-many-parts']],
    [
      'fifty-one header lines',
      body([{ headers: [...field('a', '').headers, ...Array.from({ length: 50 }, (_, i) => `X-${i}: 1`)], content: '' }]),
      TYPE,
      [413, 'body.too-many-parts'],
    ],
  ])('with %s is refused', (_, bytes, type, refusal) => {
    expect(refusalOf(bytes, type)).toEqual(refusal);
  });

  it('is parsed or refused, whatever it is', () => {
    const pieces = fc.constantFrom(
      '--b',
      '--b--',
      '\r\n',
      '\r\n\r\n',
      'Content-Disposition: form-data; name=a',
      'filename="x',
      ':',
      '\0',
      'Content-Type: text/plain; charset=x',
      "filename*=UTF-8''%zz",
      ';',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
        const result = refusalOf(Buffer.from(parts.join('')));
        expect(Array.isArray(result) ? result[0] : 200).toBeLessThan(500);
      }),
      { numRuns: 2_000 },
    );
  });
});
