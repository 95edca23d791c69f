import type { IncomingRequest } from '../request.js';
import type { SecretText } from '../rotation.js';
import type { Recipe } from '../schemes/recipe.js';
import { timeUnits, type SignatureScheme } from '../schemes/scheme.js';
import { describeSource } from '../schemes/source.js';
import { parseTimestamp } from '../schemes/timestamp.js';
import type { Refused, Verdict } from '../verdict.js';
import { Budget } from './budget.js';
import { likely, proven, withoutSecrets, type Diagnosis, type Finding } from './diagnosis.js';
import { factsOf, sentTime } from './facts.js';
import { bodyMisses } from './misses/body.js';
import { formatMisses } from './misses/format.js';
import { lookalike, otherHeaders, otherSchemes } from './misses/place.js';
import { secretMisses } from './misses/secret.js';
import { urlMisses } from './misses/url.js';
import { passes, recipeOf, type NearMiss, type Patient } from './patient.js';
import { clockFinding, duplicate, expired, fallback } from './refusals.js';

/** In the order of how often they are the reason, as far as that is known, and of what they cost. */
const MISSES: readonly ((patient: Patient) => Iterable<NearMiss>)[] = [
  formatMisses,
  otherSchemes,
  otherHeaders,
  secretMisses,
  bodyMisses,
  urlMisses,
];

/** The same signature check as the credential's own, with what the doctor needs to make it in other ways. */
export interface SignatureCheck {
  readonly scheme: SignatureScheme;
  readonly secrets: readonly SecretText[];
  verify(request: IncomingRequest, now: Date): Verdict;
}

/** Explains why a request failed its signature check. Pure; does a bounded amount of work. */
export function diagnoseSignature({ scheme, secrets, verify }: SignatureCheck, request: IncomingRequest, now: Date): Diagnosis {
  const verdict = verify(request, now);
  const patient = { scheme, secrets, request };
  const recipe = recipeOf(scheme);
  if (verdict.ok || recipe === undefined) return { findings: [] };
  const findings = findingsOf(patient, recipe, verdict, now);
  return withoutSecrets({ findings, signed: factsOf(patient, recipe) }, secretTexts(secrets));
}

function secretTexts(secrets: readonly SecretText[]): readonly string[] {
  return secrets.map(({ text }) => text).filter((text) => text !== '');
}

function findingsOf(patient: Patient, recipe: Recipe, refused: Refused, now: Date): readonly Finding[] {
  if (refused.code === 'credential.secret-expired') return [expired(refused)];
  if (refused.code === 'credential.duplicate') return [duplicate(refused)];
  const timed = timeFinding(patient, recipe, refused, now);
  if (timed?.certain) return [timed];
  const near = nearMiss(patient);
  const guess = near === undefined ? lookalike(patient) : undefined;
  return [
    near,
    timed,
    guess,
    near === undefined && timed === undefined && guess === undefined ? fallback(refused, describeSource(recipe.signature)) : undefined,
  ].filter((finding) => finding !== undefined);
}

/** The first change under which the request would pass. */
function nearMiss(patient: Patient): Finding | undefined {
  const budget = new Budget();
  for (const misses of MISSES) {
    for (const { change, finding } of misses(patient)) {
      const changed = { ...patient, ...change };
      if (!budget.spend(changed.request.body.length, patient.secrets.length)) return undefined;
      if (passes(changed)) return finding;
    }
  }
  return undefined;
}

/** Certain where the signature is right and only the time is not. */
function timeFinding(patient: Patient, recipe: Recipe, { code }: Refused, now: Date): Finding | undefined {
  if (!code.startsWith('credential.timestamp-') || recipe.timestamp === undefined) return undefined;
  const where = describeSource(recipe.timestamp.source);
  const text = sentTime(recipe, patient.request);
  if (text === undefined) {
    return likely(
      'time.missing',
      `There is no time in the ${where}.`,
      'Have the sender send the time that it signed, and proxies pass that header on.',
    );
  }
  const time = parseTimestamp(text, recipe.timestamp.unit);
  return (
    unitFinding(patient, recipe.timestamp, text, now) ??
    (time === undefined
      ? malformed(where, recipe.timestamp.unit)
      : clockFinding(passes(patient) ? proven : likely, recipe.timestamp.toleranceMs, now.getTime() - time))
  );
}

type Timestamp = NonNullable<Recipe['timestamp']>;

function unitFinding(patient: Patient, { unit, toleranceMs }: Timestamp, text: string, now: Date): Finding | undefined {
  const { scheme } = patient;
  const fitting = timeUnits.find(
    (other) => other !== unit && Math.abs((parseTimestamp(text, other) ?? NaN) - now.getTime()) <= toleranceMs,
  );
  if (fitting === undefined || scheme.timestamp === undefined) return undefined;
  if (!passes({ ...patient, scheme: { ...scheme, timestamp: { ...scheme.timestamp, unit: fitting } } })) return undefined;
  const advice = `Set "timestamp": { "unit": "${fitting}" } in the credential, or have the sender write "${unit}".`;
  return proven('time.unit', `The signature is right, but the time is of the unit "${fitting}"; the credential expects "${unit}".`, advice);
}

function malformed(where: string, unit: string): Finding {
  return likely(
    'time.malformed',
    `The time in the ${where} is not of the unit "${unit}".`,
    `Have the sender write the time in "${unit}", or set "timestamp": { "unit": … } in the credential.`,
  );
}
