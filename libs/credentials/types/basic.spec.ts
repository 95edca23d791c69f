import { createCredential, verify, type Credential, type CredentialConfig, type IncomingRequest } from '../index.js';

const now = new Date(0);
const password = 'corr:ect horse ßattery';

function create(config: Record<string, unknown>, env: Record<string, string> = { PASSWORD: password }): Credential {
  const entry = { type: 'basic', username: 'partner', password: { env: 'PASSWORD' }, ...config } as unknown as CredentialConfig;
  const { credential, problems } = createCredential('partner', entry, (ref) => env[ref.env]);
  if (credential === undefined) throw new Error(JSON.stringify(problems));
  return credential;
}

function request(...authorization: readonly string[]): IncomingRequest {
  const rawHeaders = authorization.flatMap((value) => ['Authorization', value]);
  return { method: 'POST', url: 'https://hooks.example.com/', rawHeaders, body: new Uint8Array() };
}

function encode(text: string | Uint8Array): string {
  return Buffer.from(text as string).toString('base64');
}

function codeOf(credential: Credential, ...authorization: readonly string[]): string {
  const verdict = verify(credential, request(...authorization), now);
  return verdict.ok ? 'ok' : `${verdict.status} ${verdict.code}`;
}

describe('verify', () => {
  const credential = create({});
  const right = encode(`partner:${password}`);

  it('the password may hold colons, blanks and any letter; the scheme has no case', () => {
    expect(['Basic', 'basic', 'BASIC', 'Basic  '].map((scheme) => codeOf(credential, `${scheme} ${right}`))).toEqual([
      'ok',
      'ok',
      'ok',
      'ok',
    ]);
  });

  it('names the header for removal', () => {
    expect(verify(credential, request(`Basic ${right}`), now)).toEqual({
      ok: true,
      secretIndex: 0,
      secretName: 'PASSWORD',
      consumed: { headers: ['authorization'], query: [] },
    });
  });

  it.each([
    ['another password', `Basic ${encode('partner:other')}`, '401 credential.mismatch'],
    ['another user', `Basic ${encode(`Partner:${password}`)}`, '401 credential.mismatch'],
    ['the colon elsewhere', `Basic ${encode(`partner:corr:ect horse ßattery:`)}`, '401 credential.mismatch'],
    ['no colon', `Basic ${encode('partner')}`, '401 credential.malformed'],
    ['no padding', `Basic ${right.replace(/=+$/, '')}x`, '401 credential.malformed'],
    ['garbage after base64', `Basic ${right}!`, '401 credential.malformed'],
    ['two tokens', `Basic ${right} ${right}`, '401 credential.malformed'],
    ['control characters', `Basic ${encode(`partner:${password}\n`)}`, '401 credential.malformed'],
    ['no UTF-8', `Basic ${encode(Buffer.from(`partner:${password}`, 'latin1'))}`, '401 credential.malformed'],
    ['another scheme', `Bearer ${right}`, '401 credential.malformed'],
    ['nothing', '', '401 credential.missing'],
  ])('refuses %s', (_, header, expected) => {
    expect(codeOf(credential, header)).toBe(expected);
  });

  it('refuses two headers, though both are right', () => {
    expect(codeOf(credential, `Basic ${right}`, `Basic ${right}`)).toBe('400 credential.duplicate');
  });

  it('refuses no header', () => {
    expect(codeOf(credential)).toBe('401 credential.missing');
  });

  it('takes composed and decomposed letters for the same, as RFC 7617 wants for UTF-8', () => {
    const composed = create({}, { PASSWORD: 'caf\u00e9 au lait, grand' });
    expect(codeOf(composed, `Basic ${encode('partner:cafe\u0301 au lait, grand')}`)).toBe('ok');
  });

  it('an empty password matches only where it is configured', () => {
    const keyAsUser = create({ username: { env: 'KEY' }, password: '' }, { KEY: 'sk_live_0123456789' });
    expect(codeOf(keyAsUser, `Basic ${encode('sk_live_0123456789:')}`)).toBe('ok');
    expect(codeOf(keyAsUser, `Basic ${encode('sk_live_0123456789:x')}`)).toBe('401 credential.mismatch');
    expect(codeOf(credential, `Basic ${encode('partner:')}`)).toBe('401 credential.mismatch');
  });
});

it('accepts what it applied, and replaces an Authorization header in another spelling', () => {
  const credential = create({});
  const outgoing = { method: 'GET', url: 'https://api.example.com/', headers: { Authorization: 'mine' } };
  const { headers } = credential.apply(outgoing, { now });
  expect(headers).toEqual({ authorization: `Basic ${encode(`partner:${password}`)}` });
  expect(codeOf(credential, headers.authorization ?? '')).toBe('ok');
});

it('redacts the password and the header made of it', () => {
  expect(create({}).secrets).toEqual(expect.arrayContaining([password, encode(`partner:${password}`)]));
});

describe('create', () => {
  function codes(config: Record<string, unknown>, value = 'a-long-enough-password'): string[] {
    const entry = { type: 'basic', username: 'partner', password: { env: 'P' }, ...config } as unknown as CredentialConfig;
    return createCredential('partner', entry, () => value).problems.map(({ code, path }) => `${path} ${code}`);
  }

  it.each([
    ['a colon in the user name', { username: 'a:b' }, '/username credential.secret-unusable'],
    ['a line break in the user name', { username: 'a\n' }, '/username credential.secret-unusable'],
    ['a password in the file', { password: 'hunter2' }, '/password credential.bad-shape'],
    ['a list of user names beside a password', { username: [{ env: 'A' }, { env: 'B' }] }, '/username credential.bad-shape'],
    ['neither part secret', { password: '' }, '/password credential.secret-empty'],
  ])('refuses %s', (_, config, expected) => {
    expect(codes(config)).toEqual([expected]);
  });

  it('refuses a password with a line break at its end', () => {
    expect(codes({}, 'a-long-enough-password\n')).toEqual(['/password credential.secret-unusable']);
  });
});
