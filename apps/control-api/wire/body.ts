import { ApiError } from '@millrace/platform';
import type { FastifyRequest } from 'fastify';

/** Nothing that the API takes is larger. */
const MOST_BYTES = 64 * 1024;
/** Deeper values are no definition of anything, and overflow the stack of whoever walks them. */
const MOST_DEPTH = 16;
const TIMEOUT_MS = 10_000;

/** The JSON object that a request brings. Throws an ApiError; no message holds anything of the body, which may be a secret. */
export async function readJsonObject(request: FastifyRequest): Promise<Record<string, unknown>> {
  const value = parsed(await readText(request));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('The body must be one JSON object.');
  if (depth(value) > MOST_DEPTH) throw invalid(`The body is nested deeper than ${MOST_DEPTH} levels.`);
  return value as Record<string, unknown>;
}

async function readText({ raw }: FastifyRequest): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  const timer = setTimeout(() => raw.destroy(), TIMEOUT_MS);
  try {
    for await (const chunk of raw as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > MOST_BYTES)
        throw new ApiError(413, 'body.too-large', `The body is larger than ${MOST_BYTES} bytes.`, { connection: 'close' });
      chunks.push(chunk);
    }
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): unknown {
  if (text === '') return {};
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw invalid('The body is not JSON.');
  }
}

function depth(value: unknown, level = 0): number {
  if (typeof value !== 'object' || value === null || level > MOST_DEPTH) return level;
  return Object.values(value).reduce<number>((most, item) => Math.max(most, depth(item, level + 1)), level);
}

function invalid(message: string): ApiError {
  return new ApiError(400, 'request.invalid', message);
}
