import { createHmac, randomBytes } from 'node:crypto';
import { verify, type Accepted, type Credential, type IncomingRequest, type SecretCarriers, type Verdict } from '@millrace/credentials';
import type { VerifiedBy } from '@millrace/engine';
import type { Log } from '@millrace/telemetry';
import { failure, NOT_FOUND, Refused, refused, UNAUTHORIZED, type Answer } from './answers.js';
import { isLoopback, type Arrival } from './arrival.js';
import { explained } from './explained.js';
import { Failures } from './failures.js';
import { OnceADay } from './once-a-day.js';
import type { Place } from './place.js';

export interface GuardParts {
  now(): Date;
  /** Where callers reach this server, without a trailing slash. */
  publicUrl(): string;
  readonly hideUnknown: boolean;
  /** Told of every request that a credential was checked for; `failure` is why it did not pass. */
  credentialUsed(credential: string, failure?: { readonly code: string; readonly reason: string }): void;
  readonly log: Log;
}

/** What is known of a request that proved where it comes from. */
export interface Proof {
  /** When it was verified. */
  readonly at: Date;
  readonly hidden: SecretCarriers;
  readonly verified: VerifiedBy | undefined;
  /** The same for every copy of the request, where its scheme signs an id or a time. */
  readonly signed: { readonly key: string; readonly windowMs: number } | undefined;
}

/** Signs what nobody checks: an unknown flow takes as long as a failed credential. */
const NO_KEY = randomBytes(32);
const NOTHING_HIDDEN: SecretCarriers = { headers: [], query: [] };

/** Verifies requests by their credential, and counts those that fail. */
export class Guard {
  private readonly failures = new Failures();
  private readonly warnings = new OnceADay();

  constructor(private readonly parts: GuardParts) {}

  /** The proof, or the answer to a vendor's handshake. Throws a Refused that tells the caller nothing about why. */
  verify(place: Place, arrival: Arrival, body: Buffer): Proof | { readonly answer: Answer } {
    const at = this.parts.now();
    const { credential } = place;
    if (!credential) return { at, hidden: NOTHING_HIDDEN, verified: undefined, signed: undefined };
    const request = this.signedRequest(arrival, body);
    const greeting = credential.handshake?.(request);
    if (greeting) return this.greeted(place, greeting);
    const verdict = verify(credential, request, at);
    this.parts.credentialUsed(credential.name, verdict.ok ? undefined : verdict);
    if (!verdict.ok) throw explained(this.unverified(place, arrival, verdict), { credential, request, at });
    this.warn(place, credential, verdict, arrival);
    const signedGreeting = credential.handshake?.(request, verdict);
    return signedGreeting ? this.greeted(place, signedGreeting) : { at, ...provenBy(credential, verdict) };
  }

  /** Under `hideUnknown` an unknown place looks like a failed credential, also in how long it takes and how often it may be tried. */
  unknown(id: string, arrival: Arrival, body: Buffer): Refused {
    const reason = `There is no ${id.startsWith('endpoints/') ? 'endpoint' : 'flow'} ${JSON.stringify(id.slice(0, 80))}.`;
    // Counted together whatever the id: who tries out ids must not fill the records with them.
    const { record } = this.failures.count('', arrival.caller, this.parts.now().getTime());
    if (!this.parts.hideUnknown) return new Refused(NOT_FOUND, 'flow.not-found', reason, record);
    createHmac('sha256', NO_KEY).update(body).digest();
    const { answer } = this.unauthorized(id, arrival, 'flow.not-found', reason);
    return new Refused(answer, 'flow.not-found', reason, record);
  }

  private greeted({ id }: Place, answer: Answer): { readonly answer: Answer } {
    this.parts.log.info({ flow: id }, 'A vendor asked whether the URL is ours, and was answered');
    return { answer };
  }

  /** The caller learns nothing about why; the owner does. A duplicate header is the exception: it is the sender's defect. */
  private unverified({ id }: Place, arrival: Arrival, { status, code, reason }: Extract<Verdict, { ok: false }>): Refused {
    if (status === 400 && !this.parts.hideUnknown) return refused(400, code, reason);
    return this.unauthorized(id, arrival, code, reason);
  }

  private unauthorized(id: string, { caller }: Arrival, code: string, reason: string): Refused {
    const { retryAfter, record } = this.failures.count(id, caller, this.parts.now().getTime());
    if (retryAfter === undefined) return new Refused(UNAUTHORIZED, code, reason);
    const answer = failure(429, 'request.too-many-failures', 'Too many requests from this address were not authorized.', {
      'retry-after': String(retryAfter),
    });
    return new Refused(answer, code, `${reason} (one of many from this address within a minute)`, record);
  }

  private signedRequest({ request }: Arrival, body: Buffer): IncomingRequest {
    const url = `${this.parts.publicUrl()}${request.url ?? ''}`;
    return { method: request.method ?? '', url, rawHeaders: request.rawHeaders, body };
  }

  /** Says once a day what should be changed: an old secret that is still used, one that anybody on the way could read. */
  private warn({ id }: Place, { name }: Credential, { warning, consumed }: Accepted, { caller, encrypted }: Arrival): void {
    const now = this.parts.now().getTime();
    if (warning && this.warnings.isDue(`old ${name}`, now)) this.parts.log.warn({ flow: id, credential: name }, warning);
    const readable = !encrypted && !isLoopback(caller) && consumed.headers.length + consumed.query.length > 0;
    if (readable && this.warnings.isDue(`plain ${name}`, now)) {
      this.parts.log.warn(
        { flow: id, credential: name, caller },
        `The secret of ${name} came over plain http: anybody on the way can read it. Put TLS in front, or set MILLRACE_TLS_CERT and MILLRACE_TLS_KEY; if there is a proxy with TLS, name it in MILLRACE_TRUSTED_PROXIES.`,
      );
    }
  }
}

function provenBy(
  { name }: Credential,
  { replayId, replayWindowMs = 0, secretIndex = 0, secretName, consumed }: Accepted,
): Omit<Proof, 'at'> {
  const signed = replayId ? { key: `signed:${replayId}`, windowMs: replayWindowMs } : undefined;
  const secret = secretName === undefined ? {} : { secret: secretName, ...(secretIndex > 0 && { old: true as const }) };
  return { hidden: consumed, signed, verified: { credential: name, ...secret } };
}
