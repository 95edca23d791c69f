import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { createCredential, handshakes, schemes, verify, type Credential, type HandshakeAnswer, type IncomingRequest } from '../index.js';

const NOW = new Date('2026-03-01T12:00:00Z');
const SECRET = 'secret-of-the-handshakes-spec';
const TOKEN = 'token-typed-in-at-the-vendor';

function credential(scheme: string, more: object = {}, secrets: readonly string[] = [SECRET]): Credential {
  const refs = secrets.map((_, at) => ({ env: `S${at}` }));
  const lookUp = (env: string): string | undefined => (env === 'TOKEN' ? TOKEN : secrets[Number(env.slice(1))]);
  const { credential: created, problems } = createCredential('vendor', { type: 'hmac', scheme, secrets: refs, ...more }, ({ env }) =>
    lookUp(env),
  );
  if (!created) throw new Error(problems.map(({ message }) => message).join(' '));
  return created;
}

function get(query: string, headers: readonly string[] = []): IncomingRequest {
  return { method: 'GET', url: `https://in.example/hook${query}`, rawHeaders: headers, body: Buffer.alloc(0) };
}

function post(body: unknown, headers: readonly string[] = []): IncomingRequest {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { method: 'POST', url: 'https://in.example/hook', rawHeaders: headers, body: Buffer.from(text) };
}

/** As the front door asks: without a verdict first, with one once the signature holds. */
function greet(by: Credential, request: IncomingRequest): HandshakeAnswer | undefined {
  const unsigned = by.handshake?.(request);
  if (unsigned) return unsigned;
  const verdict = verify(by, request, NOW);
  return verdict.ok ? by.handshake?.(request, verdict) : undefined;
}

function signed(by: Credential, body: object): IncomingRequest {
  const {
    url,
    headers,
    body: bytes,
  } = by.apply({ method: 'POST', url: 'https://in.example/hook', headers: {}, body: Buffer.from(JSON.stringify(body)) }, { now: NOW });
  return { method: 'POST', url, rawHeaders: Object.entries(headers).flat(), body: bytes! };
}

const meta = credential('meta', { verifyToken: { env: 'TOKEN' } });
const challenge = `?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=${TOKEN}`;

describe('a handshake is answered as its vendor wants it', () => {
  const hex = createHmac('sha256', SECRET).update('qgg8vlvZRS6UYooatFL8Aw').digest('hex');
  const base64 = createHmac('sha256', SECRET).update('MTRmNTA2_-8').digest('base64');

  it.each([
    [
      'Slack',
      credential('slack'),
      (by: Credential) => signed(by, { type: 'url_verification', challenge: '3eZbrw1aB10' }),
      'text/plain',
      '3eZbrw1aB10',
    ],
    [
      'Zoom',
      credential('zoom'),
      (by: Credential) => signed(by, { event: 'endpoint.url_validation', payload: { plainToken: 'qgg8vlvZRS6UYooatFL8Aw' } }),
      'application/json',
      `{"plainToken":"qgg8vlvZRS6UYooatFL8Aw","encryptedToken":"${hex}"}`,
    ],
    ['Meta', meta, () => get(challenge), 'text/plain', '1158201444'],
    ['WhatsApp', credential('whatsapp', { verifyToken: { env: 'TOKEN' } }), () => get(challenge), 'text/plain', '1158201444'],
    ['Dropbox', credential('dropbox'), () => get('?challenge=abc%20123'), 'text/plain', 'abc 123'],
    ['X', credential('twitter'), () => get('?crc_token=MTRmNTA2_-8'), 'application/json', `{"response_token":"sha256=${base64}"}`],
    ['Okta', credential('okta'), () => get('', ['X-Okta-Verification-Challenge', 'a"b']), 'application/json', '{"verification":"a\\"b"}'],
  ])('%s', (_, by, request, type, body) => {
    expect(greet(by, request(by))).toEqual({
      status: 200,
      headers: { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' },
      body,
    });
  });

  it.each([
    ['Trello', credential('trello'), { ...get(''), method: 'HEAD' }, 200],
    ['WooCommerce', credential('woocommerce'), post('webhook_id=12'), 200],
  ])('%s, with nothing said', (_, by, request, status) => {
    expect(greet(by, request)).toMatchObject({ status, body: undefined });
  });

  it('with the secret that matched, where there are several', () => {
    const [old, both] = [
      credential('zoom', {}, ['older-secret-of-the-spec']),
      credential('zoom', {}, [SECRET, 'older-secret-of-the-spec']),
    ];
    const request = signed(old, { event: 'endpoint.url_validation', payload: { plainToken: 'abc' } });
    expect(greet(both, request)?.body).toBe(greet(old, request)?.body);
  });
});

describe('Discord', () => {
  const by = createCredential(
    'd',
    { type: 'hmac', scheme: 'discord', secrets: [{ env: 'KEY' }] },
    () => 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
  ).credential!;
  const proven = { ok: true, consumed: { headers: [], query: [] } } as const;

  it('has its pings answered, and not its events', () => {
    expect(by.handshake?.(post({ type: 1 }), proven)).toMatchObject({ status: 200, body: '{"type":1}' });
    expect(by.handshake?.(post({ type: 0 }), proven)).toMatchObject({ status: 204, body: undefined });
    expect(by.handshake?.(post({ type: 1, event: { type: 'APPLICATION_AUTHORIZED' } }), proven)).toBeUndefined();
    expect(by.handshake?.(post({ type: 2 }), proven)).toBeUndefined();
  });

  it('has its pings with a bad signature refused, which it sends on purpose', () => {
    expect(greet(by, post({ type: 1 }))).toBeUndefined();
  });
});

describe('what is no handshake', () => {
  it.each([
    ['Slack without a signature', credential('slack'), post({ type: 'url_verification', challenge: 'x' })],
    ['Slack without a challenge', credential('slack'), signed(credential('slack'), { type: 'url_verification' })],
    ['an event of Slack', credential('slack'), signed(credential('slack'), { type: 'event_callback' })],
    [
      'a token of Zoom that could be signed content',
      credential('zoom'),
      signed(credential('zoom'), { event: 'endpoint.url_validation', payload: { plainToken: 'v0:1:{}' } }),
    ],
    ['a wrong token of Meta', meta, get(challenge.replace(TOKEN, 'guess'))],
    ['a token of Meta twice', meta, get(`${challenge}&hub.verify_token=${TOKEN}`)],
    ['another mode of Meta', meta, get(challenge.replace('subscribe', 'unsubscribe'))],
    ['Meta where no token is configured', credential('meta'), get(challenge)],
    ['a challenge over a kibibyte', credential('dropbox'), get(`?challenge=${'x'.repeat(1025)}`)],
    ['a challenge with a line break', credential('dropbox'), get('?challenge=a%0d%0ab')],
    ['a challenge by POST', credential('dropbox'), { ...get('?challenge=a'), method: 'POST' }],
    ['a CRC token that is a JSON body', credential('twitter-x'), get(`?crc_token=${encodeURIComponent('{"a":1}')}`)],
    ['a CRC token that is a number', credential('twitter-x'), get('?crc_token=1234')],
    ['a CRC token that is true', credential('twitter-x'), get('?crc_token=true')],
    ['a ping of WooCommerce that says more', credential('woocommerce'), post('webhook_id=1x')],
    ['a ping of WooCommerce with a signature', credential('woocommerce'), post('webhook_id=1', ['X-WC-Webhook-Signature', 'x'])],
  ])('%s', (_, by, request) => {
    expect(greet(by, request)).toBeUndefined();
  });

  it('is anything else that comes in without a signature', () => {
    const urls = fc.webQueryParameters().map((query) => get(`?${query}`));
    const bodies = fc.oneof(fc.json(), fc.string()).map((body) => post(body));
    fc.assert(
      fc.property(fc.oneof(urls, bodies), fc.constantFrom('slack', 'zoom', 'discord-like', 'github', 'meta'), (request, scheme) => {
        if (scheme in schemes) expect(greet(credential(scheme), request)).toBeUndefined();
      }),
    );
  });
});

describe('the handshakes', () => {
  it('belong to schemes there are', () => {
    expect(Object.keys(handshakes).filter((name) => !Object.hasOwn(schemes, name))).toEqual([]);
  });

  it('have their token hidden like any secret', () => {
    expect(meta.secrets).toContain(TOKEN);
    expect(meta.carriers.query).toEqual(['hub.verify_token']);
    expect(JSON.stringify(meta)).not.toContain(TOKEN);
  });

  it('want no token where there is none to ask for', () => {
    expect(() => credential('github', { verifyToken: { env: 'TOKEN' } })).toThrow('remove "verifyToken"');
  });
});
