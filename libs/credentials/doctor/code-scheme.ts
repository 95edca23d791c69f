import type { IncomingRequest } from '../request.js';
import type { CodeScheme } from '../schemes/code/index.js';
import { verifyByCode } from '../schemes/code/run.js';
import type { SecretText } from '../rotation.js';
import { readKey } from '../schemes/keys.js';
import type { SignatureScheme } from '../schemes/scheme.js';
import type { Refused, Verdict } from '../verdict.js';
import { Budget } from './budget.js';
import { likely, proven, withoutSecrets, type Diagnosis, type Finding } from './diagnosis.js';
import { bodyMisses } from './misses/body.js';
import { edgeMisses } from './misses/secret.js';
import { otherUrls } from './misses/url.js';
import { clockFinding, duplicate, expired, fallback } from './refusals.js';
import type { NearMiss, Patient } from './patient.js';

/** The same check as the credential's own, with what the doctor needs to make it in other ways. */
export interface CodeCheck {
  readonly scheme: CodeScheme;
  /** How the scheme's keys are read. */
  readonly material: SignatureScheme;
  readonly secrets: readonly SecretText[];
  verify(request: IncomingRequest, now: Date): Verdict;
}

const SILENT = (): void => undefined;

/** Explains a refusal by a scheme that is code. No digests are shown: what is signed cannot be told in parts. Pure; does a bounded amount of work. */
export function diagnoseCodeScheme(check: CodeCheck, request: IncomingRequest, now: Date): Diagnosis {
  const verdict = check.verify(request, now);
  if (verdict.ok) return { findings: [] };
  const secrets = check.secrets.map(({ text }) => text).filter((text) => text !== '');
  return withoutSecrets({ findings: findingsOf(check, request, verdict, now) }, secrets);
}

function findingsOf(check: CodeCheck, request: IncomingRequest, refused: Refused, now: Date): readonly Finding[] {
  if (refused.code === 'credential.secret-expired') return [expired(refused)];
  if (refused.code === 'credential.duplicate') return [duplicate(refused)];
  const timed = timeFinding(check, request, refused, now);
  return [timed?.certain ? timed : (nearMiss(check, request) ?? timed ?? fallback(refused, `header ${check.scheme.about.header}`))];
}

function timeFinding(check: CodeCheck, request: IncomingRequest, { code, reason }: Refused, now: Date): Finding | undefined {
  if (code === 'credential.timestamp-malformed') return likely('time.malformed', reason, 'Have the sender write the time in that unit.');
  if (!code.startsWith('credential.timestamp-')) return undefined;
  const claim = check.scheme.read(request);
  if ('ok' in claim || claim.signedAt === undefined) return undefined;
  const toleranceMs = (check.scheme.toleranceSeconds ?? 0) * 1000;
  return clockFinding(passes(check, check.secrets, request) ? proven : likely, toleranceMs, now.getTime() - claim.signedAt);
}

/** The first change under which the request would pass. */
function nearMiss(check: CodeCheck, request: IncomingRequest): Finding | undefined {
  const budget = new Budget();
  for (const { change, finding } of misses({ scheme: check.material, secrets: check.secrets, request })) {
    const changed = { secrets: check.secrets, request, ...change };
    if (!budget.spend(changed.request.body.length, changed.secrets.length)) return undefined;
    if (passes(check, changed.secrets, changed.request)) return finding;
  }
  return undefined;
}

function* misses(patient: Patient): Iterable<NearMiss> {
  yield* otherUrls(patient.request);
  yield* edgeMisses(patient);
  yield* bodyMisses(patient);
}

/** Whether the verifier itself would accept, leaving aside when the request was signed and whether a secret has expired. */
function passes({ scheme, material }: CodeCheck, secrets: readonly SecretText[], request: IncomingRequest): boolean {
  const keys = secrets.flatMap((secret) => readKey({ ...secret, notAfter: undefined }, material, SILENT, SILENT) ?? []);
  const claim = scheme.read(request);
  return !('ok' in claim) && verifyByCode(scheme, keys, request, new Date(claim.signedAt ?? 0)).ok;
}
