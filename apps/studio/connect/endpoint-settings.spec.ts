import type { JsonObject } from '../flow/structure.js';
import { ENDPOINT_FIELDS, shownSetting, withSetting, type EndpointField } from './endpoint-settings.js';

function field(pointer: string): EndpointField {
  return ENDPOINT_FIELDS.find((one) => one.pointer === pointer)!;
}

const DEFINITION: JsonObject = {
  name: 'Shop',
  methods: ['POST', 'PUT'],
  rateLimit: { limit: 5, per: '1m' },
  dedupe: { key: '{{ trigger.body.id }}' },
  respond: { status: 204 },
};

describe('the settings of an endpoint', () => {
  it('are shown as they would be typed, and typing them again changes nothing', () => {
    const shown = ENDPOINT_FIELDS.map((one) => [one.pointer, shownSetting(DEFINITION, one)]);
    expect(Object.fromEntries(shown)).toMatchObject({
      '/methods': 'POST, PUT',
      '/rateLimit/limit': '5',
      '/rateLimit/key': '',
      '/respond': '{"status":204}',
    });
    expect(ENDPOINT_FIELDS.reduce((json, one) => withSetting(json, one, shownSetting(json, one)), DEFINITION)).toEqual(DEFINITION);
  });

  it.each([
    ['/methods', ' GET,POST, ', { methods: ['GET', 'POST'] }],
    ['/limit', '5mb', { limit: '5mb' }],
    ['/rateLimit/limit', '7', { rateLimit: { limit: 7, per: '1m' } }],
    ['/rateLimit/limit', 'seven', { rateLimit: { limit: 'seven', per: '1m' } }],
    ['/dedupe/window', '7d', { dedupe: { key: '{{ trigger.body.id }}', window: '7d' } }],
    ['/respond', '{ "status": 200, "body": "ok" }', { respond: { status: 200, body: 'ok' } }],
    ['/respond', 'immediately', { respond: 'immediately' }],
  ])('%s takes %p', (pointer, text, expected) => {
    expect(withSetting(DEFINITION, field(pointer), text)).toEqual({ ...DEFINITION, ...expected });
  });

  it('are taken away when they are emptied, and what held only them goes too', () => {
    const { dedupe: _dedupe, ...rest } = DEFINITION;
    expect(withSetting(DEFINITION, field('/dedupe/key'), ' ')).toEqual(rest);
    expect(withSetting(rest, field('/dedupe/key'), '')).toEqual(rest);
  });
});
