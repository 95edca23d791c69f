import type { Json } from '@millrace/component-sdk';
import { choicesOf } from './choices.js';
import { identifying, prefilled } from './prefill.js';

const order = {
  paid: true,
  note: 'x'.repeat(500),
  total: 12,
  type: 'order.paid',
  email: 'ada@example.com',
  order_id: 7,
  id: '1042',
  lines: [{ sku: 'A' }],
  customer: { id: 9, 'first name': 'Ada' },
};

describe('the fields that tell an event from others', () => {
  it.each<[Json, string[]]>([
    [order, ['trigger.body.id', 'trigger.body.order_id', 'trigger.body.email']],
    [{ customer: order.customer }, ['trigger.body.customer.id', 'trigger.body.customer.`first name`']],
    [{ seats: 60, name: 'Ada' }, ['trigger.body.name', 'trigger.body.seats']],
    ['a text', []],
    [[1, 2], []],
  ])('of %j', (body, paths) => expect(identifying(body).map(({ path }) => path)).toEqual(paths));

  it('are each named once', () => {
    expect(identifying({ id: 1, a: { id: 2 } })).toMatchObject([{ key: 'id', path: 'trigger.body.id' }]);
  });
});

describe('a first step', () => {
  const http = { ...choicesOf([])[0]!, name: 'http.request', step: { use: 'http.request', with: { url: '' } } };

  it('that sends begins with them', () => {
    expect(prefilled(http, { trigger: { body: { id: 1 } } })).toEqual({
      use: 'http.request',
      with: { url: '', body: { id: '{{ trigger.body.id }}' } },
    });
  });

  it('begins with nothing where nothing is loaded, or it does not send', () => {
    expect(prefilled(http, { trigger: undefined })).toEqual(http.step);
    expect(prefilled({ ...http, name: 'log' }, { trigger: { body: { id: 1 } } })).toEqual(http.step);
  });
});
