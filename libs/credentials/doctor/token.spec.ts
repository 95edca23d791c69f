import { createCredential, diagnose, type Credential, type CredentialConfig, type IncomingRequest } from '../index.js';

const KEY = 'Key-Of-The-Token-Spec-1234';
const NOW = new Date('2026-03-01T12:00:00Z');

function made(config: CredentialConfig): Credential {
  const { credential, problems } = createCredential('c', config, () => KEY);
  if (!credential) throw new Error(JSON.stringify(problems));
  return credential;
}

function request(rawHeaders: readonly string[], query = ''): IncomingRequest {
  return { method: 'POST', url: `https://hooks.example.com/flows/x/hook${query}`, rawHeaders, body: Buffer.from('{}') };
}

function first(credential: Credential, sent: IncomingRequest): { code: string | undefined; certain: boolean | undefined } {
  expect(credential.verify(sent, NOW).ok).toBe(false);
  const diagnosis = diagnose(credential, sent, NOW);
  expect(JSON.stringify(diagnosis)).not.toMatch(new RegExp(`${KEY}|${Buffer.from(KEY).toString('base64')}`, 'i'));
  return { code: diagnosis.findings[0]?.code, certain: diagnosis.findings[0]?.certain };
}

const bearer = made({ type: 'api-key', in: 'header', name: 'authorization', prefix: 'Bearer ', value: { env: 'KEY' } });
const plain = made({ type: 'api-key', in: 'header', name: 'x-api-key', value: { env: 'KEY' } });
const inQuery = made({ type: 'api-key', in: 'query', name: 'k', value: { env: 'KEY' } });
const basic = made({ type: 'basic', username: 'partner', password: { env: 'KEY' } });

const pair = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

describe('the doctor of tokens', () => {
  it.each<[string, Credential, IncomingRequest, string, boolean]>([
    ['a key without its prefix', bearer, request(['Authorization', KEY]), 'token.prefix', true],
    ['a prefix that is not expected', plain, request(['X-Api-Key', `Bearer ${KEY}`]), 'token.prefix', true],
    ['quotes around the key', plain, request(['X-Api-Key', `"${KEY}"`]), 'token.whitespace', true],
    ['a written-out line break', plain, request(['X-Api-Key', `${KEY}\\n`]), 'token.whitespace', true],
    ['other letters in case', plain, request(['X-Api-Key', KEY.toLowerCase()]), 'token.case', true],
    ['base64', plain, request(['X-Api-Key', Buffer.from(KEY).toString('base64')]), 'token.encoding', true],
    ['another header', plain, request(['X-Token', KEY]), 'token.place', true],
    ['a bearer token', plain, request(['Authorization', `Bearer ${KEY}`]), 'token.place', true],
    ['the query', plain, request([], `?token=${KEY}`), 'token.place', true],
    ['a header instead of the query', inQuery, request(['X-Api-Key', KEY]), 'token.place', true],
    ['no key', plain, request([]), 'token.missing', false],
    ['another key', plain, request(['X-Api-Key', 'something-else']), 'token.unknown', false],
    ['two keys', plain, request(['X-Api-Key', KEY, 'x-api-key', KEY]), 'token.duplicate', false],
    ['another user', basic, request(['Authorization', pair(`other:${KEY}`)]), 'token.user', true],
    ['another password', basic, request(['Authorization', pair('partner:nope')]), 'token.unknown', false],
    ['a line break', basic, request(['Authorization', pair(`partner:${KEY} `)]), 'token.whitespace', true],
    ['no base64', basic, request(['Authorization', `Basic partner:${KEY}`]), 'token.encoding', true],
    ['no header', basic, request([]), 'token.missing', false],
  ])('explains %s', (_name, credential, sent, code, certain) => {
    expect(first(credential, sent)).toEqual({ code, certain });
  });

  it('knows that an address cannot check what comes in', () => {
    const address = createCredential('c', { type: 'api-key', in: 'url', value: { env: 'U' } }, () => 'https://example.com/x').credential!;
    expect(first(address, request([])).code).toBe('credential.not-for-incoming');
  });

  it('finds nothing in what is accepted', () => {
    expect(diagnose(plain, request(['X-Api-Key', KEY]), NOW)).toEqual({ findings: [] });
    expect(diagnose(basic, request(['Authorization', pair(`partner:${KEY}`)]), NOW)).toEqual({ findings: [] });
  });
});
