import type { LiveFlow } from '@millrace/catalog';
import type { Json } from '@millrace/component-sdk';
import { startByHand, type ByHandParts } from './by-hand.js';

const flow = { id: 'orders', version: 1, trigger: { type: 'webhook' }, problems: [] } as unknown as LiveFlow;
const parts = {
  starter: { start: () => Promise.reject(new Error('A run was begun.')) },
  now: () => 0,
  newId: () => 'an-id',
  ring: () => undefined,
} as unknown as ByHandParts;

describe('a flow is not started by hand', () => {
  it.each([
    ['too deep', '['.repeat(101) + ']'.repeat(101), 'The input is nested deeper than 100 levels.'],
    [
      'so deep that it could not be written as JSON',
      '['.repeat(100_000) + ']'.repeat(100_000),
      'The input is nested deeper than 100 levels.',
    ],
    ['of a forbidden key', '{"__proto__":1}', 'The input has a "__proto__" key, which is not accepted.'],
  ])('with an input that its run could not read: %s', async (_, text, message) => {
    const started = startByHand(flow, { input: JSON.parse(text) as Json }, parts);
    await expect(started).rejects.toMatchObject({ code: 'call.invalid-input', message });
  });

  it.each([
    ['an event of another name', { type: 'event', event: 'order.*' }, 'The flow listens to order.*, which "person.born" is none of.'],
    ['an event where it listens to none', { type: 'webhook' }, 'The flow orders is not started by events: leave `event` out.'],
  ])('for %s', async (_, trigger, message) => {
    const started = startByHand({ ...flow, trigger } as unknown as LiveFlow, { input: {}, event: 'person.born' }, parts);
    await expect(started).rejects.toMatchObject({ code: 'event.not-listened', message });
  });
});
