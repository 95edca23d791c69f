import { Ajv } from 'ajv';
import { checkEndpoints, checkFlow, endpointsSchema } from '../index.js';

const credentials = new Map([
  ['cal', { type: 'hmac' }],
  ['address', { type: 'api-key', in: 'url' }],
  ['waiting', { type: 'hmac', missing: 'CAL_SECRET' }],
]);

function check(text: string): ReturnType<typeof checkEndpoints> {
  return checkEndpoints(text, { credentials });
}

function codes(text: string): string[] {
  return check(text).problems.map(({ code, path }) => `${path} ${code}`);
}

const whole = {
  $schema: './endpoints.schema.json',
  'x-owner': 'growth',
  'cal-com': {
    name: 'Cal.com',
    icon: 'caldotcom',
    note: 'For people.',
    credential: 'cal',
    methods: ['POST', 'HEAD'],
    accept: ['application/json', '*/*'],
    encodings: ['gzip'],
    dedupe: { key: '{{ trigger.body.id }}', window: '1h' },
    rateLimit: { limit: 10, per: '1m', key: '{{ trigger.body.shop }}' },
    respond: { status: 204 },
    limit: '2mb',
  },
  open: {},
};

describe('endpoints.json', () => {
  it('is read, comments and trailing commas included', () => {
    const { $schema: _schema, 'x-owner': _owner, ...declared } = whole;
    const { endpoints, names, readable, problems } = check(`// shared\n${JSON.stringify(whole).slice(0, -1)},}`);
    expect(problems).toEqual([]);
    expect(Object.fromEntries(endpoints)).toEqual(declared);
    expect([[...names], readable]).toEqual([['cal-com', 'open'], true]);
  });

  it('has a schema that says the same', () => {
    const validate = new Ajv({ strict: false }).compile(endpointsSchema);
    expect(validate(whole)).toBe(true);
    expect(validate({ 'Bad Name': {} })).toBe(false);
    expect(validate({ cal: { when: true } })).toBe(false);
    expect(validate({ cal: { rateLimit: { limit: 0, per: '1m' } } })).toBe(false);
  });

  it.each([
    ['no JSON', '{', [' flow.syntax']],
    ['a list', '[]', [' flow.wrong-type']],
    ['a name that is no part of a URL', '{ "Cal.com": {} }', ['/Cal.com flow.bad-id']],
    ['an endpoint that is no object', '{ "cal": true }', ['/cal flow.wrong-type']],
    ['a key of a listening flow', '{ "cal": { "when": true } }', ['/cal/when flow.unknown-key']],
    ['a credential nobody defined', '{ "cal": { "credential": "call" } }', ['/cal/credential credential.unknown']],
    ['a secret address as credential', '{ "cal": { "credential": "address" } }', ['/cal/credential credential.wrong-type']],
    ['a credential without its secret', '{ "cal": { "credential": "waiting" } }', ['/cal/credential credential.missing-secret']],
    ['a key that is the same for all', '{ "cal": { "dedupe": { "key": "id" } } }', ['/cal/dedupe/key flow.constant-key']],
    [
      'a rate key that cannot run at once',
      '{ "cal": { "rateLimit": { "limit": 1, "per": "1s", "key": "{{ $sum(trigger.body.a) }}" } } }',
      ['/cal/rateLimit/key flow.not-acceptable'],
    ],
    ['a rate of nothing', '{ "cal": { "rateLimit": { "limit": 0, "per": "1s" } } }', ['/cal/rateLimit/limit flow.bad-value']],
    ['a rate without its time', '{ "cal": { "rateLimit": { "limit": 1 } } }', ['/cal/rateLimit flow.missing-key']],
    ['a coding that is not undone', '{ "cal": { "encodings": ["zstd"] } }', ['/cal/encodings/0 flow.bad-value']],
    ['an answer to wait for', '{ "cal": { "respond": "when-finished" } }', ['/cal/respond endpoint.cannot-await']],
    ['a step to wait for', '{ "cal": { "respond": { "from": "step" } } }', ['/cal/respond endpoint.cannot-await']],
    [
      'an answer with an expression',
      '{ "cal": { "respond": { "status": 200, "body": "{{ trigger.body }}" } } }',
      ['/cal/respond/body flow.expression-not-allowed'],
    ],
  ])('with %s is told so', (_, text, expected) => {
    expect(codes(text)).toEqual(expected);
  });

  it('keeps what is sound beside what is not', () => {
    const { endpoints, names } = check('{ "bad": { "limit": "1" }, "good": {} }');
    expect([...endpoints.keys()]).toEqual(['good']);
    expect([...names]).toEqual(['bad', 'good']);
  });

  it('declares nothing for certain while it cannot be read', () => {
    expect(check('{ "cal": {} ')).toMatchObject({ readable: false, endpoints: new Map() });
  });
});

describe('a flow that listens to an endpoint', () => {
  function found(trigger: object, endpoints?: ReadonlySet<string>): string[] {
    const text = JSON.stringify({ format: 1, id: 'a', trigger: { type: 'webhook', ...trigger }, steps: [] });
    const catalog = { components: new Map(), credentials, ...(endpoints && { endpoints }) };
    return checkFlow(text, catalog).problems.map(({ path, code, message }) => `${path} ${code} ${message}`);
  }

  const known = new Set(['cal-com', 'open']);

  it('may say what it listens for', () => {
    expect(found({ endpoint: 'cal-com', when: '{{ trigger.body.a = 1 }}', schema: { type: 'object' } }, known)).toEqual([]);
  });

  it('is told of a name that is not declared', () => {
    expect(found({ endpoint: 'cal-con' }, known)).toEqual([
      '/trigger/endpoint endpoint.unknown There is no endpoint `cal-con` in endpoints.json. Did you mean `cal-com`?',
    ]);
    expect(found({ endpoint: 'Cal Com' }, known)[0]).toContain('/trigger/endpoint flow.bad-value');
  });

  it('is not told so where nobody knows the endpoints', () => {
    expect(found({ endpoint: 'cal-con' })).toEqual([]);
  });

  it.each(['credential', 'methods', 'accept', 'dedupe', 'rateLimit', 'respond', 'limit', 'encodings', 'whenPaused'])(
    'is told that %p stands elsewhere',
    (key) => {
      const settings: Record<string, unknown> = {
        credential: 'cal',
        methods: ['PUT'],
        accept: ['text/plain'],
        dedupe: { key: '{{ trigger.body.id }}' },
        rateLimit: { limit: 1, per: '1s' },
        respond: 'immediately',
        limit: '1kb',
        encodings: ['br'],
        whenPaused: 'refuse',
      };
      expect(found({ endpoint: 'open', [key]: settings[key] }, known)[0]).toContain(`/trigger/${key} endpoint.key-elsewhere Remove`);
    },
  );
});
