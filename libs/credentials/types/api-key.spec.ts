import fc from 'fast-check';
import { createCredential, verify, type Credential, type CredentialConfig, type IncomingRequest } from '../index.js';

const now = new Date(0);
const key = 'k3y-0123456789-äöü';

function problemsOf(config: Record<string, unknown>, value = key): string[] {
  const entry = { type: 'api-key', value: { env: 'KEY' }, ...config } as unknown as CredentialConfig;
  return createCredential('internal', entry, () => value).problems.map(({ code, path }) => `${path} ${code}`);
}

function create(config: Record<string, unknown>, value = key): Credential {
  const entry = { type: 'api-key', value: { env: 'KEY' }, ...config } as unknown as CredentialConfig;
  const { credential, problems } = createCredential('internal', entry, () => value);
  if (credential === undefined) throw new Error(JSON.stringify(problems));
  return credential;
}

function request(rawHeaders: readonly string[], query = ''): IncomingRequest {
  return { method: 'POST', url: `https://hooks.example.com/in${query}`, rawHeaders, body: new Uint8Array() };
}

function codeOf(credential: Credential, incoming: IncomingRequest): string {
  const verdict = verify(credential, incoming, now);
  return verdict.ok ? 'ok' : `${verdict.status} ${verdict.code}`;
}

function wire(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

describe('in a header', () => {
  const credential = create({ in: 'header', name: 'X-Api-Key' });

  it('compares bytes: header values arrive as latin1, the configured key is UTF-8', () => {
    expect(codeOf(credential, request(['x-api-key', wire(key)]))).toBe('ok');
    expect(codeOf(credential, request(['x-api-key', key]))).toBe('401 credential.mismatch');
  });

  it.each([
    ['nothing', request([]), '401 credential.missing'],
    ['an empty value', request(['x-api-key', '']), '401 credential.missing'],
    ['another key', request(['x-api-key', 'k3y-0123456789-']), '401 credential.mismatch'],
    ['the header twice', request(['x-api-key', wire(key), 'X-API-KEY', wire(key)]), '400 credential.duplicate'],
    ['the key in the query, which is not configured', request([], `?X-Api-Key=${encodeURIComponent(key)}`), '401 credential.missing'],
  ])('refuses %s', (_, incoming, expected) => {
    expect(codeOf(credential, incoming)).toBe(expected);
  });

  it('names the header for removal, and applies to outgoing requests what it accepts', () => {
    const { headers } = credential.apply(
      { method: 'GET', url: 'https://api.example.com/', headers: { 'x-api-key': 'mine', a: 'b' } },
      { now },
    );
    expect(headers).toEqual({ a: 'b', 'X-Api-Key': wire(key) });
    expect(verify(credential, request(Object.entries(headers).flat()), now)).toEqual({
      ok: true,
      secretIndex: 0,
      secretName: 'KEY',
      consumed: { headers: ['x-api-key'], query: [] },
    });
  });

  it('is where a key travels unless said otherwise', () => {
    expect(create({ name: 'X-Api-Key' }).view.in).toBe('header');
  });

  it('wants the prefix; "Bearer" in Authorization has no case, another prefix has', () => {
    const bearer = create({ name: 'authorization', prefix: 'Bearer ' });
    expect(
      ['Bearer ', 'bearer ', 'BEARER ', '', 'Bearer: '].map((prefix) => codeOf(bearer, request(['Authorization', prefix + wire(key)]))),
    ).toEqual(['ok', 'ok', 'ok', '401 credential.malformed', '401 credential.malformed']);
    expect(codeOf(create({ name: 'x-key', prefix: 'Key ' }), request(['x-key', `key ${wire(key)}`]))).toBe('401 credential.malformed');
  });
});

describe('in the query', () => {
  const credential = create({ in: 'query', name: 'api_key' });

  it('is found in any spelling, named for removal, and refused when doubled', () => {
    const value = encodeURIComponent(key);
    expect(verify(credential, request([], `?a=b&api%5Fkey=${value}`), now)).toEqual({
      ok: true,
      secretIndex: 0,
      secretName: 'KEY',
      consumed: { headers: [], query: ['api_key'] },
    });
    expect(codeOf(credential, request([], `?api_key=${value}&api%5Fkey=${value}`))).toBe('400 credential.duplicate');
    expect(codeOf(credential, request(['api_key', wire(key)]))).toBe('401 credential.missing');
  });

  const keys = fc.string({ unit: 'grapheme', minLength: 16 }).filter((text) => text.trim() === text && !/\p{Cc}|\p{Surrogate}/u.test(text));

  it('accepts what it applied, for any key and any other parameters', () => {
    fc.assert(
      fc.property(keys, fc.webUrl({ withQueryParameters: true }), (value, url) => {
        const any = create({ in: 'query', name: 'key' }, value);
        const applied = any.apply({ method: 'GET', url, headers: {} }, { now }).url;
        expect(verify(any, { ...request([]), url: applied }, now).ok).toBe(true);
        expect(applied.startsWith(url)).toBe(true);
      }),
    );
  });

  it('replaces a parameter of the same name and keeps the others as they were spelled', () => {
    const { url } = credential.apply({ method: 'GET', url: 'https://x.example/p?b=%7e&api%5Fkey=mine&c#part', headers: {} }, { now });
    expect(url).toBe(`https://x.example/p?b=%7e&c&api_key=${encodeURIComponent(key)}`);
  });
});

describe('as the address', () => {
  const address = 'https://hooks.slack.example/services/T0/B0/x0?a=1';
  const applied = (config: Record<string, unknown>, url: string): string =>
    create({ in: 'url', ...config }, address).apply({ method: 'POST', url, headers: {} }, { now }).url;

  it('replaces the URL and keeps the query of the request', () => {
    expect(['', '/', 'https://slack.example/api?wait=true', '?wait=true'].map((url) => applied({}, url))).toEqual([
      address,
      address,
      `${address}&wait=true`,
      `${address}&wait=true`,
    ]);
  });

  it('keeps its path where a base URL points elsewhere', () => {
    expect(applied({ baseUrl: 'http://127.0.0.1:9000/slack/' }, '')).toBe('http://127.0.0.1:9000/slack/services/T0/B0/x0?a=1');
  });

  it('cannot check a request that comes in, and says so', () => {
    expect(codeOf(create({ in: 'url' }, address), request([]))).toBe('401 credential.not-for-incoming');
  });

  it('redacts the address and its path', () => {
    expect(create({ in: 'url' }, address).secrets).toEqual([address, '/services/T0/B0/x0?a=1']);
  });

  it.each(['hooks.slack.example/x', 'ftp://x.example/', 'https://user:pass@x.example/'])(
    'refuses the address %s without repeating it',
    (value) => {
      const entry: CredentialConfig = { type: 'api-key', in: 'url', value: { env: 'KEY' } };
      const { problems } = createCredential('slack', entry, () => value);
      expect(problems.map(({ code }) => code)).toEqual(['credential.bad-url']);
      expect(JSON.stringify(problems)).not.toContain('x.example');
    },
  );
});

it.each([
  ['no name', {}, ' credential.bad-shape'],
  ['two addresses', { in: 'url', value: [{ env: 'A' }, { env: 'B' }] }, '/value credential.bad-shape'],
  ['a key in the list', { name: 'x-key', value: [{ env: 'A' }, 'k3y'] }, '/value/1 credential.bad-shape'],
  ['an end that is no time', { name: 'x-key', value: [{ env: 'A', notAfter: 'soon' }] }, '/value/0/notAfter credential.bad-shape'],
  ['six keys', { name: 'x-key', value: Array.from({ length: 6 }, () => ({ env: 'A' })) }, '/value credential.bad-shape'],
  ['a name with a blank', { name: 'x key' }, '/name credential.bad-shape'],
  ['a name beside an address', { in: 'url', name: 'x' }, '/name credential.bad-shape'],
  ['a prefix in a query', { in: 'query', name: 'key', prefix: 'x' }, '/prefix credential.bad-shape'],
  ['a prefix that would break the line', { name: 'x-key', prefix: 'a\r\nb' }, '/prefix credential.bad-shape'],
])('refuses %s', (_, config: { in?: string; name?: string; prefix?: string; value?: unknown }, expected) => {
  expect(problemsOf(config, config.in === 'url' ? 'https://x.example/' : key)).toEqual([expected]);
});

it('refuses a key with a line break, which would end the header', () => {
  expect(problemsOf({ name: 'x-key' }, 'k3y-0123456789abc\r\nx-admin: 1')).toEqual(['/value/env credential.secret-unusable']);
});
