import { createCredential, verify, type Credential, type CredentialConfig, type IncomingRequest, type OutgoingRequest } from './index.js';

const END = Date.parse('2026-06-01T00:00:00Z');
const before = new Date(END);
const after = new Date(END + 1);
const variables: Record<string, string> = {
  NEW: 'the-new-secret-0123456789',
  OLD: 'the-old-secret-äöü-012345',
  ENDED: 'an-ended-secret-0123456789',
};
const list = [{ env: 'NEW' }, { env: 'OLD', notAfter: '2026-06-01T00:00:00Z' }, { env: 'ENDED', notAfter: '2026-01-01T00:00:00Z' }];

const rotating = {
  'basic, by password': { type: 'basic', username: 'partner', password: list },
  'basic, by user name': { type: 'basic', username: list, password: '' },
  'a key in a header': { type: 'api-key', name: 'authorization', prefix: 'Bearer ', value: list },
  'a key in the query': { type: 'api-key', in: 'query', name: 'key', value: list },
  'a signature': { type: 'hmac', scheme: 'github', secrets: list },
};

function create(config: object): Credential {
  const { credential, problems } = createCredential('shop', config as CredentialConfig, ({ env }) => variables[env]);
  if (credential === undefined) throw new Error(JSON.stringify(problems));
  return credential;
}

/** The same entry with one of the secrets alone, as a sender has it. */
function sender(config: object, env: string): Credential {
  const alone = Object.entries(config).map(([key, value]) => [
    key,
    value === list ? (key === 'secrets' ? [{ env }] : { env }) : (value as unknown),
  ]);
  return create(Object.fromEntries(alone) as object);
}

const OUTGOING: OutgoingRequest = { method: 'POST', url: 'https://x.example/', headers: {}, body: Buffer.from('{}') };

function signedBy(credential: Credential, now: Date): IncomingRequest {
  const { headers, ...request } = credential.apply(OUTGOING, { now });
  return { ...request, rawHeaders: Object.entries(headers).flat(), body: OUTGOING.body! };
}

describe.each(Object.entries(rotating))('several secrets of %s', (_, config) => {
  const credential = create(config);
  const judged = (env: string, now: Date): unknown => verify(credential, signedBy(sender(config, env), now), now);

  it('all count, and it is said which one did', () => {
    expect(judged('NEW', before)).toMatchObject({ ok: true, secretIndex: 0, secretName: 'NEW' });
    expect(judged('NEW', before)).not.toHaveProperty('warning');
    expect(judged('OLD', before)).toMatchObject({
      ok: true,
      secretIndex: 1,
      secretName: 'OLD',
      warning: 'The sender still uses the older secret in OLD: give it the one in NEW.',
    });
  });

  it('one that has ended does not, and its owner learns that it was the one', () => {
    const refusal = { ok: false, status: 401, code: 'credential.secret-expired', reason: expect.stringContaining('OLD') as string };
    expect(judged('OLD', after)).toMatchObject(refusal);
    expect(credential.diagnose(signedBy(sender(config, 'OLD'), after), after)).toMatchObject({ findings: [{ code: 'secret.expired' }] });
    expect(judged('ENDED', before)).toMatchObject({ ok: false, code: 'credential.secret-expired' });
  });

  it('one that is none of them is a mismatch that names no value', () => {
    variables.OTHER = 'another-secret-0123456789';
    const verdict = judged('OTHER', before);
    expect(verdict).toMatchObject({ ok: false, status: 401, code: 'credential.mismatch' });
    expect(JSON.stringify(verdict)).not.toContain('secret-0');
  });

  it('sends with the first that still counts, and with none when all have ended', () => {
    const turned = create(
      JSON.parse(JSON.stringify(config).replace('{"env":"NEW"}', '{"env":"NEW","notAfter":"2026-01-01T00:00:00Z"}')) as object,
    );
    expect(signedBy(credential, before)).toEqual(signedBy(sender(config, 'NEW'), before));
    expect(signedBy(turned, before)).toEqual(signedBy(sender(config, 'OLD'), before));
    expect(() => signedBy(turned, after)).toThrow(/Every secret of credential "shop" has expired \(NEW, OLD, ENDED\)/);
  });

  it('are all redacted', () => {
    const texts = [variables.NEW, variables.OLD, variables.ENDED];
    expect(credential.secrets).toEqual(expect.arrayContaining(texts));
  });
});

it('a sealed secret is called what it is, and not by the name of its slot', () => {
  const { credential } = createCredential(
    'shop',
    { type: 'hmac', scheme: 'github', secrets: [{ env: 'sealed_2' }] },
    () => variables['NEW'],
  );
  const verdict = verify(credential!, signedBy(sender(rotating['a signature'], 'OLD'), before), before);
  expect(verdict).toMatchObject({ ok: false, code: 'credential.mismatch', reason: 'No configured secret matches (sealed secret 2).' });
});
