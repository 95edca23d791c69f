import {
  createCredential,
  diagnose,
  type Credential,
  type CredentialConfig,
  type IncomingRequest,
  type OutgoingRequest,
} from '../index.js';

const NOW = new Date('2026-03-01T12:00:00Z');
const SECRET = 'de726019ca20e19a8ff642f08eff482d60b16cb616ce6c7f18f8daf21452b95d';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const REQUEST: OutgoingRequest = { method: 'POST', url: 'https://in.example/hook?a=1', headers: FORM, body: Buffer.from('a=1&b=2') };

function credential(scheme: string, secret = SECRET, ref: object = {}): Credential {
  const config = { type: 'hmac', scheme, secrets: [{ env: 'S', ...ref }] } as CredentialConfig;
  const { credential: created, problems } = createCredential('vendor', config, () => secret);
  if (!created) throw new Error(problems.map(({ message }) => message).join(' '));
  return created;
}

function sent(from: Credential, change: Partial<IncomingRequest> = {}, now = NOW): IncomingRequest {
  const { method, url, headers, body } = from.apply(REQUEST, { now });
  return { method, url, rawHeaders: Object.entries(headers).flat(), body: body ?? new Uint8Array(), ...change };
}

function found(to: Credential, request: IncomingRequest): unknown {
  return diagnose(to, request, NOW).findings.map(({ code, certain }) => [code, certain]);
}

describe.each(['twilio', 'contentful', 'hubspot-v1', 'hubspot-v2'])('a refusal by the scheme %s', (scheme) => {
  it('is explained by its secret, when that is another', () => {
    expect(found(credential(scheme), sent(credential(scheme, 'another-secret-of-the-vendor')))).toEqual([['secret.unknown', false]]);
  });

  it('is explained by white space around the secret', () => {
    expect(found(credential(scheme, ` ${SECRET}`), sent(credential(scheme)))).toEqual([['secret.whitespace', true]]);
  });

  it('is explained by the signature that was not sent, or sent twice', () => {
    const request = sent(credential(scheme));
    const doubled = { ...request, rawHeaders: [...request.rawHeaders, ...request.rawHeaders] };
    expect(found(credential(scheme), { ...request, rawHeaders: [] })).toEqual([['signature.missing', false]]);
    expect(found(credential(scheme), doubled)).toEqual([['signature.duplicate', false]]);
  });

  it('is explained by the secret that has expired', () => {
    const expired = credential(scheme, SECRET, { notAfter: '2026-02-01T00:00:00Z' });
    expect(found(expired, sent(credential(scheme)))).toEqual([['secret.expired', true]]);
  });

  it('never shows the secret', () => {
    const url = `https://in.example/${SECRET}/hook`;
    expect(
      JSON.stringify(diagnose(credential(scheme), sent(credential(scheme, 'another-secret-of-the-vendor'), { url }), NOW)),
    ).not.toContain(SECRET);
  });

  it('is none for a request that is accepted', () => {
    expect(diagnose(credential(scheme), sent(credential(scheme)), NOW)).toEqual({ findings: [] });
  });
});

describe('a refusal by a scheme that signs the URL', () => {
  it.each(['twilio', 'hubspot-v2'])('is explained by the URL that the sender knows: %s', (scheme) => {
    const rewritten = sent(credential(scheme), { url: 'http://in.example/hook?a=1' });
    expect(found(credential(scheme), rewritten)).toEqual([['url.differs', true]]);
  });
});

describe('a refusal by a scheme that signs a time', () => {
  it('is explained by the clock, certainly where only the time is wrong', () => {
    const late = sent(credential('contentful'), {}, new Date(NOW.getTime() - 60_000));
    expect(found(credential('contentful'), late)).toEqual([['clock.late', true]]);
    expect(found(credential('contentful', 'another-secret-of-the-vendor'), late)).toEqual([['clock.late', false]]);
  });
});
