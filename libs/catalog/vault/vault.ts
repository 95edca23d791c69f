import {
  createCredential,
  keyIdOf,
  keyMissing,
  seal,
  SealError,
  splitSecrets,
  unseal,
  withReferences,
  withSecret,
} from '@millrace/credentials';
import type { CredentialConfig, CredentialProblem, Keyring } from '@millrace/credentials';
import type { PostgresSealedStore, SealedChange, SealedCredentialEntity } from '@millrace/postgres';
import { CREDENTIAL_NAMES, isCredentialName } from '../credential-name.js';
import type { KeyPlace, SealingKeys } from './keys.js';

/** A sealed credential, opened. */
export interface SealedEntry {
  readonly name: string;
  /** Without secrets. */
  readonly definition: unknown;
  /** By slot; none when it could not be opened. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Why it could not be opened, as a sentence. */
  readonly locked: string | undefined;
  readonly updatedAt: Date;
}

/** What was changed. */
export interface Sealing {
  /** What works, but should be stronger. */
  readonly warnings: readonly CredentialProblem[];
}

/** A definition that cannot be sealed. The message says why and holds no secret. */
export class VaultError extends Error {
  constructor(
    readonly code: 'credential.invalid' | 'credential.name-invalid' | 'credential.takes-no-secret' | 'credential.not-found',
    message: string,
  ) {
    super(message);
    this.name = 'VaultError';
  }
}

export interface VaultParts {
  readonly store: PostgresSealedStore;
  readonly keys: KeyPlace;
  variable(name: string): string | undefined;
}

/** What belongs into the same commit: when it throws, nothing was changed at all. */
export type Alongside = (change: SealedChange) => Promise<unknown>;

/** The sealed credentials: written through here only, and never read out except to make credentials of them. */
export class Vault {
  constructor(private readonly parts: VaultParts) {}

  /** Changes whenever any sealed credential does. */
  revision(): Promise<string> {
    return this.parts.store.revision();
  }

  /** All of them, by name; what cannot be opened says why instead. */
  async entries(): Promise<readonly SealedEntry[]> {
    const entries = await this.opened();
    // The key may have been changed between looking at the one and at the other: then a second look finds both new.
    return entries.some(({ locked }) => locked !== undefined) ? this.opened() : entries;
  }

  /**
   * Seals a definition under a name, in place of what was sealed there. Secrets are `{ "secret": "…" }`; `{ "sealed": "<slot>" }`
   * keeps one that is there. Throws a VaultError or a SealError, and then nothing was changed.
   */
  put(name: string, definition: unknown, alongside?: Alongside): Promise<Sealing> {
    return this.change(name, () => definition, alongside);
  }

  /**
   * Makes `secret` the current one of a credential, defined here or by `fallback`. The older ones end at once, or count until `keepUntil`.
   */
  addSecret(name: string, secret: string, { fallback, keepUntil }: { fallback: unknown; keepUntil: string | undefined }): Promise<Sealing> {
    return this.change(name, (own) => {
      const known = own ?? fallback;
      if (known === undefined) throw new VaultError('credential.not-found', `There is no credential ${name} yet: define it first.`);
      const changed = withSecret(known, secret, keepUntil);
      if ('refused' in changed) throw new VaultError('credential.takes-no-secret', changed.refused);
      return changed.definition;
    });
  }

  /** False when nothing was sealed under the name. */
  remove(name: string, alongside?: Alongside): Promise<boolean> {
    return this.parts.store.change(async (change) => {
      await alongside?.(change);
      return change.remove(name);
    });
  }

  /**
   * Changes the key: a new one (or, from the environment, the first one given) seals everything anew. The old keys open until
   * that is committed, so that a crash at any moment leaves everything open; rotating again then finishes it.
   */
  async rotateKey(): Promise<{ readonly keyId: string; readonly resealed: number }> {
    const { store, keys } = this.parts;
    const rotated = await store.change(async (change) =>
      resealAll(change, await (keys.isGiven ? keys.readOrMake() : rotatable(change, keys))),
    );
    await store.change(async (change) => {
      if ((await change.list()).every(({ sealed }) => keyIdOf(sealed) === rotated.keyId) && !keys.isGiven) await keys.dropOldKeys();
    });
    return rotated;
  }

  /** The ids of the keys that are there: the first seals. None while nothing was ever sealed. */
  async keyIds(): Promise<readonly string[]> {
    return (await this.parts.keys.read()).keys.map(({ id }) => id);
  }

  private async opened(): Promise<readonly SealedEntry[]> {
    const rows = await this.parts.store.list();
    return rows.length === 0 ? [] : openAll(rows, this.parts.keys);
  }

  private async change(name: string, definitionOf: (own: unknown) => unknown, alongside?: Alongside): Promise<Sealing> {
    if (!isCredentialName(name)) throw new VaultError('credential.name-invalid', CREDENTIAL_NAMES);
    return this.parts.store.change(async (change) => {
      const keys = await sealingKeys(change, this.parts.keys);
      const row = await change.find(name);
      const own = row === null ? undefined : opened(row, keys);
      const { definition, secrets } = splitSecrets(definitionOf(row?.definition), own?.secrets);
      const { warnings } = this.checked(name, definition, secrets);
      await change.put(name, definition as object, seal(keys.current, name, secrets));
      await alongside?.(change);
      return { warnings };
    });
  }

  /** A variable that is not set is no reason to refuse: it may come. */
  private checked(name: string, definition: unknown, secrets: Readonly<Record<string, string>>): Sealing {
    const lookup = sealedLookup(secrets, this.parts.variable);
    const { problems, warnings } = createCredential(name, withReferences(definition) as CredentialConfig, lookup);
    const grave = problems.filter(({ message, code }) => code !== 'credential.secret-missing' || /\bsealed_\d+\b/.test(message));
    if (grave.length === 0) return { warnings };
    const sentences = grave.map(({ code, message }) => (code === 'credential.secret-missing' ? DANGLING : message));
    const shape = grave.some(({ code }) => code === 'credential.bad-shape') ? [HOW_SECRETS_ARE_WRITTEN] : [];
    throw new VaultError('credential.invalid', [...new Set([...sentences, ...shape])].join(' '));
  }
}

const HOW_SECRETS_ARE_WRITTEN = 'Where a reference belongs, a secret to be sealed is written { "secret": "…" }.';
const DANGLING = 'A secret is missing: write it as { "secret": "…" }, or keep one that is there by its { "sealed": … }.';

/** Finds the secret of a slot or, for any other name, the variable of the environment. */
export function sealedLookup(secrets: Readonly<Record<string, string>>, variable: (name: string) => string | undefined) {
  return ({ env }: { readonly env: string }): string | undefined => (Object.hasOwn(secrets, env) ? secrets[env] : variable(env));
}

async function openAll(rows: readonly SealedCredentialEntity[], place: KeyPlace): Promise<readonly SealedEntry[]> {
  const keys = await place.read().catch((error: unknown) => {
    if (error instanceof SealError) return error;
    throw error;
  });
  return rows.map((row) => (keys instanceof SealError ? locked(row, keys) : opened(row, keys)));
}

function opened(row: SealedCredentialEntity, keys: Keyring): SealedEntry {
  const { name, definition, updatedAt } = row;
  try {
    return { name, definition, updatedAt, secrets: unseal(keys, name, row.sealed), locked: undefined };
  } catch (error) {
    if (error instanceof SealError) return locked(row, error);
    throw error;
  }
}

function locked({ name, definition, updatedAt }: SealedCredentialEntity, { message }: SealError): SealedEntry {
  return { name, definition, updatedAt, secrets: {}, locked: message };
}

/** A first key is not made where others have sealed already: theirs is the one that everybody needs. */
async function sealingKeys(change: SealedChange, place: KeyPlace): Promise<SealingKeys> {
  const [keys, rows] = [await place.read(), await change.list()];
  if (keys.keys.length === 0 && rows[0] !== undefined) throw keyMissing(rows[0].name, keyIdOf(rows[0].sealed), keys.place);
  return place.readOrMake();
}

/** A key is added only where one is there to be replaced, and opens everything. */
async function rotatable(change: SealedChange, place: KeyPlace): Promise<SealingKeys> {
  const keys = await place.read();
  for (const { name, sealed } of await change.list()) unseal(keys, name, sealed);
  return keys.keys.length === 0 ? place.readOrMake() : place.addKey();
}

/** All or nothing: one that cannot be opened stops the rotation, for its key may yet be found. */
async function resealAll(change: SealedChange, keys: SealingKeys): Promise<{ readonly keyId: string; readonly resealed: number }> {
  const old = (await change.list()).filter(({ sealed }) => keyIdOf(sealed) !== keys.current.id);
  for (const { name, sealed } of old) await change.reseal(name, seal(keys.current, name, unseal(keys, name, sealed)));
  return { keyId: keys.current.id, resealed: old.length };
}
