import type { EventRecord } from '@millrace/engine';
import { eventName } from './event-name.js';

const json = { 'content-type': 'application/json' };

function nameOf(body: unknown, more: Partial<EventRecord> = {}): string | undefined {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return eventName({ headers: json, body: Buffer.from(text), ...more } as EventRecord);
}

describe('what an event calls itself', () => {
  it.each<[unknown, Partial<EventRecord>, string | undefined]>([
    [{ order_number: 1042, id: 99 }, { headers: { ...json, 'x-shopify-topic': 'orders/paid' } }, 'orders/paid #1042'],
    [{ type: 'order.paid', id: 'A-1' }, {}, 'order.paid #A-1'],
    [{ event: 'ping' }, {}, 'ping'],
    [{ id: 7 }, {}, undefined],
    [{ type: 'x'.repeat(99), id: 7 }, {}, undefined],
    [{ type: { a: 1 }, toString: 1 }, {}, undefined],
    [[1], {}, undefined],
    ['{"type":', {}, undefined],
    ['', {}, undefined],
    [{ id: 3 }, { origin: { kind: 'event', name: 'orders.done' } as EventRecord['origin'] }, 'orders.done #3'],
    ['type=a', { headers: { 'content-type': 'application/x-www-form-urlencoded' } }, undefined],
  ])('%j %j: %s', (body, more, name) => expect(nameOf(body, more)).toBe(name));
});
