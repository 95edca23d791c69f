import type { EventRecord } from '../records.js';
import { BodyRefusal } from './bodies/refusal.js';
import { gzipSync } from 'node:zlib';
import { batchEvent } from './collect.js';
import { fileBytes, parseTrigger, triggerOf } from './webhook.js';

function event(part: Partial<EventRecord> = {}): EventRecord {
  return {
    id: 'event-1',
    flowId: 'orders',
    receivedAt: Date.parse('2026-03-01T12:00:00Z'),
    method: 'PUT',
    url: '/flows/orders/hook',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from('{"a":1}'),
    ...part,
  };
}

const NOTHING = { body: null, files: [] };

describe('what expressions see as `trigger`', () => {
  it('is the same from the stored event as from the request', async () => {
    const stored = event({ url: '/flows/orders/hook?a=1&b=x%20y&a=2&%zz' });
    const view = await parseTrigger(stored);
    expect(view).toEqual(triggerOf(stored, { body: { a: 1 }, files: [] }));
    expect(view).toMatchObject({ method: 'PUT', id: 'event-1', receivedAt: '2026-03-01T12:00:00.000Z' });
    expect({ ...view.query }).toEqual({ a: ['1', '2'], b: 'x y', '%zz': '' });
  });

  it('has an empty query where the URL has none', () => {
    expect({ ...triggerOf(event(), NOTHING).query }).toEqual({});
    expect({ ...triggerOf(event({ url: '/a?' }), NOTHING).query }).toEqual({});
  });

  it('reaches no prototype through the query', () => {
    const { query } = triggerOf(event({ url: '/a?__proto__=x' }), NOTHING);
    expect(Object.keys(query)).toEqual(['__proto__']);
  });

  it('is refused as the front door would have, where the body cannot be read', () => {
    return expect(parseTrigger(event({ headers: {} }))).rejects.toThrow(BodyRefusal);
  });

  it('is what was encoded, where the trigger let a content coding in', async () => {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    expect((await parseTrigger(event({ headers, body: gzipSync('{"a":2}') }))).body).toEqual({ a: 2 });
  });
});

it('a batch can be read however deep the bodies of its events may be', async () => {
  const deepest = '['.repeat(100) + ']'.repeat(100);
  const batch = await batchEvent('orders', 'batch-1', 0, [event({ body: Buffer.from(deepest) }), event()]);
  expect((await parseTrigger(batch)).body).toEqual({ items: [JSON.parse(deepest), { a: 1 }] });
});

describe('a file of an event', () => {
  const text = '--b\r\nContent-Disposition: form-data; name="f"; filename="a.bin"\r\n\r\n\0\r\nxyz\r\n--b--\r\n';
  const headers = { 'content-type': 'multipart/form-data; boundary=b' };

  it.each([
    ['as it came', event({ headers, body: Buffer.from(text) })],
    ['encoded', event({ headers: { ...headers, 'content-encoding': 'gzip' }, body: gzipSync(text) })],
  ])('is exactly its bytes, from a body that is stored %s', async (_, stored) => {
    const [file] = (await parseTrigger(stored)).files ?? [];
    expect(Buffer.from((await fileBytes(stored, file!))!).toString()).toBe('\0\r\nxyz');
  });

  it.each([
    [-1, 3],
    [0, 10_000],
    [0.5, 3],
    [Number.MAX_SAFE_INTEGER, 1],
  ])('is none at offset %p with %p bytes', async (offset, size) => {
    const file = { name: 'f', filename: null, type: 'a/b', offset, size };
    expect(await fileBytes(event({ headers, body: Buffer.from(text) }), file)).toBeUndefined();
  });
});
