import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { BodyRefusal } from './bodies/refusal.js';
import { codingOf, decodeBody } from './coding.js';

const encoders = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync } as const;
const LIMIT = 1024;

async function refusalOf(bytes: Uint8Array, coding: string): Promise<unknown> {
  const error: unknown = await decodeBody(bytes, coding, LIMIT).catch((reason: unknown) => reason);
  if (!(error instanceof BodyRefusal)) return error;
  return [error.status, error.code];
}

describe.each(Object.entries(encoders))('the content coding %s', (coding, encode) => {
  it('is undone exactly', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 500 }), async (bytes) => {
        expect(Buffer.compare(await decodeBody(encode(bytes), coding, LIMIT), bytes)).toBe(0);
      }),
    );
  });

  it('makes no more of a bomb than the limit', async () => {
    const bomb = encode(Buffer.alloc(20 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(32 * 1024);
    expect(await refusalOf(bomb, coding)).toEqual([413, 'body.too-large']);
    expect(await decodeBody(encode(Buffer.alloc(LIMIT)), coding, LIMIT)).toHaveLength(LIMIT);
  });

  it('that is broken or cut off is refused', async () => {
    const whole = encode(Buffer.from('something that is long enough to be cut'));
    expect(await refusalOf(whole.subarray(0, whole.length - 5), coding)).toEqual([400, 'body.malformed']);
    expect(await refusalOf(Buffer.from([0x78, 0x01, 1, 2, 3]), coding)).toEqual([400, 'body.malformed']);
  });
});

it('deflate without its frame is undone, too', async () => {
  expect(Buffer.from(await decodeBody(deflateRawSync('bare'), 'deflate', LIMIT)).toString()).toBe('bare');
});

it.each(['zstd', 'gzip, gzip', 'compress'])('the content coding %s is not undone', async (coding) => {
  expect(await refusalOf(Buffer.from('x'), coding)).toEqual([415, 'body.encoding-not-accepted']);
});

it.each([
  [undefined, undefined],
  ['', undefined],
  [' Identity ', undefined],
  ['X-GZIP', 'gzip'],
  ['br', 'br'],
])('Content-Encoding %p is the coding %p', (header, coding) => {
  expect(codingOf(header)).toBe(coding);
});
