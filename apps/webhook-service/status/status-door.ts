import type { IncomingMessage } from 'node:http';
import type { Refusal, RunAnswer } from '@millrace/engine';
import { newId } from '@millrace/platform';
import type { Log } from '@millrace/telemetry';
import { failure, json, Refused, refused, unavailable, type Answer } from '../door/answers.js';
import { originOf, type Arrival, type Origin } from '../door/arrival.js';
import { Failures } from '../door/failures.js';
import { checkHeaders, headersWithout, soundsSecret } from '../door/headers.js';
import { answerOfRun } from '../door/run-answer.js';

export interface StatusParts {
  /** Whether the URL's signature is ours for this run. */
  isSigned(runId: string, signature: string): boolean;
  /** Undefined for a run that is not kept any more. */
  find(runId: string): Promise<{ readonly eventId: string; readonly answer: RunAnswer } | undefined>;
  keepRefusal(refusal: Refusal): void;
  now(): Date;
  readonly log: Log;
}

/** What a status URL says. */
export interface StatusTarget {
  readonly runId: string;
  readonly signature: string;
}

/** Refusals are filed under this; a flow cannot be called so, for it has a slash. */
const FILED_UNDER = 'runs/status';
/** Seconds between two looks of a caller. */
const COME_AGAIN = '1';
const NOT_FOUND = failure(404, 'status.not-found', 'There is nothing at this URL. Use it whole, exactly as the answer gave it.');
const GONE = failure(410, 'status.over', 'This run is not kept any more.');

/** Status URLs: where callers whom the deadline overtook learn what their run answered, as often as they like. */
export class StatusDoor {
  private readonly failures = new Failures();

  constructor(private readonly parts: StatusParts) {}

  /** Answers every request. Rejects never. */
  async receive(target: StatusTarget, request: IncomingMessage, origin: Origin = originOf(request)): Promise<Answer> {
    const arrival = { request, ...origin };
    try {
      checkHeaders(request.rawHeaders);
      return uncached(await this.answer(target, arrival));
    } catch (error) {
      const refusal = error instanceof Refused ? error : this.unexpected(target, error);
      if (refusal.record) this.record(arrival, refusal);
      return refusal.answer;
    }
  }

  private async answer({ runId, signature }: StatusTarget, { request, caller }: Arrival): Promise<Answer> {
    if (!this.parts.isSigned(runId, signature)) throw this.unknown(caller);
    if (request.method !== 'GET' && request.method !== 'HEAD')
      throw refused(405, 'method.not-allowed', 'This URL takes GET.', { allow: 'GET, HEAD' });
    const found = await this.parts.find(runId);
    if (!found) return GONE;
    const { answer, eventId } = found;
    if (answer.kind !== 'none') return answerOfRun(runId, answer);
    return json(202, { eventId, runId, status: answer.status }, { 'retry-after': COME_AGAIN });
  }

  private unknown(caller: string | undefined): Refused {
    const { record } = this.failures.count(FILED_UNDER, caller, this.parts.now().getTime());
    const reason = 'The signature of a status URL does not hold: it was cut off, changed or made up.';
    return new Refused(NOT_FOUND, 'status.bad-signature', reason, record);
  }

  private unexpected({ runId }: StatusTarget, error: unknown): Refused {
    this.parts.log.error({ runId, err: error }, 'The answer of a run could not be read');
    const answer = unavailable('status.failed', 'The answer cannot be read now; ask again.');
    return new Refused(answer, 'status.failed', `The answer could not be read: ${(error as Error).message}`);
  }

  private record({ request, caller }: Arrival, { answer, code, reason }: Refused): void {
    this.parts.keepRefusal({
      id: newId(),
      flowId: FILED_UNDER,
      at: this.parts.now().getTime(),
      status: answer.status,
      code,
      reason,
      method: request.method ?? '',
      url: withoutSignature(request.url ?? ''),
      headers: headersWithout(request.rawHeaders, soundsSecret),
      caller,
    });
  }
}

/** Another answer may be there a moment later. */
function uncached(answer: Answer): Answer {
  return { ...answer, headers: { ...answer.headers, 'cache-control': 'no-store' } };
}

/** Whoever reads the refusals must not be able to read the answer. */
function withoutSignature(url: string): string {
  return url.replace(/^(\/runs\/[^/]*\/).*/, '$1…').slice(0, 2_000);
}
