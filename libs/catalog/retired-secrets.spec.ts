import { createCredential } from '@millrace/credentials';
import type { CredentialBook } from './credentials.js';
import { RetiredSecrets } from './retired-secrets.js';

function book(secret?: string): CredentialBook {
  const { credential } = createCredential('one', { type: 'api-key', name: 'x', value: { env: 'S' } }, () => secret);
  const defined = { name: 'one', source: 'sealed', shadowsFile: false, definition: {}, updatedAt: undefined } as const;
  return {
    get: () => credential,
    rate: () => undefined,
    known: new Map(),
    defined: new Map(secret === undefined ? [] : [['one', defined]]),
    problems: [],
    file: [],
  };
}

describe('retired secrets', () => {
  it('are redacted along with the current ones, whatever came after them', () => {
    const retired = new RetiredSecrets();
    retired.replace(book('first-secret'), book('second-secret'));
    retired.replace(book('second-secret'), book());
    expect([...retired.with('one', [])].sort()).toEqual(['first-secret', 'second-secret']);
    expect(retired.with('one', ['third'])).toEqual(['third', 'second-secret', 'first-secret']);
  });

  it('are none while nothing changes', () => {
    const retired = new RetiredSecrets();
    const current = ['a'];
    retired.replace(book('a'), book('a'));
    expect(retired.with('one', current)).toBe(current);
  });

  it('are bounded', () => {
    const retired = new RetiredSecrets();
    for (let at = 0; at < 100; at += 1) retired.replace(book(`secret-${at}`), book(`secret-${at + 1}`));
    expect(retired.with('one', [])).toHaveLength(20);
    expect(retired.with('one', [])).toContain('secret-99');
  });
});
