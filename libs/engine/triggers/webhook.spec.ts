import type { EventRecord } from '../records.js';
import { BodyRefusal } from './body.js';
import { parseTrigger, triggerOf } from './webhook.js';

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

describe('what expressions see as `trigger`', () => {
  it('is the same from the stored event as from the request', () => {
    const stored = event({ url: '/flows/orders/hook?a=1&b=x%20y&a=2&%zz' });
    expect(parseTrigger(stored)).toEqual(triggerOf(stored, { a: 1 }));
    expect(parseTrigger(stored)).toMatchObject({ method: 'PUT', id: 'event-1', receivedAt: '2026-03-01T12:00:00.000Z' });
    expect({ ...parseTrigger(stored).query }).toEqual({ a: ['1', '2'], b: 'x y', '%zz': '' });
  });

  it('has an empty query where the URL has none', () => {
    expect({ ...triggerOf(event(), null).query }).toEqual({});
    expect({ ...triggerOf(event({ url: '/a?' }), null).query }).toEqual({});
  });

  it('reaches no prototype through the query', () => {
    const { query } = triggerOf(event({ url: '/a?__proto__=x' }), null);
    expect(Object.keys(query)).toEqual(['__proto__']);
  });

  it('is refused as the front door would have, where the body cannot be read', () => {
    expect(() => parseTrigger(event({ headers: {} }))).toThrow(BodyRefusal);
  });
});
