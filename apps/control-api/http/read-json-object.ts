import type { IncomingMessage } from 'node:http';
import { ApiError } from '@millrace/platform';
import { readJsonBody } from './read-body.js';

/** No definition of a credential is larger. */
const MOST_BYTES = 64 * 1024;
/** Deeper values are no definition of anything, and overflow the stack of whoever walks them. */
const MOST_DEPTH = 16;

/**
 * The JSON object that a request brings, of whatever members. Throws an ApiError; unlike that of `defineBody`, no message
 * holds anything of the body, not even a name in it: it may be a secret.
 */
export async function readJsonObject(request: IncomingMessage): Promise<Record<string, unknown>> {
  const value = await readJsonBody(request, MOST_BYTES);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('The body must be one JSON object.');
  if (depth(value) > MOST_DEPTH) throw invalid(`The body is nested deeper than ${MOST_DEPTH} levels.`);
  return value as Record<string, unknown>;
}

function depth(value: unknown, level = 0): number {
  if (typeof value !== 'object' || value === null || level > MOST_DEPTH) return level;
  return Object.values(value).reduce<number>((most, item) => Math.max(most, depth(item, level + 1)), level);
}

function invalid(message: string): ApiError {
  return new ApiError(400, 'request.invalid', message);
}
