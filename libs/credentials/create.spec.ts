import { generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import {
  createCredential,
  credentialSchema,
  schemeAliases,
  schemes,
  verify,
  type CreatedCredential,
  type CredentialConfig,
} from './index.js';

const environment: Record<string, string> = {
  SECRET: 'a-secret-of-sufficient-length',
  EMPTY: '',
  PREFIX_ONLY: 'whsec_',
  SHORT: 'short',
  ADDRESS: 'https://hooks.slack.example/services/x',
};

function create(config: unknown): CreatedCredential {
  return createCredential('test', config as CredentialConfig, ({ env }) => environment[env]);
}

function problems(config: unknown): string[] {
  return create(config).problems.map(({ code, path }) => `${path} ${code}`);
}

const secrets = [{ env: 'SECRET' }];

describe('every credential of the documentation', () => {
  const documented = {
    github: { type: 'hmac', scheme: 'github', secrets },
    chatbot: {
      type: 'hmac',
      header: 'x-webhook-signature',
      algorithm: 'sha256',
      encoding: 'hex',
      prefix: 'sha256=',
      signed: '{body}',
      secrets,
    },
    partner: { type: 'basic', username: 'partner', password: { env: 'SECRET' } },
    internal: { type: 'api-key', in: 'header', name: 'x-api-key', value: { env: 'SECRET' } },
    hubspot: { type: 'api-key', in: 'header', name: 'authorization', prefix: 'Bearer ', value: { env: 'SECRET' } },
    'sales-slack': { type: 'api-key', in: 'url', value: { env: 'ADDRESS' } },
    zendesk: { type: 'basic', username: 'agent@example.com/token', password: { env: 'SECRET' }, baseUrl: 'https://example.zendesk.com' },
    open: { type: 'none', 'x-owner': 'growth' },
  };
  const validate = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false }).compile(credentialSchema);

  it.each(Object.entries(documented))('%s is created, and the schema accepts it', (_, config) => {
    expect(create(config)).toMatchObject({ problems: [], warnings: [], credential: { type: config.type } });
    expect(validate(config)).toBe(true);
  });

  it.each(Object.entries(documented))('%s with an unknown key is refused by both', (_, config) => {
    expect(problems({ ...config, hedaer: 1 })).toEqual(['/hedaer credential.unknown-key']);
    expect(validate({ ...config, hedaer: 1 })).toBe(false);
  });

  it('only the view of a credential, without its secret, is for components', () => {
    expect(create(documented.zendesk).credential?.view).toEqual({ name: 'test', type: 'basic', baseUrl: 'https://example.zendesk.com' });
    expect(create(documented['sales-slack']).credential?.view).toEqual({ name: 'test', type: 'api-key', in: 'url' });
  });

  it.each(Object.entries(documented))('%s does not print its secret', (_, config) => {
    const { credential } = create(config);
    expect(JSON.stringify(credential) + inspect(credential, { depth: 9 })).not.toMatch(/a-secret|services/);
  });
});

it('an open credential accepts every request and adds nothing', () => {
  const { credential } = create({ type: 'none' });
  const outgoing = { method: 'GET', url: 'https://x.example/', headers: {} };
  expect(credential && verify(credential, { method: 'POST', url: '', rawHeaders: [], body: new Uint8Array() }, new Date(0))).toMatchObject({
    ok: true,
  });
  expect(credential?.apply(outgoing, { now: new Date(0) })).toEqual(outgoing);
});

describe('secrets', () => {
  it('a missing variable is named in the sentence that says to set it', () => {
    const { credential, problems: found } = create({ type: 'hmac', scheme: 'github', secrets: [{ env: 'NOT_THERE' }] });
    expect(credential).toBeUndefined();
    const message = 'Set the environment variable NOT_THERE: the credential reads its secret from it.';
    expect(found).toEqual([{ code: 'credential.secret-missing', path: '/secrets/0/env', message }]);
  });

  it('missing variables are reported along with everything else that is wrong', () => {
    expect(problems({ type: 'basic', username: { env: 'NOT_THERE' }, password: { env: 'EMPTY' }, user: 'x' })).toEqual([
      '/user credential.unknown-key',
      '/username/env credential.secret-missing',
      '/password/env credential.secret-empty',
    ]);
  });

  it.each([
    ['github', 'EMPTY'],
    ['gitlab-token', 'EMPTY'],
    ['standard-webhooks', 'EMPTY'],
    ['standard-webhooks', 'PREFIX_ONLY'],
    ['airtable', 'EMPTY'],
  ])('%s with an empty key (%s) is refused: everybody can sign with that', (scheme, env) => {
    expect(problems({ type: 'hmac', scheme, secrets: [{ env }] })).toEqual(['/secrets/0/env credential.secret-empty']);
  });

  it('a secret that does not decode is refused, not cut short', () => {
    expect(problems({ type: 'hmac', scheme: 'standard-webhooks', secrets })).toEqual(['/secrets/0/env credential.secret-unusable']);
    expect(problems({ type: 'hmac', scheme: 'discord', secrets })).toEqual(['/secrets/0/env credential.secret-unusable']);
  });

  it('a public key of another kind than the scheme has is refused', () => {
    const spki = (namedCurve: string): string =>
      generateKeyPairSync('ec', { namedCurve }).publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
    const codes = ['P-256', 'secp256k1', 'P-384'].map((curve) => {
      const config: CredentialConfig = { type: 'hmac', scheme: 'sendgrid', secrets };
      return createCredential('test', config, () => spki(curve)).problems.map(({ code }) => code);
    });
    expect(codes).toEqual([[], ['credential.secret-unusable'], ['credential.secret-unusable']]);
  });

  it('white space around a secret is a warning, but an error where HTTP would trim it, and a line break always', () => {
    const codes = (scheme: string, value: string): string[] => {
      const { problems: found, warnings } = createCredential('test', { type: 'hmac', scheme, secrets }, () => value);
      return [...found.map(({ code }) => code), ...warnings.map(({ code }) => `warning ${code}`)];
    };
    expect(codes('github', 'a-secret-0123456789 ')).toEqual(['warning credential.secret-padded']);
    expect(codes('gitlab-token', 'a-secret-0123456789 ')).toEqual(['credential.secret-padded']);
    expect(codes('github', 'a-secret-\n0123456789')).toEqual(['credential.secret-unusable']);
  });

  it('a short secret is created with a warning', () => {
    const created = create({ type: 'hmac', scheme: 'github', secrets: [{ env: 'SHORT' }] });
    expect(created.credential).toBeDefined();
    expect(created.warnings.map(({ code }) => code)).toEqual(['credential.secret-weak']);
  });

  it('one to five are allowed, each with a date and zone if any', () => {
    const six = Array.from({ length: 6 }, () => ({ env: 'SECRET' }));
    expect(problems({ type: 'hmac', scheme: 'github', secrets: [] })).toEqual(['/secrets credential.bad-shape']);
    expect(problems({ type: 'hmac', scheme: 'github', secrets: six })).toEqual(['/secrets credential.bad-shape']);
    expect(problems({ type: 'hmac', scheme: 'github', secrets: six.slice(1) })).toEqual([]);
    expect(problems({ type: 'hmac', scheme: 'github', secrets: [{ env: 'SECRET', notAfter: '2026-12-31' }] })).toEqual([
      '/secrets/0/notAfter credential.bad-shape',
    ]);
  });

  it('a value instead of a reference is refused without being repeated', () => {
    const { problems: found } = create({ type: 'hmac', scheme: 'github', secrets: ['hunter2-hunter2'] });
    expect(found.map(({ code }) => code)).toEqual(['credential.bad-shape']);
    expect(JSON.stringify(found)).not.toContain('hunter2');
  });
});

describe('shape', () => {
  it.each([null, undefined, 1, 'github', [], {}, { type: 1 }, { type: 'oauth2' }, { type: '__proto__' }, { type: 'constructor' }])(
    'refuses %j',
    (config) => {
      expect(create(config)).toMatchObject({
        problems: [expect.objectContaining({ message: expect.stringContaining('none, basic, api-key, hmac') as string })],
      });
    },
  );

  it('names the nearest key, type and scheme', () => {
    const messages = [{ type: 'hmac', shceme: 'github', secrets }, { type: 'hmca' }, { type: 'hmac', scheme: 'githbu', secrets }]
      .flatMap((config) => create(config).problems)
      .map(({ message }) => /Did you mean "(.*?)"/.exec(message)?.[1]);
    expect(messages).toEqual(['scheme', 'hmac', 'github']);
  });

  it('every message is one that a person can read', () => {
    const configs = [
      { type: 'hmac' },
      { type: 'basic' },
      { type: 'api-key', in: {}, name: 1, value: 'x' },
      { type: 'hmac', scheme: 'githbu', secrets: [1, null] },
    ];
    for (const { message } of configs.flatMap((config) => create(config).problems)) {
      expect(message).toMatch(/^(The|"|Set|Say|Name)[^\n]*[.?]$/);
      expect(message).not.toMatch(/undefined|\[object|\.\.|\?\./);
    }
  });

  it('a base URL must be one', () => {
    const codes = ['example.com', 'file:///etc', 'https://a:b@x.example', 'https://x.example/?a'].map((baseUrl) =>
      problems({ type: 'none', baseUrl }),
    );
    expect(codes).toEqual(Array.from({ length: 4 }, () => ['/baseUrl credential.bad-url']));
  });
});

describe("a scheme of one's own", () => {
  const base = { type: 'hmac', header: 'x-sig', algorithm: 'sha256', secrets };

  it.each([
    ['neither scheme nor algorithm', { type: 'hmac', header: 'x-sig', secrets }, ' credential.bad-scheme'],
    ['no place for the signature', { type: 'hmac', algorithm: 'sha256', secrets }, ' credential.bad-scheme'],
    ['two places', { ...base, signature: 'json:/sig' }, ' credential.bad-scheme'],
    ['an unknown placeholder', { ...base, signed: '{bdoy}' }, '/signed credential.bad-scheme'],
    ['nothing of the request signed', { ...base, signed: 'constant' }, '/signed credential.bad-scheme'],
    ['a time that comes from nowhere', { ...base, signed: '{timestamp}.{body}' }, '/timestamp credential.bad-scheme'],
    ['a time without unit', { ...base, timestamp: { from: 'header:x-time' } }, '/timestamp/unit credential.bad-scheme'],
    ['a time in a bad place', { ...base, timestamp: { from: 'x-time', unit: 's' } }, '/timestamp/from credential.bad-scheme'],
    ['a time in a list without separator', { ...base, timestamp: { from: 'sig:t=', unit: 's' } }, '/separator credential.bad-scheme'],
    ['an id that is not signed', { ...base, id: 'header:x-id' }, '/id credential.bad-scheme'],
    ['signed parts of a plain token', { ...base, algorithm: 'equals', signed: '{body}' }, '/algorithm credential.bad-scheme'],
  ])('refuses %s', (_, config, expected) => {
    expect(problems(config)).toEqual([expected]);
  });

  it('tells all that is wrong at once', () => {
    expect(problems({ ...base, signed: '{x}', id: 'y', timestamp: { from: 'z' }, secrets: [{ env: 'NOT_THERE' }] })).toHaveLength(5);
  });

  it('a place of its own replaces that of the preset', () => {
    expect(problems({ type: 'hmac', scheme: 'mailgun', header: 'x-sig', secrets })).toEqual([]);
    expect(problems({ type: 'hmac', scheme: 'github', signature: 'json:/sig', secrets })).toEqual([]);
  });
});

it('every alias leads to a preset, and there are 41 presets', () => {
  expect(Object.values(schemeAliases).filter((target) => !Object.hasOwn(schemes, target))).toEqual([]);
  expect(Object.keys(schemes)).toHaveLength(41);
});

describe('a rate', () => {
  const entry = (rate: unknown): CredentialConfig => ({ type: 'none', rate }) as CredentialConfig;

  it.each([
    [
      { limit: 90, per: '10s' },
      { limit: 90, perMs: 10_000 },
    ],
    [
      { limit: 1, per: '100ms', 'x-why': 'slow' },
      { limit: 1, perMs: 100 },
    ],
    [
      { limit: 5, per: '1.5m' },
      { limit: 5, perMs: 90_000 },
    ],
  ])('%j is read', (rate, read) => {
    expect(createCredential('one', entry(rate), () => undefined)).toMatchObject({ rate: read, problems: [] });
  });

  it.each([
    [{ limit: 0, per: '1s' }, '/rate/limit'],
    [{ limit: 1.5, per: '1s' }, '/rate/limit'],
    [{ limit: 1, per: '1 second' }, '/rate/per'],
    [{ limit: 1, per: '99ms' }, '/rate/per'],
    [{ limit: 1, per: '32d' }, '/rate/per'],
    [{ per: '1s' }, '/rate'],
    [{ limit: 1, per: '1s', burst: 1 }, '/rate/burst'],
    ['1/s', '/rate'],
  ])('%j is refused at its place, and the credential with it', (rate, path) => {
    const { credential, rate: read, problems } = createCredential('one', entry(rate), () => undefined);
    expect([credential, read]).toEqual([undefined, undefined]);
    expect(problems.map((problem) => problem.path)).toEqual([path]);
  });
});
