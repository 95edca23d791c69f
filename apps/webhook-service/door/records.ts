import { redact, type Credential } from '@millrace/credentials';
import type { Refusal } from '@millrace/engine';
import { newId } from '@millrace/platform';
import type { Refused } from './answers.js';
import type { Arrival } from './arrival.js';
import type { Consultations } from './consultations.js';
import { headersWithout, soundsSecret, urlWithout } from './headers.js';

export interface RecordParts {
  keepRefusal(refusal: Refusal): void;
  /** Shared by the doors of a process, for they bound what it spends. */
  readonly consultations: Consultations;
  now(): Date;
}

/** What a refused request was for. */
export interface Target {
  /** What it is filed under. */
  readonly id: string;
  readonly credential: Credential | undefined;
  /** What must not be kept beside the credential's own secrets. */
  readonly hidden?: readonly string[];
}

const MOST_URL = 2_000;
const MOST_ID = 200;

/** Writes refusals down without secrets. What can be explained is written once it is, a moment after the answer; the rest at once. */
export function keepRecord(parts: RecordParts, target: Target, arrival: Arrival, refused: Refused): void {
  const refusal = refusalOf(parts, target, arrival, refused);
  const { explanation } = refused;
  const consult = (): void => parts.keepRefusal({ ...refusal, diagnosis: explanation?.explain() });
  const about = { flowId: target.id, caller: arrival.caller, bytes: explanation?.bytes ?? 0 };
  if (!explanation || !parts.consultations.offer(about, refusal.at, consult)) parts.keepRefusal(refusal);
}

/** The right secret in the wrong place is still the secret. */
function refusalOf(
  { now }: RecordParts,
  { id, credential, hidden = [] }: Target,
  { request, caller }: Arrival,
  { answer, code, reason }: Refused,
): Refusal {
  const { carriers, secrets = [] } = credential ?? {};
  const isHidden = (names: readonly string[] | undefined) => (name: string) => soundsSecret(name) || names?.includes(name) === true;
  const clean = (text: string): string => redact(redact(text, secrets), hidden);
  return {
    id: newId(),
    flowId: id.slice(0, MOST_ID),
    at: now().getTime(),
    status: answer.status,
    code,
    reason,
    method: request.method ?? '',
    url: withoutSignature(clean(urlWithout(request.url ?? '', isHidden(carriers?.query)))).slice(0, MOST_URL),
    headers: headersWithout(
      request.rawHeaders.map((text, at) => (at % 2 === 0 ? text : clean(text))),
      isHidden(carriers?.headers),
    ),
    caller,
  };
}

/** Whoever reads the refusals must not be able to resume a run. */
function withoutSignature(url: string): string {
  return url.replace(/(\/resume\/[^/]*\/[^/]*\/)[^?]*/, '$1…');
}
