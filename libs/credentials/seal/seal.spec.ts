import { inspect } from 'node:util';
import { createCredential, type CredentialConfig } from '../index.js';
import { splitSecrets, withReferences } from './definition.js';
import { newKeyText, parseKeys, SealError, type Keyring } from './key.js';
import { generateSecret, secretRefs, withSecret } from './rotate.js';
import { keyIdOf, seal, unseal } from './seal.js';

function ring(text = newKeyText()): Keyring {
  return { keys: parseKeys(text, 'MILLRACE_KEY'), place: 'MILLRACE_KEY' };
}

function thrown(work: () => unknown): SealError {
  try {
    work();
  } catch (error) {
    if (error instanceof SealError) return error;
    throw error;
  }
  throw new Error('It should have failed.');
}

describe('a key', () => {
  const hex = '0f'.repeat(32);

  it('is the same in hexadecimal and in base64', () => {
    const base64 = Buffer.from(hex, 'hex').toString('base64');
    const ids = [hex, hex.toUpperCase(), base64, base64.replace(/=$/, ''), ` ${hex}\n`].map((text) => parseKeys(text, 'x')[0]?.id);
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toMatch(/^[0-9a-f]{8}$/);
  });

  it.each(['', 'short', 'zz'.repeat(32), '0f'.repeat(31), newKeyText().slice(4), `${hex},oops`])(
    'that is not 32 bytes is refused by a sentence without it: %p',
    (text) => {
      const error = thrown(() => parseKeys(text, 'MILLRACE_KEY'));
      expect(error.code).toBe('seal.key-invalid');
      expect(error.message).toMatch(/^MILLRACE_KEY .*openssl rand -base64 32$/);
      if (text !== '') expect(error.message).not.toContain(text);
    },
  );

  it('does not show itself when it is printed', () => {
    const text = newKeyText();
    const printed = inspect(parseKeys(text, 'x'), { depth: 5 }) + JSON.stringify(parseKeys(text, 'x'));
    expect(printed).not.toContain(text);
    expect(printed).not.toContain(Buffer.from(text, 'base64').toString('hex'));
  });
});

describe('an envelope', () => {
  const secrets = { sealed_1: 'Grüße \u0000 "x"' };
  const keyring = ring();
  const key = keyring.keys[0]!;

  it('gives back what was sealed, and never looks the same twice', () => {
    const [a, b] = [seal(key, 'github', secrets), seal(key, 'github', secrets)];
    expect([unseal(keyring, 'github', a), unseal(keyring, 'github', b)]).toEqual([secrets, secrets]);
    expect(a).not.toBe(b);
    expect([keyIdOf(a), a.startsWith(`v1.${key.id}.`)]).toEqual([key.id, true]);
  });

  it('opens under its own name only', () => {
    expect(thrown(() => unseal(keyring, 'stripe', seal(key, 'github', secrets))).code).toBe('seal.broken');
  });

  it('does not open after any single character was changed', () => {
    const envelope = seal(key, 'github', secrets);
    for (let at = 0; at < envelope.length; at += 1) {
      const other = envelope[at] === 'A' ? 'B' : 'A';
      const changed = envelope.slice(0, at) + other + envelope.slice(at + 1);
      // The last character of base64url may hold bits that nobody reads.
      if (
        Buffer.from(changed.split('.')[3] ?? '', 'base64url').equals(Buffer.from(envelope.split('.')[3] ?? '', 'base64url')) &&
        at > envelope.lastIndexOf('.')
      )
        continue;
      expect(['seal.broken', 'seal.key-missing']).toContain(thrown(() => unseal(keyring, 'github', changed)).code);
    }
    expect(thrown(() => unseal(keyring, 'github', `${envelope}.x`)).code).toBe('seal.broken');
    expect(thrown(() => unseal(keyring, 'github', envelope.slice(0, -24))).code).toBe('seal.broken');
  });

  it('opens with an older key, and without its key names it', () => {
    const envelope = seal(key, 'github', secrets);
    const both = { ...keyring, keys: [...ring().keys, key] };
    expect(unseal(both, 'github', envelope)).toEqual(secrets);
    const error = thrown(() => unseal(ring(), 'github', envelope));
    expect([error.code, error.message.includes(key.id)]).toEqual(['seal.key-missing', true]);
  });
});

describe('a definition', () => {
  const given = {
    type: 'hmac',
    scheme: 'github',
    note: 'ours',
    secrets: [{ secret: 'S-one' }, { env: 'OLD', notAfter: '2026-12-31T23:59:59Z' }, { secret: 'S-two', notAfter: '2027-01-01T00:00:00Z' }],
  };

  it('is stored without its secrets, which are named by slots', () => {
    const { definition, secrets } = splitSecrets(given);
    expect(secrets).toEqual({ sealed_1: 'S-one', sealed_2: 'S-two' });
    expect(definition).toEqual({
      ...given,
      secrets: [{ sealed: 'sealed_1' }, given.secrets[1], { sealed: 'sealed_2', notAfter: '2027-01-01T00:00:00Z' }],
    });
    expect(JSON.stringify(definition)).not.toMatch(/S-(one|two)/);
  });

  it('keeps the secrets that it still refers to, under the same slots, and drops the others', () => {
    const { definition, secrets } = splitSecrets(
      { secrets: [{ secret: 'new' }, { sealed: 'sealed_2' }, { sealed: 'sealed_9' }] },
      { sealed_1: 'a', sealed_2: 'b' },
    );
    expect(secrets).toEqual({ sealed_2: 'b', sealed_3: 'new' });
    expect(definition).toEqual({ secrets: [{ sealed: 'sealed_3' }, { sealed: 'sealed_2' }, { sealed: 'sealed_9' }] });
  });

  it('makes the credential that it would make with variables', () => {
    const { definition, secrets } = splitSecrets({ type: 'api-key', name: 'x-key', value: { secret: 'a-long-enough-secret' } });
    const { credential } = createCredential('c', withReferences(definition) as CredentialConfig, ({ env }) => secrets[env]);
    const request = { method: 'POST', url: 'https://x/', rawHeaders: ['X-Key', 'a-long-enough-secret'], body: new Uint8Array() };
    expect(credential?.verify(request, new Date())).toMatchObject({ ok: true });
  });
});

describe('a generated secret', () => {
  it.each([
    [{ type: 'hmac', scheme: 'github' }, /^[A-Za-z0-9_-]{43}$/],
    [{ type: 'hmac', scheme: 'standard-webhooks' }, /^whsec_[A-Za-z0-9+/]{43}=$/],
    [{ type: 'hmac', header: 'x', algorithm: 'sha256', secret: { decode: 'hex' } }, /^[0-9a-f]{64}$/],
    [{ type: 'api-key', name: 'x-key' }, /^[A-Za-z0-9_-]{43}$/],
    [{ type: 'basic', username: 'partner' }, /^[A-Za-z0-9_-]{43}$/],
  ])('of %j has the form that it needs and is accepted', (definition, form) => {
    const made = generateSecret(definition);
    if (!('secret' in made)) throw new Error(made.refused);
    expect(made.secret).toMatch(form);
    const complete = withSecret(definition, made.secret);
    if (!('definition' in complete)) throw new Error(complete.refused);
    const { definition: stored, secrets } = splitSecrets(complete.definition);
    const { problems, warnings } = createCredential('c', withReferences(stored) as CredentialConfig, ({ env }) => secrets[env]);
    expect([problems, warnings]).toEqual([[], []]);
  });

  it.each([{ type: 'none' }, { type: 'hmac', scheme: 'discord' }, { type: 'api-key', in: 'url' }, 7])(
    'is not made for %j, with a sentence',
    (definition) => {
      expect(generateSecret(definition)).toEqual({ refused: expect.stringMatching(/\.$/) });
    },
  );
});

describe('rotation', () => {
  const definition = {
    type: 'hmac',
    scheme: 'github',
    secrets: [{ sealed: 'sealed_1' }, { env: 'OLD', notAfter: '2026-01-02T00:00:00Z' }],
  };

  it('puts the new secret first and ends the older ones, none later than it would have ended', () => {
    expect(withSecret(definition, 'new', '2026-01-05T00:00:00Z')).toEqual({
      definition: {
        ...definition,
        secrets: [
          { secret: 'new' },
          { sealed: 'sealed_1', notAfter: '2026-01-05T00:00:00Z' },
          { env: 'OLD', notAfter: '2026-01-02T00:00:00Z' },
        ],
      },
    });
  });

  it('at once leaves the new secret only', () => {
    expect(withSecret(definition, 'new')).toEqual({ definition: { ...definition, secrets: [{ secret: 'new' }] } });
  });

  const until = '2026-01-05T00:00:00Z';
  it.each([
    ['password', { type: 'basic', username: 'u', password: { sealed: 'sealed_1' } }],
    ['username', { type: 'basic', username: { sealed: 'sealed_1' }, password: '' }],
    ['value', { type: 'api-key', name: 'x-key', value: { sealed: 'sealed_1' } }],
    ['value', { type: 'api-key', in: 'query', name: 'key', value: [{ sealed: 'sealed_1' }] }],
  ])('turns one secret in "%s" into a list, and at once into one', (key, definition) => {
    expect(withSecret(definition, 'new', until)).toEqual({
      definition: { ...definition, [key]: [{ secret: 'new' }, { sealed: 'sealed_1', notAfter: until }] },
    });
    expect(withSecret(definition, 'new')).toEqual({ definition: { ...definition, [key]: { secret: 'new' } } });
  });

  it('keeps at most five', () => {
    const value = Array.from({ length: 5 }, (_, at) => ({ sealed: `sealed_${at + 1}` }));
    const rotated = withSecret({ type: 'api-key', name: 'x', value }, 'new', until);
    expect('definition' in rotated && secretRefs(rotated.definition).map((ref) => ref.sealed)).toEqual([
      undefined,
      'sealed_1',
      'sealed_2',
      'sealed_3',
      'sealed_4',
    ]);
  });

  it.each([
    [{ type: 'none' }, 'A credential of type none takes no secret.'],
    [{}, 'The "type" of a credential with a secret is one of basic, api-key and hmac.'],
    [{ type: ['hmac'] }, 'The "type" of a credential with a secret is one of basic, api-key and hmac.'],
  ])('goes nowhere in %j, which says why', (definition, refused) => {
    expect(withSecret(definition, 'new')).toEqual({ refused });
  });

  it('keeps no old address, which is only sent to', () => {
    const address = { type: 'api-key', in: 'url', value: { sealed: 'sealed_1' } };
    expect(withSecret(address, 'new', until)).toEqual({ refused: expect.stringContaining('replaces it at once') });
    expect(withSecret(address, 'new')).toEqual({ definition: { ...address, value: { secret: 'new' } } });
  });
});
