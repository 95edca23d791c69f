import type { CredentialBook, DefinedCredential } from '@millrace/catalog';
import { credentialItem, secretEnds } from './credential-view.js';

function shown(definition: unknown): unknown {
  const defined: DefinedCredential = { name: 'one', source: 'file', shadowsFile: false, definition, updatedAt: undefined };
  const book: CredentialBook = {
    get: () => undefined,
    rate: () => undefined,
    known: new Map(),
    defined: new Map([['one', defined]]),
    problems: [],
    file: [],
  };
  return credentialItem(defined, book, new Map(), undefined).definition;
}

describe('what is shown of a definition', () => {
  it('is all of it where references are references', () => {
    const definitions = [
      {
        type: 'hmac',
        scheme: 'github',
        secrets: [{ env: 'A' }, { sealed: 'sealed_1', notAfter: '2026-12-31T23:59:59Z' }],
        secret: { decode: 'hex' },
      },
      { type: 'basic', username: 'ada', password: '' },
      { type: 'api-key', in: 'url', value: { env: 'URL' }, baseUrl: 'http://127.0.0.1' },
    ];
    for (const definition of definitions) expect(shown(definition)).toEqual(definition);
  });

  it.each([
    [
      { type: 'api-key', value: 'oops' },
      { type: 'api-key', value: '[redacted]' },
    ],
    [
      { type: 'basic', username: 'ada', password: { secret: 'oops' } },
      { type: 'basic', username: 'ada', password: '[redacted]' },
    ],
    [
      { type: 'hmac', secrets: [{ env: 'A' }, 'oops'] },
      { type: 'hmac', secrets: '[redacted]' },
    ],
    [
      { type: 'hmac', scheme: 'meta', secrets: [{ env: 'A' }], verifyToken: 'oops' },
      { type: 'hmac', scheme: 'meta', secrets: [{ env: 'A' }], verifyToken: '[redacted]' },
    ],
    ['oops', null],
  ])('leaves out what somebody wrote into the file in place of a reference: %j', (definition, expected) => {
    expect(shown(definition)).toEqual(expected);
  });
});

describe('when secrets end', () => {
  const now = new Date('2026-03-01T00:00:00Z');
  const [soon, later] = ['2026-03-05T00:00:00.000Z', '2026-04-01T00:00:00.000Z'];
  const gone = '2026-02-01T00:00:00.000Z';

  it.each([
    ['a secret without an end', [{ env: 'A' }], null, null],
    ['a current one, and one that was replaced', [{ env: 'A' }, { env: 'B', notAfter: soon }], null, soon],
    ['one that was replaced and has ended', [{ env: 'A' }, { env: 'B', notAfter: gone }], null, null],
    [
      'all of them',
      [
        { env: 'A', notAfter: soon },
        { env: 'B', notAfter: later },
      ],
      later,
      later,
    ],
    ['a date that is none', [{ env: 'A', notAfter: 'soon' }], null, null],
    ['no list', 'oops', null, null],
  ])('is told of %s', (_what, secrets, expiresAt, oldSecretUntil) => {
    const of = [
      { type: 'hmac', secrets },
      { type: 'api-key', name: 'x', value: secrets },
      { type: 'basic', username: 'u', password: secrets },
    ];
    for (const definition of of) expect(secretEnds(definition, now)).toEqual({ expiresAt, oldSecretUntil });
  });
});
