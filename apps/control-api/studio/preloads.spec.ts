import { preloads } from './preloads.js';

const asked = (address: string): string[] =>
  [...preloads(address).matchAll(/<\/api\/v1\/([^>]+)>; rel=preload; as=fetch; crossorigin/g)].map(([, one]) => one!);

it.each([
  ['/flows/orders-2', ['flows/orders-2']],
  ['/flows/orders/runs', ['flows', 'runs?flow=orders&limit=50']],
  ['/runs', ['flows', 'runs?limit=50']],
  ['/health', ['flows', 'activity']],
  ['/runs/01920f7a?step=a&tab=output', ['runs/01920f7a?preview=true']],
])('%s asks for what it shows', (address, first) => {
  expect(asked(address)).toEqual(['status', 'dead-letters/causes', ...first]);
});

it.each(['/runs?status=failed', '/events?q=1', '/flows/orders/runs?time=24h', '/nowhere', '/runs/a%3E%2Cb', '/runs/a>;rel=x'])(
  '%s asks for no list that it cannot name',
  (address) => expect(asked(address)).toEqual(['status', 'dead-letters/causes']),
);
