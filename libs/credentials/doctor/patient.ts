import type { IncomingRequest } from '../request.js';
import type { SecretText } from '../rotation.js';
import { readKey } from '../schemes/keys.js';
import { compileScheme, type Recipe } from '../schemes/recipe.js';
import type { SignatureScheme } from '../schemes/scheme.js';
import { verifySignature } from '../schemes/verify.js';
import type { Finding } from './diagnosis.js';

/** A signature check that may be changed in one place and made again. */
export interface Patient {
  readonly scheme: SignatureScheme;
  readonly secrets: readonly SecretText[];
  readonly request: IncomingRequest;
}

/** One change under which the request might pass, and what to say if it does. */
export interface NearMiss {
  readonly change: Partial<Patient>;
  readonly finding: Finding;
}

const SILENT = (): void => undefined;
const NOTHING_CARRIED = { headers: [], query: [] };

/** The scheme as the verifier uses it; undefined when a change made no sense. */
export function recipeOf(scheme: SignatureScheme): Recipe | undefined {
  return compileScheme(scheme, SILENT);
}

/** Whether the verifier itself would accept, leaving aside when the request was signed and whether a secret has expired. */
export function passes({ scheme, secrets, request }: Patient): boolean {
  const recipe = recipeOf(scheme);
  if (recipe === undefined) return false;
  const keys = secrets.flatMap((secret) => readKey({ ...secret, notAfter: undefined }, scheme, SILENT, SILENT) ?? []);
  const timestamp = recipe.timestamp && { ...recipe.timestamp, toleranceMs: Infinity };
  return verifySignature({ ...recipe, timestamp }, keys, NOTHING_CARRIED, request, new Date(0)).ok;
}
