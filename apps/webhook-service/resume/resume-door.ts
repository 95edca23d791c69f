import type { IncomingMessage } from 'node:http';
import { verify, type Credential, type SecretCarriers } from '@millrace/credentials';
import {
  BodyRefusal,
  parseBody,
  stepIn,
  type Misfit,
  type Plan,
  type PlannedAsk,
  type PlannedRequest,
  type Resumed,
  type ResumeRequest,
  type Resumption,
  type RunStatus,
  type SchemaCheck,
  type StepRow,
} from '@millrace/engine';
import type { Log } from '@millrace/telemetry';
import { failure, Refused, refused, unavailable, UNAUTHORIZED, type Answer } from '../door/answers.js';
import { originOf, type Arrival, type Origin } from '../door/arrival.js';
import { explained } from '../door/explained.js';
import { Failures } from '../door/failures.js';
import type { GuardParts } from '../door/guard.js';
import { checkHeaders, headersWithout, urlWithout } from '../door/headers.js';
import { Pending } from '../door/pending.js';
import { readBody } from '../door/read-body.js';
import { keepRecord, type RecordParts } from '../door/records.js';
import { ACTIVE, askState, type AskState } from './ask-state.js';
import { refusalPage } from './page.js';
import {
  challenge,
  gone,
  isLook,
  resumedAnswer,
  stateAnswer,
  takenAnswer,
  laterAnswer,
  takesPages,
  tidied,
  unfit,
  wrongMethod,
} from './resume-answers.js';

export interface ResumeParts extends RecordParts, Pick<GuardParts, 'credentialUsed'> {
  /** Whether the URL's signature is ours for this run and step. */
  isSigned(runId: string, path: string, signature: string): boolean;
  run(id: string): Promise<FoundRun | undefined>;
  plan(flowId: string, version: number): Promise<Plan>;
  credential(name: string): Credential | undefined;
  resume(request: ResumeRequest): Promise<Resumed>;
  /** What came for a step, as long as its run is active. */
  resumption(runId: string, path: string): Promise<Resumption | undefined>;
  /** The newest row of a step in the journal, or that of the finished item that it went with. */
  step(runId: string, path: string): Promise<StepRow | undefined>;
  /** Compiles the JSON Schema of a wait. */
  schemaCheck(schema: object | boolean): SchemaCheck;
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
  readonly status: RunStatus;
}

interface Waiting {
  readonly run: FoundRun;
  readonly wait: PlannedRequest;
}

/** What is known of a request by the time that it is refused. */
interface Seen {
  /** What it is filed under. */
  id: string;
  credential: Credential | undefined;
  /** Whoever reads the refusals must not be able to resume the run. */
  readonly hidden: readonly string[];
  /** Whether a person in front of a browser is answered: where the step asks one, or what step it is cannot be known. */
  page: boolean;
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
const GONE = gone('Nothing waits for this any more: the run has gone on or ended.');

/**
 * Requests to resume URLs: the webhook in the middle of a flow. The URL's signature says which step it is for, the step's
 * credential verifies the request like any other, and the first one is written down before it is answered. Where the step
 * asks a person, a GET shows the question and changes nothing: programs follow every link that they come across.
 */
export class ResumeDoor {
  private readonly failures = new Failures();
  private readonly pending: Pending;
  private readonly checks = new WeakMap<PlannedRequest, SchemaCheck>();

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
    const seen: Seen = { id: 'resume', credential: undefined, hidden: [target.signature], page: takesPages(request) };
    try {
      return await this.admit(target, arrival, seen);
    } catch (error) {
      const refusal = error instanceof Refused ? error : this.unexpected(target, error);
      if (refusal.record) keepRecord(this.parts, seen, arrival, refusal);
      return seen.page ? refusalPage(refusal.answer) : refusal.answer;
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
    seen.page &&= wait.ask !== undefined;
    seen.credential = this.credentialOf(wait, run);
    const hidden = seen.credential ? this.verified(seen.credential, wait, seen, arrival, body) : NOTHING_HIDDEN;
    const { ask } = wait;
    if (ask && isLook(request)) return stateAnswer(run.id, await this.stateOf(target, run, ask), ask, seen.page);
    if (request.method !== 'POST') throw wrongMethod(ask !== undefined);
    const said = parsed(body, request.headers['content-type']);
    const taken = ask ? tidied(said) : said;
    const misfit = this.misfit(wait, taken);
    if (misfit) await this.refuse(misfit, target, run, wait);
    const resumed = await this.keep(target, arrival, taken, hidden);
    if (!ask) return resumedAnswer(run.id, resumed);
    if (resumed === 'kept') return takenAnswer(run.id, (taken as { answer: string }).answer, ask, seen.page);
    return laterAnswer(run.id, await this.stateOf(target, run, ask), seen.page);
  }

  private misfit(wait: PlannedRequest, body: ResumeRequest['body']): Misfit | undefined {
    if (wait.schema === undefined) return undefined;
    const check = this.checks.get(wait) ?? this.parts.schemaCheck(wait.schema);
    this.checks.set(wait, check);
    return check(body);
  }

  /** What does not fit changes nothing: the run waits on. Where nothing waits any more, to send another body would be in vain. */
  private async refuse(misfit: Misfit, target: ResumeTarget, run: FoundRun, wait: PlannedRequest): Promise<never> {
    if (await this.waits(target, run)) throw unfit(misfit, wait.ask !== undefined);
    throw new Refused(GONE, 'resume.over', `The run ${run.id} had gone on or ended when the request came.`);
  }

  private async waits({ runId, path }: ResumeTarget, { status }: FoundRun): Promise<boolean> {
    if (!ACTIVE.has(status) || (await this.parts.resumption(runId, path)) !== undefined) return false;
    const row = await this.parts.step(runId, path);
    return row === undefined || row.status === 'waiting';
  }

  /** The answer is looked for before the journal: it is forgotten once the run has ended, and then the journal has it. */
  private async stateOf({ runId, path }: ResumeTarget, { status }: FoundRun, ask: PlannedAsk): Promise<AskState> {
    const resumption = await this.parts.resumption(runId, path);
    return askState(ask, { status, resumption, row: await this.parts.step(runId, path) });
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

  private verified(credential: Credential, wait: PlannedRequest, { id, hidden }: Seen, arrival: Arrival, body: Buffer): SecretCarriers {
    const { request } = arrival;
    if (wait.ask && credential.type === 'basic' && isLook(request) && request.headers.authorization === undefined) throw challenge();
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
    { request, caller }: Arrival,
    body: ResumeRequest['body'],
    hidden: SecretCarriers,
  ): Promise<Resumed> {
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
    if (resumed === 'kept') this.parts.ring();
    return resumed;
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
