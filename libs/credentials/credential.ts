import type { CredentialTypeName, CredentialView } from '@millrace/component-sdk';
import type { Diagnosis } from './doctor/diagnosis.js';
import type { IncomingRequest, OutgoingRequest } from './request.js';
import type { Accepted, SecretCarriers, Verdict } from './verdict.js';

/** A secret by reference: the name of the environment variable that holds it. */
export interface SecretRef {
  readonly env: string;
}

/** What a vendor wants to hear when a URL is registered with it. */
export interface HandshakeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

export interface ApplyContext {
  readonly now: Date;
  /** The same over retries of one message: signed as its id where the scheme has one. Default: a random id. */
  readonly id?: string;
}

/** Checks a request that comes in and signs one that goes out. Immutable; holds its secrets in memory, see `secrets`. */
export interface Credential {
  readonly name: string;
  readonly type: CredentialTypeName;
  /** What components may know of it. */
  readonly view: CredentialView;
  /** Where a secret travels in an incoming request. Strip these from whatever is kept of a refused request, too. */
  readonly carriers: SecretCarriers;
  /** Strings to redact wherever run data is stored or shown, longest first. Not enumerable: printing a credential does not print them. */
  readonly secrets: readonly string[];
  /** Pure and total: never throws, and takes no longer for a nearly right secret than for a wrong one. */
  verify(request: IncomingRequest, now: Date): Verdict;
  /** Why a request was refused, for its owner. Pure, total, and of bounded work; may take much longer than `verify`. */
  diagnose(request: IncomingRequest, now: Date): Diagnosis;
  /**
   * The answer to a vendor that only asks whether this URL is ours, or undefined for any other request. What is signed
   * is asked with the verdict, what is not, without one: see `handshakes/`. Never throws.
   */
  handshake?(request: IncomingRequest, verdict?: Accepted): HandshakeAnswer | undefined;
  /**
   * The request with the credential added; its own header or parameter of that name is replaced.
   * It is added whatever host the URL names: callers apply it to the one address they mean, and never carry the result over a redirect.
   * Throws a StepError `credential.cannot-sign` or `credential.secret-expired`, both for the operator.
   */
  apply(request: OutgoingRequest, context: ApplyContext): OutgoingRequest;
}

/** Whether the request proves that it comes from who it should. A pure function of its arguments. */
export function verify(credential: Credential, request: IncomingRequest, now: Date): Verdict {
  return credential.verify(request, now);
}

/** Explains to its owner why a request was refused; never tell the caller. A pure function of its arguments. */
export function diagnose(credential: Credential, request: IncomingRequest, now: Date): Diagnosis {
  return credential.diagnose(request, now);
}

/** What a credential type builds; `defineCredential` turns it into a Credential. */
export interface CredentialParts extends Omit<Credential, 'view' | 'carriers'> {
  readonly view?: Partial<CredentialView>;
  readonly carriers?: Partial<SecretCarriers>;
}

/** Completes and freezes a credential, and hides its secrets from JSON and from console output. */
export function defineCredential(parts: CredentialParts): Credential {
  const { secrets, view, carriers, ...rest } = parts;
  const credential = {
    ...rest,
    view: Object.freeze({ name: parts.name, type: parts.type, ...view }),
    carriers: { headers: carriers?.headers ?? [], query: carriers?.query ?? [] },
  };
  const value = longestFirst(secrets);
  Object.defineProperty(credential, 'secrets', { value, enumerable: false });
  return Object.freeze(credential) as Credential;
}

function longestFirst(secrets: readonly string[]): readonly string[] {
  return [...new Set(secrets)].filter((secret) => secret !== '').sort((a, b) => b.length - a.length);
}
