import { createHash, createHmac } from 'node:crypto';
import {
  createCredential,
  verify,
  type CredentialConfig,
  type Credential,
  type IncomingRequest,
  type OutgoingRequest,
} from '../../index.js';

const NOW = new Date('2026-03-01T12:00:00Z');
const SECRET = 'de726019ca20e19a8ff642f08eff482d60b16cb616ce6c7f18f8daf21452b95d';

function credential(scheme: string, secrets: readonly string[] = [SECRET], more: object = {}): Credential {
  const config = { type: 'hmac', scheme, secrets: secrets.map((_, at) => ({ env: `S${at}` })), ...more } as CredentialConfig;
  const { credential: created, problems } = createCredential('vendor', config, ({ env }) => secrets[Number(env.slice(1))]);
  if (!created) throw new Error(problems.map(({ message }) => message).join(' '));
  return created;
}

function incoming({ method, url, headers, body }: OutgoingRequest, change: Partial<IncomingRequest> = {}): IncomingRequest {
  return { method, url, rawHeaders: Object.entries(headers).flat(), body: body ?? new Uint8Array(), ...change };
}

function codeOf(from: Credential, request: IncomingRequest, now = NOW): string {
  const verdict = verify(from, request, now);
  return verdict.ok ? 'ok' : verdict.code;
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const fields = Buffer.from('Digits=1234&To=%2B18005551212&From=%2B14158675309&Caller=%2B14158675309&CallSid=CA1234567890ABCDE');

describe.each(['twilio', 'contentful', 'hubspot-v1', 'hubspot-v2'])('the scheme %s', (scheme) => {
  const request: OutgoingRequest = {
    method: 'POST',
    url: 'https://in.example/hook?a=1&b=x%20y',
    headers: FORM,
    body: Buffer.from('a=1&b=2'),
  };
  const signed = (): OutgoingRequest => credential(scheme).apply(request, { now: NOW });

  it('verifies what it signed', () => {
    expect(codeOf(credential(scheme), incoming(signed()))).toBe('ok');
  });

  it('refuses another body, another secret, no signature, a broken one and two', () => {
    const header = Object.entries(signed().headers).find(([name]) => /signature$/i.test(name))!;
    expect(codeOf(credential(scheme), incoming(signed(), { body: Buffer.from('a=1&b=3') }))).toBe('credential.mismatch');
    expect(codeOf(credential(scheme, ['another-secret-of-enough-length']), incoming(signed()))).toBe('credential.mismatch');
    expect(codeOf(credential(scheme), incoming(request))).toBe('credential.missing');
    expect(codeOf(credential(scheme), incoming({ ...signed(), headers: { ...signed().headers, [header[0]]: '!' } }))).toBe(
      'credential.malformed',
    );
    expect(codeOf(credential(scheme), incoming(signed(), { rawHeaders: [...incoming(signed()).rawHeaders, ...header] }))).toBe(
      'credential.duplicate',
    );
  });

  it('takes each of several secrets and says which', () => {
    const verdict = verify(credential(scheme, ['a-newer-secret-of-enough-length', SECRET]), incoming(signed()), NOW);
    expect(verdict).toMatchObject({ ok: true, secretIndex: 1, secretName: 'S1', warning: expect.stringContaining('S1') as string });
  });

  it('takes no field of another scheme beside it', () => {
    expect(() => credential(scheme, [SECRET], { prefix: 'v1=' })).toThrow('"prefix" cannot be changed');
  });

  it('shows its secret to nobody', () => {
    expect(JSON.stringify(credential(scheme))).not.toContain(SECRET);
    expect(credential(scheme).secrets).toEqual([SECRET]);
  });
});

describe('Twilio', () => {
  // twilio.com/docs/usage/security, the worked example: auth token 12345.
  const published = {
    method: 'POST',
    url: 'https://mycompany.com/myapp.php?foo=1&bar=2',
    headers: { ...FORM, 'X-Twilio-Signature': 'RSOYDt4T1cUTdK1PDd93/VVr8B8=' },
    body: fields,
  };
  const twilio = credential('twilio', ['12345']);

  it('is verified as in the published example', () => {
    expect(codeOf(twilio, incoming(published))).toBe('ok');
  });

  it.each(['https://mycompany.com:443/a?b=1', 'https://mycompany.com/a?b=1', "https://mycompany.com/a?b=1&c=it's"])(
    'is verified where the port was signed or not: %s',
    (url) => {
      const bare = url.replace(':443', '');
      for (const signed of [bare, bare.replace('.com', '.com:443')]) {
        const signature = createHmac('sha1', '12345').update(signed).digest('base64');
        expect(codeOf(twilio, incoming({ method: 'GET', url, headers: { 'X-Twilio-Signature': signature } }))).toBe('ok');
      }
    },
  );

  it('binds a body that is no form by its digest in the address', () => {
    const json = { 'content-type': 'application/json' };
    const sent = twilio.apply({ method: 'POST', url: 'https://a.example/x', headers: json, body: Buffer.from('{"a":1}') }, { now: NOW });
    expect(sent.url).toBe(`https://a.example/x?bodySHA256=${createHash('sha256').update('{"a":1}').digest('hex')}`);
    expect(codeOf(twilio, incoming(sent))).toBe('ok');
    expect(codeOf(twilio, incoming(sent, { body: Buffer.from('{"a":2}') }))).toBe('credential.mismatch');
    const unbound = {
      method: 'POST',
      url: 'https://a.example/x',
      headers: { ...json, 'X-Twilio-Signature': createHmac('sha1', '12345').update('https://a.example/x').digest('base64') },
    };
    expect(codeOf(twilio, incoming(unbound, { body: Buffer.from('{}') }))).toBe('credential.missing');
  });

  it('is not fooled by a form that calls itself something else', () => {
    const disguised = { ...published, headers: { ...published.headers, 'content-type': 'text/plain' } };
    expect(codeOf(twilio, incoming(disguised))).toBe('credential.missing');
  });
});

describe('HubSpot', () => {
  // developers.hubspot.com, "Validating requests", the examples of version 2.
  it.each([
    ['GET', '', 'eee2dddcc73c94d699f5e395f4b9d454a069a6855fbfa152e91e88823087200e'],
    ['POST', '{"example_field":"example_value"}', '9569219f8ba981ffa6f6f16aa0f48637d35d728c7e4d93d0d52efaa512af7900'],
  ])('version 2 is verified as in the published example: %s', (method, body, signature) => {
    const headers = { 'X-HubSpot-Signature-Version': 'v2', 'X-HubSpot-Signature': signature };
    const request = { method, url: 'https://www.example.com/webhook_uri', headers, body: Buffer.from(body) };
    expect(codeOf(credential('hubspot-v2', ['yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy']), incoming(request))).toBe('ok');
    expect(codeOf(credential('hubspot-v1', ['yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy']), incoming(request))).toBe('credential.malformed');
  });

  it('version 3 is verified over the URL as sent and with reserved characters unescaped, and over no other', () => {
    const url = 'https://in.example/hook?mail=a%40b.c&x=%2Fy%20z';
    const time = String(NOW.getTime());
    const signed = (address: string): IncomingRequest => {
      const signature = createHmac('sha256', SECRET).update(`POST${address}{}${time}`).digest('base64');
      return incoming({
        method: 'POST',
        url,
        headers: { 'X-HubSpot-Signature-v3': signature, 'X-HubSpot-Request-Timestamp': time },
        body: Buffer.from('{}'),
      });
    };
    const hubspot = credential('hubspot-v3');
    expect(codeOf(hubspot, signed(url))).toBe('ok');
    expect(codeOf(hubspot, signed('https://in.example/hook?mail=a@b.c&x=/y%20z'))).toBe('ok');
    expect(codeOf(hubspot, signed('https://in.example/hook?mail=a@b.c&x=/y z'))).toBe('credential.mismatch');
  });
});

describe('Contentful', () => {
  const contentful = credential('contentful');
  const signed = contentful.apply(
    { method: 'POST', url: 'https://in.example/hook', headers: { 'X-Topic': 'Entry.publish' }, body: Buffer.from('{}') },
    { now: NOW },
  );

  it('signs for half a minute, and gives each request a replay key', () => {
    const at = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1000);
    expect([30, -30].map((seconds) => codeOf(contentful, incoming(signed), at(seconds)))).toEqual(['ok', 'ok']);
    expect(codeOf(contentful, incoming(signed), at(31))).toBe('credential.timestamp-stale');
    expect(codeOf(contentful, incoming(signed), at(-31))).toBe('credential.timestamp-future');
    expect(verify(contentful, incoming(signed), NOW)).toMatchObject({
      replayId: expect.stringMatching(/^content:/) as string,
      replayWindowMs: 60_000,
    });
  });

  it('covers the headers that it names, and must name its own', () => {
    const headers = signed.headers as Record<string, string>;
    expect(codeOf(contentful, incoming({ ...signed, headers: { ...headers, 'X-Topic': 'Entry.delete' } }))).toBe('credential.mismatch');
    expect(codeOf(contentful, incoming({ ...signed, headers: { ...headers, 'x-contentful-signed-headers': 'x-topic' } }))).toBe(
      'credential.missing',
    );
    expect(codeOf(contentful, incoming({ ...signed, headers: { ...headers, 'x-contentful-timestamp': 'soon' } }))).toBe(
      'credential.timestamp-malformed',
    );
  });
});
