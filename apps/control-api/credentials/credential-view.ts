import type { CredentialBook, DefinedCredential } from '@millrace/catalog';
import { secretRefs } from '@millrace/credentials';
import { allSteps, parseFlow } from '@millrace/flow';
import type { Platform } from '@millrace/platform';
import type { CredentialUse } from '@millrace/postgres';
import type { CredentialItem } from '../wire/credential.js';

/** Which flows, and shared endpoints as `endpoints/<name>`, name a credential, by its name. */
export type Users = ReadonlyMap<string, readonly string[]>;

export function credentialItem(
  defined: DefinedCredential,
  book: CredentialBook,
  users: Users,
  use: CredentialUse | undefined,
): CredentialItem {
  const { name, source, shadowsFile, definition, updatedAt } = defined;
  const known = book.known.get(name);
  return {
    name,
    type: known?.type ?? 'unknown',
    source,
    shadowsFile,
    usable: book.get(name) !== undefined,
    missing: known?.missing ?? null,
    problem: known?.broken ?? null,
    definition: shown(definition),
    usedBy: [...(users.get(name) ?? [])],
    updatedAt: updatedAt?.toISOString() ?? null,
    ...secretEnds(definition, new Date()),
    ...lastUse(use),
  };
}

/** When the last secret of a list ends, and when the last of those ends that the current one replaced. */
export function secretEnds(definition: unknown, now: Date): Pick<CredentialItem, 'expiresAt' | 'oldSecretUntil'> {
  const ends = secretRefs(definition).map(({ notAfter }) =>
    typeof notAfter === 'string' && !Number.isNaN(Date.parse(notAfter)) ? Date.parse(notAfter) : Infinity,
  );
  const last = Math.max(-Infinity, ...ends);
  const older = ends.slice(1).filter((end) => Number.isFinite(end) && end > now.getTime());
  return {
    expiresAt: Number.isFinite(last) ? new Date(last).toISOString() : null,
    oldSecretUntil: older.length > 0 ? new Date(Math.max(...older)).toISOString() : null,
  };
}

function lastUse(use: CredentialUse | undefined): Pick<CredentialItem, 'lastSuccessAt' | 'lastFailureAt' | 'lastFailure'> {
  return { lastSuccessAt: use?.succeededAt ?? null, lastFailureAt: use?.failedAt ?? null, lastFailure: use?.failure ?? null };
}

/** Where a reference belongs somebody may have written the secret itself into the file: what is no reference is not shown. */
function shown(definition: unknown): unknown {
  if (typeof definition !== 'object' || definition === null || Array.isArray(definition)) return null;
  return Object.fromEntries(Object.entries(definition).map(([key, value]) => [key, isMisplaced(key, value) ? '[redacted]' : value]));
}

const SECRET_KEYS = new Set(['value', 'password', 'secrets', 'verifyToken', 'token', 'key', 'secret']);

function isMisplaced(key: string, value: unknown): boolean {
  if (!SECRET_KEYS.has(key) || value === '') return false;
  if (Array.isArray(value)) return value.some((item) => isMisplaced(key, item));
  if (typeof value !== 'object' || value === null) return true;
  // The rule by which hmac makes its key is an object that names no secret.
  return key !== 'secret' && !('env' in value) && !('sealed' in value);
}

/** Reads the live version of every flow. */
export async function usersOf({ catalog, flows }: Pick<Platform, 'catalog' | 'flows'>): Promise<Users> {
  const users = new Map<string, string[]>();
  const note = (name: string, id: string): void => void users.set(name, [...(users.get(name) ?? []), id]);
  const live = catalog.flows().filter(({ version }) => version > 0);
  for (const { id, version } of live) {
    for (const name of namedIn((await flows.version(id, version))?.text ?? '')) note(name, id);
  }
  for (const { id, credential } of catalog.endpoints()) if (credential) note(credential.name, id);
  return users;
}

/** The credentials that a flow names: its trigger's, its steps' and those of the requests that they wait for. */
function namedIn(text: string): ReadonlySet<string> {
  const { flow } = parseFlow(text);
  if (!flow) return new Set();
  const steps = [...allSteps(flow.steps), ...allSteps(flow.onError ?? [])];
  const waits = steps.flatMap((step) => ('wait' in step && 'webhook' in step.wait ? [step.wait.webhook] : []));
  const names = [flow.trigger, ...steps, ...waits].map((part) => ('credential' in part ? part.credential : undefined));
  return new Set(names.filter((name) => typeof name === 'string'));
}
