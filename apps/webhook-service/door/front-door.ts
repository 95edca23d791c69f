import type { IncomingMessage } from 'node:http';
import type { LiveEndpoint, LiveFlow } from '@millrace/catalog';
import { triggerOf, type Content, type EventRecord, type TriggerView } from '@millrace/engine';
import { newId } from '@millrace/platform';
import type { Metrics } from '@millrace/telemetry';
import { failure, Refused, unavailable, type Answer } from './answers.js';
import { originOf, type Arrival, type Origin } from './arrival.js';
import { checkDemands, contentOf } from './demands.js';
import { Failures } from './failures.js';
import { Guard, type GuardParts, type Proof } from './guard.js';
import { checkHeaders, headersWithout, urlWithout } from './headers.js';
import { Keeper, type Kept, type KeeperParts } from './keeper.js';
import { Pending, type Share } from './pending.js';
import { checkPaused, openPlace, type OpenPlace, type Place } from './place.js';
import { RateLimits } from './rate-limits.js';
import { readBody } from './read-body.js';
import { keepRecord, type RecordParts } from './records.js';

export interface DoorParts extends GuardParts, KeeperParts, RecordParts {
  /** The live flow of an id, from memory. */
  flow(id: string): LiveFlow | undefined;
  /** The shared endpoint of a name, from memory. */
  endpoint(name: string): LiveEndpoint | undefined;
  readonly maxBody: number;
  /** The largest body that any place takes. */
  largestBody(): number;
  /** Bytes of bodies, over all requests, that may be read or wait for their commit at the same time. */
  readonly maxPending: number;
  readonly metrics: Pick<Metrics, 'answered' | 'accepted'>;
}

/** How long a caller may take to send its body. */
const BODY_TIMEOUT_MS = 10_000;

/** What a request asks for: what it is filed under, and what is there. */
interface Goal {
  readonly id: string;
  readonly place: Place | undefined;
}

/** Finds the place, verifies, writes down, queues, answers: in that order, and no answer promises what is not written. */
export class FrontDoor {
  private readonly pending: Pending;
  private readonly guard: Guard;
  private readonly keeper: Keeper;
  private readonly rates = new RateLimits();
  /** Samples the records of what is over its rate. */
  private readonly limited = new Failures();

  constructor(private readonly parts: DoorParts) {
    this.pending = new Pending(parts.maxPending);
    this.guard = new Guard(parts);
    this.keeper = new Keeper(parts);
  }

  /** Answers every request to the URL of a flow; what it refuses it also records. Rejects never. */
  receive(flowId: string, request: IncomingMessage, origin?: Origin): Promise<Answer> {
    const flow = this.parts.flow(flowId);
    return this.answer({ id: flowId, place: flow?.endpoint === undefined ? flow : undefined }, request, origin);
  }

  /** The same for a shared endpoint. */
  receiveShared(name: string, request: IncomingMessage, origin?: Origin): Promise<Answer> {
    return this.answer({ id: `endpoints/${name}`, place: this.parts.endpoint(name) }, request, origin);
  }

  private async answer(goal: Goal, request: IncomingMessage, origin: Origin = originOf(request)): Promise<Answer> {
    const arrival = { request, ...origin };
    const began = performance.now();
    try {
      const { answer, later, stored } = await this.admit(goal, arrival);
      if (stored) this.parts.metrics.accepted(performance.now() - began);
      return this.counted(answer ?? (await later!(arrival.whenGone)));
    } catch (error) {
      const refusal = error instanceof Refused ? error : this.unexpected(goal.id, error);
      if (refusal.record) keepRecord(this.parts, { id: goal.id, credential: goal.place?.credential }, arrival, refusal);
      return this.counted(refusal.answer, refusal.code);
    }
  }

  private counted(answer: Answer, code = ''): Answer {
    this.parts.metrics.answered(answer.status, code);
    return answer;
  }

  /** Bytes of bodies that are being read or wait for their commit. */
  get pendingBytes(): number {
    return this.pending.held;
  }

  private async admit(goal: Goal, arrival: Arrival): Promise<Kept> {
    checkHeaders(arrival.request.rawHeaders);
    const share = this.pending.share();
    try {
      // A place that cannot take anything is as good as unknown to those who try out ids.
      const place = this.parts.hideUnknown && !goal.place?.rules ? undefined : goal.place;
      const maxBytes = this.readable(place);
      const body = await readBody(arrival.request, { maxBytes, timeoutMs: BODY_TIMEOUT_MS, reserve: share.reserve });
      if (!place) throw this.guard.unknown(goal.id, arrival, body);
      return await this.take(openPlace(place), arrival, body, share);
    } finally {
      share.release();
    }
  }

  /** How much is read: the size that is refused must not tell which places exist, where that is to be hidden. */
  private readable(place: Place | undefined): number {
    return this.parts.hideUnknown ? this.parts.largestBody() : this.limitOf(place);
  }

  private limitOf(place: Place | undefined): number {
    return place?.rules?.maxBytes ?? this.parts.maxBody;
  }

  private take(place: OpenPlace, arrival: Arrival, body: Buffer, { reserve }: Share): Promise<Kept> | Kept {
    const proof = this.guard.verify(place, arrival, body);
    if ('answer' in proof) return { answer: proof.answer };
    const maxBytes = this.limitOf(place);
    checkDemands(place.rules, arrival.request, body, maxBytes);
    checkPaused(place);
    const content = contentOf(arrival.request, body, { maxBytes, reserve });
    // Most bodies have no coding, and are read without a detour.
    return content instanceof Promise
      ? content.then((decoded) => this.keep(place, arrival, body, proof, decoded))
      : this.keep(place, arrival, body, proof, content);
  }

  private keep(place: OpenPlace, arrival: Arrival, body: Buffer, proof: Proof, content: Content): Promise<Kept> {
    const event = eventOf(place, arrival, body, proof);
    const trigger = triggerOf(event, content);
    this.checkRate(place, trigger, proof);
    return this.keeper.keep(place, event, trigger, proof.signed);
  }

  private checkRate({ id, rules }: OpenPlace, trigger: TriggerView, { at }: Proof): void {
    if (!rules.rate) return;
    const key = rules.rate.key(trigger);
    const wait = this.rates.take(id, key, rules.rate, at.getTime());
    if (wait === undefined) return;
    const answer = failure(429, 'request.rate-limited', 'Too many requests. Nothing was accepted; send it again later.', {
      'retry-after': String(wait),
    });
    const { limit, perMs } = rules.rate;
    const reason = `More than ${limit} requests within ${perMs / 1000} s${key === '' ? '' : ` with the key ${key.slice(0, 200)}`}.`;
    throw new Refused(answer, 'request.rate-limited', reason, this.limited.count(id, undefined, at.getTime()).record);
  }

  private unexpected(id: string, error: unknown): Refused {
    this.parts.log.error({ flow: id, err: error }, 'The front door failed');
    return new Refused(
      unavailable('door.failed', 'The request could not be handled. Nothing was accepted; send it again.'),
      'door.failed',
      `The front door failed: ${(error as Error).message}`,
    );
  }
}

function eventOf({ id }: Place, { request, caller }: Arrival, body: Buffer, { at, hidden, verified }: Proof): EventRecord {
  return {
    id: newId(),
    flowId: id,
    receivedAt: at.getTime(),
    method: request.method ?? '',
    url: urlWithout(request.url ?? '', (name) => hidden.query.includes(name)),
    headers: headersWithout(request.rawHeaders, (name) => hidden.headers.includes(name)),
    body,
    caller,
    ...(verified && { verified }),
  };
}
