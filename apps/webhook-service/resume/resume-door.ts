import type { IncomingMessage } from 'node:http';
import { verify, type Credential, type SecretCarriers } from '@millrace/credentials';
import { BodyRefusal, parseBody, stepIn, type Plan, type PlannedWait, type Resumed, type ResumeRequest } from '@millrace/engine';
import type { Log } from '@millrace/telemetry';
import { failure, json, Refused, refused, unavailable, UNAUTHORIZED, type Answer } from '../door/answers.js';
import { originOf, type Arrival, type Origin } from '../door/arrival.js';
import { explained } from '../door/explained.js';
import { Failures } from '../door/failures.js';
import type { GuardParts } from '../door/guard.js';
import { checkHeaders, headersWithout, urlWithout } from '../door/headers.js';
import { Pending } from '../door/pending.js';
import { readBody } from '../door/read-body.js';
import { keepRecord, type RecordParts } from '../door/records.js';

export interface ResumeParts extends RecordParts, Pick<GuardParts, 'credentialUsed'> {
  /** Whether the URL's signature is ours for this run and step. */
  isSigned(runId: string, path: string, signature: string): boolean;
  run(id: string): Promise<FoundRun | undefined>;
  plan(flowId: string, version: number): Promise<Plan>;
  credential(name: string): Credential | undefined;
  resume(request: ResumeRequest): Promise<Resumed>;
  /** The run may go on: look now. */
  ring(): void;
  publicUrl(): string;
  readonly log: Log;
  readonly maxBody: number;
  /** Bytes of bodies, over all requests, that may be read or wait for their commit at the same time. */
  readonly maxPending: number;
}

/** What a resume URL says. */
export interface ResumeTarget {
  readonly runId: string;
  readonly path: string;
  readonly signature: string;
}

/** The run that a resume URL names, whatever became of it. */
interface FoundRun {
  readonly id: string;
  readonly flowId: string;
  readonly version: number;
}

interface Waiting {
  readonly run: FoundRun;
  readonly wait: Extract<PlannedWait['wait'], { kind: 'webhook' }>;
}

/** What is known of a request by the time that it is refused. */
interface Seen {
  /** What it is filed under. */
  id: string;
  credential: Credential | undefined;
  /** Whoever reads the refusals must not be able to resume the run. */
  readonly hidden: readonly string[];
}

const BODY_TIMEOUT_MS = 10_000;
const NOTHING_HIDDEN: SecretCarriers = { headers: [], query: [] };
const NOT_FOUND = failure(
  404,
  'resume.not-found',
  'There is nothing at this URL. Use it whole, exactly as it was sent to you, or ask whoever sent it for another one.',
);
/** What comes after the headers was not read, and is not waited for. */
const UNREAD = { ...NOT_FOUND, headers: { ...NOT_FOUND.headers, connection: 'close' } };
const GONE = failure(410, 'resume.over', 'Nothing waits for this any more: the run has gone on or ended.');

/**
 * Requests to resume URLs: the webhook in the middle of a flow. The URL's signature says which step it is for, the step's
 * credential verifies the request like any other, and the first one is written down before it is answered.
 */
export class ResumeDoor {
  private readonly failures = new Failures();
  private readonly pending: Pending;

  constructor(private readonly parts: ResumeParts) {
    this.pending = new Pending(parts.maxPending);
  }

  /** Bytes of bodies that are being read or wait for their commit. */
  get pendingBytes(): number {
    return this.pending.held;
  }

  /** Answers every request; what it refuses it also records under the run's flow. Rejects never. */
  async receive(target: ResumeTarget, request: IncomingMessage, origin: Origin = originOf(request)): Promise<Answer> {
    const arrival = { request, ...origin };
    const seen: Seen = { id: 'resume', credential: undefined, hidden: [target.signature] };
    try {
      return await this.admit(target, arrival, seen);
    } catch (error) {
      const refusal = error instanceof Refused ? error : this.unexpected(target, error);
      if (refusal.record) keepRecord(this.parts, seen, arrival, refusal);
      return refusal.answer;
    }
  }

  private async admit(target: ResumeTarget, arrival: Arrival, seen: Seen): Promise<Answer> {
    checkHeaders(arrival.request.rawHeaders);
    // Nothing is read for those who make URLs up.
    if (!this.parts.isSigned(target.runId, target.path, target.signature)) throw this.unknown(arrival);
    const share = this.pending.share();
    try {
      const limits = { maxBytes: this.parts.maxBody, timeoutMs: BODY_TIMEOUT_MS, reserve: share.reserve };
      return await this.take(target, arrival, await readBody(arrival.request, limits), seen);
    } finally {
      share.release();
    }
  }

  private async take(target: ResumeTarget, arrival: Arrival, body: Buffer, seen: Seen): Promise<Answer> {
    const { request } = arrival;
    const { run, wait } = await this.waiting(target);
    seen.id = run.flowId;
    seen.credential = this.credentialOf(wait, run);
    const hidden = seen.credential ? this.verified(seen.credential, seen, arrival, body) : NOTHING_HIDDEN;
    if (request.method !== 'POST') throw refused(405, 'method.not-allowed', 'This URL takes POST.', { allow: 'POST' });
    return this.keep(target, run, arrival, parsed(body, request.headers['content-type']), hidden);
  }

  private async waiting({ runId, path }: ResumeTarget): Promise<Waiting> {
    const run = await this.parts.run(runId);
    if (!run) throw new Refused(GONE, 'resume.over', `The run ${runId} is not there any more.`);
    const step = stepIn(await this.parts.plan(run.flowId, run.version), path);
    if (step?.kind !== 'wait' || step.wait.kind !== 'webhook')
      throw new Refused(NOT_FOUND, 'resume.no-such-step', `${path} waits for no request.`);
    return { run, wait: step.wait };
  }

  private credentialOf({ credential: name }: Waiting['wait'], run: FoundRun): Credential | undefined {
    const credential = name === undefined ? undefined : this.parts.credential(name);
    if (name === undefined || credential) return credential;
    const answer = unavailable('resume.not-enabled', 'This URL cannot be used yet. Nothing was accepted; send it again later.');
    const reason = `The credential ${name} of ${run.flowId} cannot be used; look at the credentials.`;
    throw new Refused(answer, 'credential.unavailable', reason);
  }

  private verified(credential: Credential, { id, hidden }: Seen, arrival: Arrival, body: Buffer): SecretCarriers {
    const { request } = arrival;
    const at = this.parts.now();
    const url = `${this.parts.publicUrl()}${request.url ?? ''}`;
    const signed = { method: request.method ?? '', url, rawHeaders: request.rawHeaders, body };
    const verdict = verify(credential, signed, at);
    this.parts.credentialUsed(credential.name, verdict.ok ? undefined : verdict);
    if (verdict.ok) return verdict.consumed;
    const { status, code, reason } = verdict;
    const refusal = status === 400 ? refused(400, code, reason) : this.unauthorized(id, arrival, code, reason);
    throw explained(refusal, { credential, request: signed, at, hidden });
  }

  private async keep(
    { runId, path }: ResumeTarget,
    run: FoundRun,
    { request, caller }: Arrival,
    body: ResumeRequest['body'],
    hidden: SecretCarriers,
  ): Promise<Answer> {
    const resumed = await this.parts.resume({
      runId,
      path,
      receivedAt: this.parts.now().getTime(),
      request: {
        method: request.method ?? '',
        url: urlWithout(request.url ?? '', (name) => hidden.query.includes(name)),
        headers: headersWithout(request.rawHeaders, (name) => hidden.headers.includes(name)),
        caller,
      },
      body,
    });
    if (resumed === 'over') throw new Refused(GONE, 'resume.over', `The run ${run.id} had gone on or ended when the request came.`);
    if (resumed === 'used') return json(200, { runId, duplicate: true });
    this.parts.ring();
    return json(202, { runId });
  }

  private unknown({ caller }: Arrival): Refused {
    const { record } = this.failures.count('resume', caller, this.parts.now().getTime());
    return new Refused(
      UNREAD,
      'resume.bad-signature',
      'The signature of a resume URL does not hold: it was cut off, changed or made up.',
      record,
    );
  }

  private unauthorized(flowId: string, { caller }: Arrival, code: string, reason: string): Refused {
    const { retryAfter, record } = this.failures.count(flowId, caller, this.parts.now().getTime());
    if (retryAfter === undefined) return new Refused(UNAUTHORIZED, code, reason);
    const headers = { 'retry-after': String(retryAfter) };
    return new Refused(
      failure(429, 'request.too-many-failures', 'Too many requests from this address were not authorized.', headers),
      code,
      reason,
      record,
    );
  }

  private unexpected({ runId, path }: ResumeTarget, error: unknown): Refused {
    this.parts.log.error({ runId, step: path, err: error }, 'A request to a resume URL could not be taken');
    const answer = unavailable('resume.failed', 'The request could not be written down. Nothing was accepted; send it again.');
    return new Refused(answer, 'resume.failed', `The request could not be taken: ${(error as Error).message}`);
  }
}

function parsed(body: Buffer, contentType: string | undefined): ResumeRequest['body'] {
  try {
    return parseBody(body, contentType) as ResumeRequest['body'];
  } catch (error) {
    if (error instanceof BodyRefusal) throw refused(error.status, error.code, error.message);
    throw error;
  }
}
