import type { IncomingMessage } from 'node:http';
import { refused, unavailable, Refused } from './answers.js';

/** How much of a body is read, and for how long. */
export interface BodyLimits {
  readonly maxBytes: number;
  readonly timeoutMs: number;
  /** Asked for every chunk; false when there is no memory left for it. */
  reserve(bytes: number): boolean;
}

/**
 * The exact bytes of a body, or a refusal: over the cap (said at once when Content-Length says so), too slow, too
 * much at the same time as others, or broken off. After a refusal the rest is not kept and the connection is closed.
 */
export function readBody(request: IncomingMessage, { maxBytes, timeoutMs, reserve }: BodyLimits): Promise<Buffer> {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > maxBytes) return Promise.reject(tooLarge(maxBytes));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const timer = setTimeout(() => refuse(tooSlow(timeoutMs)), timeoutMs);
    const settle = (): void => {
      clearTimeout(timer);
      request.off('data', onData).off('end', onEnd).off('error', onBroken).off('aborted', onBroken);
    };
    const refuse = (refusal: Refused): void => {
      settle();
      reject(refusal);
    };
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > maxBytes) refuse(tooLarge(maxBytes));
      else if (!reserve(chunk.length)) refuse(overloaded());
      else chunks.push(chunk);
    };
    const onEnd = (): void => {
      settle();
      resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size));
    };
    const onBroken = (): void => refuse(refused(400, 'body.incomplete', 'The connection broke before the body was complete.'));
    request.on('data', onData).on('end', onEnd).on('error', onBroken).on('aborted', onBroken);
  });
}

const CLOSE = { connection: 'close' };

/** The answer to a body over its cap. */
export function tooLarge(maxBytes: number): Refused {
  return refused(413, 'body.too-large', `The body is larger than ${maxBytes} bytes, which is what this URL takes.`, CLOSE);
}

function tooSlow(timeoutMs: number): Refused {
  return refused(408, 'body.too-slow', `The body did not arrive within ${timeoutMs / 1000} seconds.`, CLOSE);
}

/** The answer when there is no memory left for a body. */
export function overloaded(): Refused {
  const answer = unavailable('door.overloaded', 'Too many requests wait to be written down. Nothing was accepted; send it again.', CLOSE);
  return new Refused(answer, 'door.overloaded', 'The bytes waiting for their commit reached MILLRACE_MAX_PENDING.');
}
