import { createCredential, type Credential, type CredentialConfig, type SecretRef } from '@millrace/credentials';
import { readJsonc, valueOf, type CredentialInfo } from '@millrace/flow';

/** Credentials as the credentials file defines them, with made-up secrets. */
export interface FakeCredentials {
  get(name: string): Credential | undefined;
  /** As the checker wants them. */
  readonly known: ReadonlyMap<string, CredentialInfo>;
}

/**
 * Reads the text of a credentials file. A secret is `fake-<VARIABLE>`; one that is an address is `https://<name>.test/`; a key
 * that must be Base64 is 32 zero bytes. The same on every machine, so that a case can name them.
 */
export function fakeCredentials(text: string): FakeCredentials {
  const { root } = readJsonc(text);
  const entries = root?.type === 'object' ? (valueOf(root) as Record<string, unknown>) : {};
  const credentials = new Map<string, Credential>();
  const known = new Map<string, CredentialInfo>();
  for (const [name, config] of Object.entries(entries)) {
    if (name.startsWith('$') || name.startsWith('x-')) continue;
    const made = withFakeSecrets(name, config as CredentialConfig);
    if (made.credential) credentials.set(name, made.credential);
    const { type, in: place } = config as { type?: unknown; in?: unknown };
    const broken = made.credential ? {} : { broken: made.problem };
    known.set(name, { type: String(type), ...(typeof place === 'string' && { in: place }), ...broken });
  }
  return { get: (name) => credentials.get(name), known };
}

/** The kinds of secrets there are; the first that a credential's type takes is its secret. */
const FAKES: readonly ((ref: SecretRef, name: string) => string)[] = [
  ({ env }) => `fake-${env}`,
  (_, name) => `https://${name}.test/`,
  () => Buffer.alloc(32).toString('base64'),
  () => `whsec_${Buffer.alloc(32).toString('base64')}`,
];

function withFakeSecrets(name: string, config: CredentialConfig): { credential?: Credential; problem?: string } {
  const made = FAKES.map((fake) => createCredential(name, config, (ref) => fake(ref, name)));
  const usable = made.find(({ credential }) => credential !== undefined);
  return usable ? { credential: usable.credential } : { problem: made[0]?.problems[0]?.message };
}
