import { StepError } from '@millrace/component-sdk';
import type { SecretRef } from './credential.js';
import { pointer, type Report } from './problem.js';
import { parseIsoTime } from './schemes/timestamp.js';
import { refuse, type Accepted, type Refused } from './verdict.js';
import { SLOT } from './seal/definition.js';

/** A secret that stops counting after a date, while its successor is being rolled out. */
export interface RotatingSecretRef extends SecretRef {
  /** ISO 8601 with a zone: `2026-12-31T23:59:59Z`. */
  readonly notAfter?: string;
}

/** One secret, or several while one replaces another: the current one first. */
export type RotatingSecret = SecretRef | readonly RotatingSecretRef[];

/** What is said of a secret without saying it. */
export interface DatedSecret {
  /** How sentences name it: the environment variable or slot, never the value. */
  readonly label: string;
  /** Milliseconds since 1970 after which it no longer counts. */
  readonly notAfter: number | undefined;
}

export interface SecretText extends DatedSecret {
  readonly text: string;
  /** JSON pointer to its reference in the entry. */
  readonly path: string;
}

/** What a list of secrets may hold; each is tried against every request. */
export const mostSecrets = 5;

interface Lookup {
  readonly report: Report;
  secret(ref: SecretRef): string | undefined;
}

/** The secrets of a reference or list at a path, without those that are missing, which was reported already. */
export function secretTexts(secret: RotatingSecret, path: string, lookup: Lookup): readonly SecretText[] {
  if ('env' in secret) return secretText(secret, path, lookup);
  return secret.flatMap((ref, index) => secretText(ref, pointer(path, index), lookup));
}

function secretText(ref: RotatingSecretRef, path: string, { report, secret }: Lookup): readonly SecretText[] {
  const notAfter = ref.notAfter === undefined ? undefined : parseIsoTime(ref.notAfter);
  if (ref.notAfter !== undefined && notAfter === undefined) {
    const message = '"notAfter" must be a date and time with its zone, such as 2026-12-31T23:59:59Z.';
    report('credential.bad-shape', pointer(path, 'notAfter'), message);
  }
  const text = secret(ref);
  return text === undefined ? [] : [{ text, label: labelOf(ref.env), notAfter, path }];
}

/** What people call a secret by: its variable. What is sealed stands in a slot, whose name nobody has given. */
function labelOf(env: string): string {
  const [, slot] = SLOT.exec(env) ?? [];
  return slot === undefined ? env : `sealed secret ${slot}`;
}

/** Whether a secret still counts: it does in the very millisecond of its `notAfter`. */
export function isActive({ notAfter }: DatedSecret, now: Date): boolean {
  return notAfter === undefined || notAfter >= now.getTime();
}

/** The secrets that still count, the current one first. Throws a StepError `credential.secret-expired` when none does. */
export function activeSecrets<T extends DatedSecret>(name: string, secrets: readonly T[], now: Date): readonly [T, ...T[]] {
  const [current, ...others] = secrets.filter((secret) => isActive(secret, now));
  if (current !== undefined) return [current, ...others];
  const labels = secrets.map(({ label }) => label).join(', ');
  const message = `Every secret of credential "${name}" has expired (${labels}): add a current one or move its "notAfter".`;
  throw new StepError({ code: 'credential.secret-expired', message, blame: 'operator', arrived: 'no' });
}

/**
 * What follows from which secrets matched: the first that still counts. The caller compares all of them before it asks, so that
 * the time does not tell which one it was. `mismatch` is the sentence for none.
 */
export function judgeMatches(
  secrets: readonly DatedSecret[],
  matched: readonly boolean[],
  now: Date,
  mismatch: string,
): Omit<Accepted, 'consumed'> | Refused {
  const index = secrets.findIndex((secret, at) => matched[at] && isActive(secret, now));
  if (index >= 0) {
    const secretName = secrets[index]?.label ?? '';
    return { ok: true, secretIndex: index, secretName, ...(index > 0 && { warning: oldSecretWarning(secrets, index) }) };
  }
  const expired = secrets.find((_, at) => matched[at]);
  if (expired === undefined) return refuse('credential.mismatch', mismatch);
  const since = new Date(expired.notAfter ?? 0).toISOString();
  return refuse(
    'credential.secret-expired',
    `The secret in ${expired.label} matches, but it expired at ${since}: give the sender the current one.`,
  );
}

function oldSecretWarning(secrets: readonly DatedSecret[], index: number): string {
  return `The sender still uses the older secret in ${secrets[index]?.label}: give it the one in ${secrets[0]?.label}.`;
}
