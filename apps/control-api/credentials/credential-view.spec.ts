import type { CredentialBook, DefinedCredential } from '@millrace/catalog';
import { credentialItem } from './credential-view.js';

function shown(definition: unknown): unknown {
  const defined: DefinedCredential = { name: 'one', source: 'file', shadowsFile: false, definition, updatedAt: undefined };
  const book: CredentialBook = { get: () => undefined, known: new Map(), defined: new Map([['one', defined]]), problems: [] };
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
