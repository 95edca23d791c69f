import { redact } from '../redact.js';

/** What a finding is about. Stable: shown, filtered and documented by it. */
export type FindingCode =
  | 'clock.late'
  | 'clock.early'
  | 'time.unit'
  | 'time.missing'
  | 'time.malformed'
  | 'signature.missing'
  | 'signature.duplicate'
  | 'signature.malformed'
  | 'signature.part-missing'
  | 'signature.prefix'
  | 'signature.encoding'
  | 'signature.algorithm'
  | 'signature.scheme'
  | 'signature.header'
  | 'secret.expired'
  | 'secret.encoding'
  | 'secret.whitespace'
  | 'secret.prefix'
  | 'secret.unknown'
  | 'body.newline'
  | 'body.line-ends'
  | 'body.re-encoded'
  | 'body.charset'
  | 'body.lost'
  | 'url.differs'
  | 'token.missing'
  | 'token.duplicate'
  | 'token.place'
  | 'token.prefix'
  | 'token.whitespace'
  | 'token.case'
  | 'token.encoding'
  | 'token.user'
  | 'token.unknown'
  | 'credential.not-for-incoming';

/** One explanation of a refused request, for its owner. Holds no secret and no more than six digits of a digest. */
export interface Finding {
  readonly code: FindingCode;
  /** What was found, in one sentence. */
  readonly message: string;
  /** What to do about it. */
  readonly advice: string;
  /** True where it was tried: with exactly this put right, the request would have been accepted. */
  readonly certain: boolean;
}

/** One part of the signed content. */
export interface SignedPart {
  /** As the template names it: `{body}`, `{timestamp}`, or a literal. */
  readonly part: string;
  readonly bytes: number;
  /** The first characters, redacted. */
  readonly start: string;
}

/** What the signature was checked over and against, shortened so that nothing can be forged from it. */
export interface SignedFacts {
  readonly algorithm: string;
  readonly encoding: string;
  readonly template: string;
  /** Absent where a part was not sent. */
  readonly parts?: readonly SignedPart[];
  /** Where the signature is looked for. */
  readonly place: string;
  /** First six hexadecimal digits of what each secret gives; none for public keys. */
  readonly expected: readonly { readonly secret: string; readonly digest: string }[];
  /** First six hexadecimal digits of each signature that was sent and could be read. */
  readonly received: readonly { readonly bytes: number; readonly digest: string }[];
}

/** Why a request was refused. */
export interface Diagnosis {
  /** Most likely first; empty for a request that is accepted. */
  readonly findings: readonly Finding[];
  /** Only where something is signed. */
  readonly signed?: SignedFacts;
}

/** A finding that was tried and held. */
export function proven(code: FindingCode, message: string, advice: string): Finding {
  return { code, message, advice, certain: true };
}

/** A finding that the request only suggests. */
export function likely(code: FindingCode, message: string, advice: string): Finding {
  return { code, message, advice, certain: false };
}

/** Takes the secrets out of every text; what people wrote into a header or body may hold one. */
export function withoutSecrets(diagnosis: Diagnosis, secrets: readonly string[]): Diagnosis {
  const clean = (text: string): string => redact(text, secrets);
  const findings = diagnosis.findings.map((finding) => ({ ...finding, message: clean(finding.message), advice: clean(finding.advice) }));
  return { ...diagnosis, findings };
}
