/** Why a request was turned away. Stable: refusals are counted and filtered by it. */
export type RefusalCode =
  | 'credential.missing'
  | 'credential.duplicate'
  | 'credential.malformed'
  | 'credential.mismatch'
  | 'credential.secret-expired'
  | 'credential.timestamp-missing'
  | 'credential.timestamp-malformed'
  | 'credential.timestamp-stale'
  | 'credential.timestamp-future'
  | 'credential.not-for-incoming';

/** Header names (lower case) and query keys (decoded) in which a secret itself travels. */
export interface SecretCarriers {
  readonly headers: readonly string[];
  readonly query: readonly string[];
}

export interface Accepted {
  readonly ok: true;
  /** Which of its secrets matched; the current one is 0. Absent where there is none. */
  readonly secretIndex?: number;
  /** How that secret is called: the variable or slot that holds it, never its value. */
  readonly secretName?: string;
  /** For the owner: the request is good, but something should be changed soon. */
  readonly warning?: string;
  /**
   * The same for every copy of this request, made of signed content only, so that nobody can vary it without the secret.
   * Absent where the scheme signs neither a time nor an id: there, two equal requests may be two events.
   */
  readonly replayId?: string;
  /** How long the replay key must be remembered, in milliseconds. Set whenever `replayId` is. */
  readonly replayWindowMs?: number;
  /** What must not reach the flow, nor a log. */
  readonly consumed: SecretCarriers;
}

export interface Refused {
  readonly ok: false;
  readonly code: RefusalCode;
  /** One sentence for the owner, never for the caller. Holds no secret and nothing of the value that was sent. */
  readonly reason: string;
  /** 400 for a request that is ambiguous, 401 for everything else. */
  readonly status: 400 | 401;
}

export type Verdict = Accepted | Refused;

/** A refusal: 400 for duplicates (a sender's defect that the right secret cannot mend), else 401. */
export function refuse(code: RefusalCode, reason: string): Refused {
  return { ok: false, code, reason, status: code === 'credential.duplicate' ? 400 : 401 };
}
