import { diagnose, redact, type Credential, type IncomingRequest } from '@millrace/credentials';
import type { Refused } from './answers.js';

/** A request that failed its credential. */
export interface Failed {
  readonly credential: Credential;
  readonly request: IncomingRequest;
  readonly at: Date;
  /** What must not be kept beside the credential's own secrets. */
  readonly hidden?: readonly string[];
}

/** The refusal with its explanation for the owner, which is made when it is asked for. */
export function explained(refused: Refused, { credential, request, at, hidden = [] }: Failed): Refused {
  const explain = (): object => without(hidden, diagnose(credential, request, at));
  refused.explanation = { bytes: request.body.length, explain };
  return refused;
}

/** The mask needs no escape in JSON, so that what is left is JSON. */
function without(hidden: readonly string[], value: object): object {
  return hidden.length === 0 ? value : (JSON.parse(redact(JSON.stringify(value), hidden)) as object);
}
