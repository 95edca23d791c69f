import { createHmac, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { LiveFlow } from '@millrace/catalog';
import { diagnose, redact, verify, type Credential, type IncomingRequest, type SecretCarriers, type Verdict } from '@millrace/credentials';
import {
  BodyRefusal,
  mediaType,
  parseBody,
  triggerOf,
  type Acceptance,
  type BirthClaims,
  type Decision,
  type ErrorRecord,
  type EventRecord,
  type EventStore,
  type NewRun,
  type Refusal,
  type Reservation,
  type RunHints,
  type TriggerView,
  type WebhookRules,
} from '@millrace/engine';
import { newId } from '@millrace/platform';
import type { Log } from '@millrace/telemetry';
import { failure, json, NOT_FOUND, Refused, refused, unavailable, UNAUTHORIZED, type Answer } from './answers.js';
import { Consultations } from './consultations.js';
import { Failures } from './failures.js';
import { checkHeaders, headersWithout, soundsSecret, urlWithout } from './headers.js';
import { Pending, type Share } from './pending.js';
import { readBody } from './read-body.js';

export interface DoorParts {
  /** The live flow of an id, from memory. */
  flow(id: string): LiveFlow | undefined;
  readonly events: EventStore;
  readonly hints: RunHints;
  /** Present where a runner shares this process. */
  readonly births: BirthClaims | undefined;
  keepRefusal(refusal: Refusal): void;
  now(): Date;
  readonly log: Log;
  readonly maxBody: number;
  /** Bytes of bodies, over all requests, that may be read or wait for their commit at the same time. */
  readonly maxPending: number;
  /** Where callers reach this server, without a trailing slash. */
  publicUrl(): string;
  readonly hideUnknown: boolean;
  /** Told of every request that a credential was checked for; `failure` is why it did not pass. */
  credentialUsed(credential: string, failure?: { readonly code: string; readonly reason: string }): void;
}

/** How long a caller may take to send its body. */
const BODY_TIMEOUT_MS = 10_000;
/** Signs what nobody checks: an unknown flow takes as long as a failed credential. */
const NO_KEY = randomBytes(32);

/** A request that got as far as its flow, while it is decided upon. */
interface Visit {
  readonly flow: LiveFlow;
  readonly request: IncomingMessage;
  readonly body: Buffer;
  readonly at: Date;
  readonly hidden: SecretCarriers;
  readonly signed: { readonly key: string; readonly windowMs: number } | undefined;
}

/** Finds the flow, verifies, writes down, queues, answers: in that order, and no answer promises what is not written. */
export class FrontDoor {
  private readonly pending: Pending;
  private readonly failures = new Failures();
  private readonly consultations = new Consultations();

  constructor(private readonly parts: DoorParts) {
    this.pending = new Pending(parts.maxPending);
  }

  /** Answers every request; what it refuses it also records. Rejects never. */
  async receive(flowId: string, request: IncomingMessage): Promise<Answer> {
    try {
      return await this.admit(flowId, request);
    } catch (error) {
      const refusal = error instanceof Refused ? error : this.unexpected(flowId, error);
      if (refusal.record) this.record(flowId, request, refusal);
      return refusal.answer;
    }
  }

  private async admit(flowId: string, request: IncomingMessage): Promise<Answer> {
    checkHeaders(request.rawHeaders);
    const share = this.pending.share();
    try {
      return await this.admitBody(flowId, request, share);
    } finally {
      share.release();
    }
  }

  private async admitBody(flowId: string, request: IncomingMessage, { reserve }: Share): Promise<Answer> {
    const flow = this.parts.flow(flowId);
    const maxBytes = flow?.rules?.maxBytes ?? this.parts.maxBody;
    const body = await readBody(request, { maxBytes, timeoutMs: BODY_TIMEOUT_MS, reserve });
    if (!flow) throw this.unknown(flowId, request, body);
    return this.decide(flow, request, body);
  }

  private decide(flow: LiveFlow, request: IncomingMessage, body: Buffer): Promise<Answer> {
    const { rules } = flow;
    if (!rules) throw notEnabled(flow);
    const visit = this.verified(flow, request, body);
    if (!rules.methods.includes(request.method ?? '')) throw methodNotAllowed(rules.methods);
    if (!flow.enabled && rules.whenPaused === 'refuse') throw paused(flow);
    checkType(rules, request.headers['content-type'], body);
    const event = this.eventOf(visit);
    const trigger = triggerOf(event, parsed(body, request.headers['content-type']));
    return this.keep(visit, event, trigger, rules.decide(trigger));
  }

  private verified(flow: LiveFlow, request: IncomingMessage, body: Buffer): Visit {
    const at = this.parts.now();
    const { credential } = flow;
    if (!credential) return { flow, request, body, at, hidden: { headers: [], query: [] }, signed: undefined };
    const signed = this.signedRequest(request, body);
    const verdict = verify(credential, signed, at);
    this.parts.credentialUsed(credential.name, verdict.ok ? undefined : verdict);
    if (!verdict.ok) throw explained(this.unverified(flow, request, verdict), credential, signed, at);
    if (verdict.warning) this.parts.log.warn({ flow: flow.id, credential: credential.name }, verdict.warning);
    const replay = verdict.replayId ? { key: `signed:${verdict.replayId}`, windowMs: verdict.replayWindowMs ?? 0 } : undefined;
    return { flow, request, body, at, hidden: verdict.consumed, signed: replay };
  }

  /** The caller learns nothing about why; the owner does. A duplicate header is the exception: it is the sender's defect. */
  private unverified(flow: LiveFlow, request: IncomingMessage, { status, code, reason }: Extract<Verdict, { ok: false }>): Refused {
    if (status === 400) return refused(400, code, reason);
    return this.unauthorized(flow.id, request, code, reason);
  }

  private unauthorized(flowId: string, request: IncomingMessage, code: string, reason: string): Refused {
    const { retryAfter, record } = this.failures.count(flowId, request.socket.remoteAddress, this.parts.now().getTime());
    if (retryAfter === undefined) return new Refused(UNAUTHORIZED, code, reason);
    const answer = failure(429, 'request.too-many-failures', 'Too many requests from this address were not authorized.', {
      'retry-after': String(retryAfter),
    });
    return new Refused(answer, code, `${reason} (one of many from this address within a minute)`, record);
  }

  private signedRequest(request: IncomingMessage, body: Buffer): IncomingRequest {
    const url = `${this.parts.publicUrl()}${request.url ?? ''}`;
    return { method: request.method ?? '', url, rawHeaders: request.rawHeaders, body };
  }

  private eventOf({ flow, request, body, at, hidden }: Visit): EventRecord {
    return {
      id: newId(),
      flowId: flow.id,
      receivedAt: at.getTime(),
      method: request.method ?? '',
      url: urlWithout(request.url ?? '', (name) => hidden.query.includes(name)),
      headers: headersWithout(request.rawHeaders, (name) => hidden.headers.includes(name)),
      body,
      caller: request.socket.remoteAddress,
    };
  }

  private async keep(visit: Visit, event: EventRecord, trigger: TriggerView, decision: Decision): Promise<Answer> {
    if (decision.kind === 'keyless') throw refused(400, 'dedupe.key-missing', `The dedupe key cannot be made: ${decision.problem}`);
    if (decision.kind === 'unmatched') return this.commit(visit, { event: { ...event, unmatched: decision.clause } }, trigger);
    if (decision.kind === 'invalid') return this.commit(visit, { event, run: failedRun(visit.flow, decision.error) }, trigger);
    const dedupe = decision.dedupe ?? visit.signed;
    const runId = newId();
    const birth = visit.flow.enabled ? this.parts.births?.reserve(runId) : undefined;
    return this.commit(visit, { event, run: newRun(visit.flow, runId, birth), dedupe }, trigger, birth);
  }

  private async commit(visit: Visit, acceptance: Acceptance, trigger: TriggerView, birth?: Reservation): Promise<Answer> {
    const { event, run } = acceptance;
    try {
      const accepted = await this.parts.events.accept(acceptance);
      if (accepted.kind === 'duplicate') {
        birth?.release();
        return json(200, { eventId: accepted.eventId, duplicate: true });
      }
    } catch (error) {
      birth?.doubt();
      throw this.notWritten(event.flowId, error);
    }
    if (run) this.setGoing(visit.flow, event, run, trigger, birth);
    return visit.flow.rules?.answer ?? json(202, { eventId: event.id, runIds: run ? [run.id] : [], runId: run?.id });
  }

  /** The run is committed: hand it over or tell the runners. Neither can be lost, the sweep finds it. */
  private setGoing(flow: LiveFlow, event: EventRecord, run: NewRun, trigger: TriggerView, birth?: Reservation): void {
    if (birth) {
      const claimed = { id: run.id, flowId: flow.id, version: run.version, eventId: event.id, startedAt: event.receivedAt, crashes: 0 };
      birth.start({ run: { ...claimed, lease: { runner: birth.runner, claim: 1 } }, event, journal: [] }, trigger);
    } else if (run.status === 'queued') {
      this.parts.hints.offer([run.id]).catch((error: unknown) => {
        this.parts.log.warn({ reason: (error as Error).message }, 'The queue is away; the sweep will find the run');
      });
    }
  }

  /** Under `hideUnknown` an unknown flow looks like a failed credential, also in how long it takes and how often it may be tried. */
  private unknown(flowId: string, request: IncomingMessage, body: Buffer): Refused {
    const reason = `There is no flow ${JSON.stringify(flowId.slice(0, 80))}.`;
    if (this.parts.hideUnknown) {
      createHmac('sha256', NO_KEY).update(body).digest();
      return this.unauthorized(flowId, request, 'flow.not-found', reason);
    }
    // Counted together whatever the id: who tries out ids must not fill the records with them.
    const { record } = this.failures.count('', request.socket.remoteAddress, this.parts.now().getTime());
    return new Refused(NOT_FOUND, 'flow.not-found', reason, record);
  }

  private notWritten(flowId: string, error: unknown): Refused {
    this.parts.log.error(
      { flow: flowId, reason: (error as Error).message },
      'An event could not be written; its caller was told to come again',
    );
    return new Refused(
      unavailable('event.not-written', 'The event could not be written down. Nothing was accepted; send it again.'),
      'event.not-written',
      `The database refused the event: ${(error as Error).message}`,
    );
  }

  private unexpected(flowId: string, error: unknown): Refused {
    this.parts.log.error({ flow: flowId, err: error }, 'The front door failed');
    return new Refused(
      unavailable('door.failed', 'The request could not be handled. Nothing was accepted; send it again.'),
      'door.failed',
      `The front door failed: ${(error as Error).message}`,
    );
  }

  /** What can be explained is recorded once it is, a moment after the answer; the rest at once. */
  private record(flowId: string, request: IncomingMessage, refused: Refused): void {
    const refusal = this.refusalOf(flowId, request, refused);
    const { explanation } = refused;
    const consult = (): void => this.parts.keepRefusal({ ...refusal, diagnosis: explanation?.explain() });
    const about = { flowId, caller: refusal.caller, bytes: explanation?.bytes ?? 0 };
    if (!explanation || !this.consultations.offer(about, refusal.at, consult)) this.parts.keepRefusal(refusal);
  }

  /** The right secret in the wrong place is still the secret. */
  private refusalOf(flowId: string, request: IncomingMessage, { answer, code, reason }: Refused): Refusal {
    const { carriers, secrets = [] } = this.parts.flow(flowId)?.credential ?? {};
    const isHidden = (names: readonly string[] | undefined) => (name: string) => soundsSecret(name) || names?.includes(name) === true;
    return {
      id: newId(),
      flowId: flowId.slice(0, 200),
      at: this.parts.now().getTime(),
      status: answer.status,
      code,
      reason,
      method: request.method ?? '',
      url: redact(urlWithout(request.url ?? '', isHidden(carriers?.query)), secrets).slice(0, 2_000),
      headers: headersWithout(
        request.rawHeaders.map((text, at) => (at % 2 === 0 ? text : redact(text, secrets))),
        isHidden(carriers?.headers),
      ),
      caller: request.socket.remoteAddress,
    };
  }
}

function explained(refused: Refused, credential: Credential, request: IncomingRequest, at: Date): Refused {
  refused.explanation = { bytes: request.body.length, explain: () => diagnose(credential, request, at) };
  return refused;
}

function newRun(flow: LiveFlow, id: string, birth: Reservation | undefined): NewRun {
  if (birth) return { id, version: flow.version, status: 'running', lease: { runner: birth.runner, claim: 1 } };
  return { id, version: flow.version, status: flow.enabled ? 'queued' : 'held' };
}

function failedRun(flow: LiveFlow, error: ErrorRecord): NewRun {
  return { id: newId(), version: flow.version, status: 'failed', error };
}

function parsed(body: Buffer, contentType: string | undefined): unknown {
  try {
    return parseBody(body, contentType);
  } catch (error) {
    if (error instanceof BodyRefusal) throw refused(error.status, error.code, error.message);
    throw error;
  }
}

function checkType(rules: WebhookRules, contentType: string | undefined, body: Buffer): void {
  const { type } = mediaType(contentType);
  if (body.length === 0 || rules.accepts(type)) return;
  throw refused(
    415,
    'body.type-not-accepted',
    `This URL takes ${rules.accept?.join(', ')}, not ${type || 'a body without a Content-Type'}.`,
  );
}

function methodNotAllowed(methods: readonly string[]): Refused {
  return refused(405, 'method.not-allowed', `This URL takes ${methods.join(', ')}.`, { allow: methods.join(', ') });
}

function notEnabled(flow: LiveFlow): Refused {
  const answer = unavailable('flow.not-enabled', 'This flow is not enabled yet. Nothing was accepted; send it again later.');
  return new Refused(
    answer,
    'flow.not-enabled',
    `${flow.id} is not enabled: ${flow.problems[0]?.message ?? 'no version of it has been checked'}`,
  );
}

function paused(flow: LiveFlow): Refused {
  const answer = unavailable('flow.paused', 'This flow is paused. Nothing was accepted; send it again later.');
  return new Refused(answer, 'flow.paused', `${flow.id} is paused and its trigger says whenPaused: "refuse".`);
}
