import type { CredentialBook } from './credentials.js';

/** Secrets of one credential that are remembered; more than anybody changes while a step runs. */
const MOST = 20;

/**
 * Secrets that were replaced or removed. A step that began before goes on using them, and what the other side says back
 * must not be stored with one in it.
 */
export class RetiredSecrets {
  private readonly byName = new Map<string, readonly string[]>();

  /** Remembers what the new book no longer has of the old one. */
  replace(old: CredentialBook, fresh: CredentialBook): void {
    for (const name of old.defined.keys()) {
      const current = new Set(fresh.get(name)?.secrets);
      const gone = (old.get(name)?.secrets ?? []).filter((secret) => !current.has(secret));
      if (gone.length > 0) this.byName.set(name, [...new Set([...gone, ...(this.byName.get(name) ?? [])])].slice(0, MOST));
    }
  }

  /** The current secrets of a credential, and those that it had. */
  with(name: string, current: readonly string[]): readonly string[] {
    const gone = this.byName.get(name);
    return gone === undefined ? current : [...current, ...gone];
  }
}
