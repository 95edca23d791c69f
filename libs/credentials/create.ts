import type { Credential, SecretRef } from './credential.js';
import { didYouMean, pointer, type CredentialProblem, type Report } from './problem.js';
import { rateOf, type CredentialRate } from './rate.js';
import { checkShape, isRecord } from './shape.js';
import { credentialTypes, findCredentialType, type CredentialConfig } from './types/index.js';
import type { Build } from './types/type.js';
import { addressProblem } from './url.js';

/** Looks a secret up; undefined when there is none. The only way in which a secret reaches this library. */
export type SecretLookup = (ref: SecretRef) => string | undefined;

export interface CreatedCredential {
  /** Present exactly when there are no problems. */
  readonly credential?: Credential;
  /** How often it may be used; absent: there is no limit. */
  readonly rate?: CredentialRate;
  /** All of them at once, in the order of the checks. */
  readonly problems: readonly CredentialProblem[];
  /** Advice: the credential works, but is weaker than it should be. */
  readonly warnings: readonly CredentialProblem[];
}

/**
 * Builds the credential of one entry of the credentials file. Accepts anything as `config` and never throws over it:
 * what is wrong comes back as problems, a missing environment variable by its name. No message holds a secret.
 */
export function createCredential(name: string, config: CredentialConfig, secret: SecretLookup): CreatedCredential {
  const problems: CredentialProblem[] = [];
  const warnings: CredentialProblem[] = [];
  const report = into(problems);
  const type = findCredentialType(isRecord(config) ? config.type : undefined);
  if (type === undefined) reportType(config, report);
  else checkShape(type.schema, config, '', report);
  const shapely = problems.length === 0;
  reportMissingSecrets(config, '', secret, report);
  if (type === undefined || !shapely) return { problems, warnings };
  const { baseUrl } = config;
  reportBaseUrl(baseUrl, report);
  const rate = config.rate && rateOf(config.rate, report);
  const build: Build = { name, baseUrl, report, warn: into(warnings), secret: (ref) => secret(ref) || undefined };
  const credential = type.create(config, build);
  if (problems.length > 0 || credential === undefined) return { problems, warnings };
  return { credential, problems, warnings, ...(rate && { rate }) };
}

function into(list: CredentialProblem[]): Report {
  return (code, path, message) => void list.push({ code, path, message });
}

function reportType(config: unknown, report: Report): void {
  const known = Object.keys(credentialTypes);
  if (!isRecord(config)) return report('credential.bad-shape', '', `A credential is an object with a "type": one of ${known.join(', ')}.`);
  if (typeof config.type !== 'string') {
    return report('credential.unknown-type', '', `The credential needs a "type": one of ${known.join(', ')}.`);
  }
  const message = `There is no credential type "${config.type}".${didYouMean(config.type, known)} Known are ${known.join(', ')}.`;
  report('credential.unknown-type', '/type', message);
}

/** Walks the entry for references, so that they are all known even when the rest of the entry is wrong. */
function reportMissingSecrets(value: unknown, path: string, secret: SecretLookup, report: Report): void {
  if (typeof value !== 'object' || value === null) return;
  if ('env' in value && typeof value.env === 'string') return reportSecret(value.env, pointer(path, 'env'), secret, report);
  for (const [key, item] of Object.entries(value)) {
    if (!key.startsWith('x-')) reportMissingSecrets(item, pointer(path, key), secret, report);
  }
}

function reportSecret(env: string, path: string, secret: SecretLookup, report: Report): void {
  const value = secret({ env });
  if (value === undefined) {
    report('credential.secret-missing', path, `Set the environment variable ${env}: the credential reads its secret from it.`);
  }
  if (value === '') report('credential.secret-empty', path, `The environment variable ${env} is empty: set it to the secret.`);
}

function reportBaseUrl(baseUrl: string | undefined, report: Report): void {
  const problem = baseUrl === undefined ? undefined : addressProblem(baseUrl);
  if (problem !== undefined) report('credential.bad-url', '/baseUrl', `"baseUrl" ${problem}.`);
  else if (/[?#]/.test(baseUrl ?? ''))
    report('credential.bad-url', '/baseUrl', '"baseUrl" must end with its path: remove the query or fragment.');
}
