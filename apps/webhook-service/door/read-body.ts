import type { IncomingMessage } from 'node:http';
import { refused, type Refused } from './answers.js';

/** How long a caller may take to send its body. */
const BODY_TIMEOUT_MS = 10_000;

/**
 * The exact bytes of a body, or a refusal: over the cap (said at once when Content-Length says so), too slow, or
 * broken off. After a refusal the rest is not read and the connection should be closed.
 */
export function readBody(request: IncomingMessage, cap: number): Promise<Buffer> {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > cap) return Promise.reject(tooLarge(cap));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const timer = setTimeout(() => settle(() => reject(tooSlow())), BODY_TIMEOUT_MS);
    const settle = (then: () => void): void => {
      clearTimeout(timer);
      request.off('data', onData).off('end', onEnd).off('error', onBroken).off('aborted', onBroken);
      then();
    };
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > cap) settle(() => reject(tooLarge(cap)));
      else chunks.push(chunk);
    };
    const onEnd = (): void => settle(() => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size)));
    const onBroken = (): void => settle(() => reject(refused(400, 'body.incomplete', 'The connection broke before the body was complete.')));
    request.on('data', onData).on('end', onEnd).on('error', onBroken).on('aborted', onBroken);
  });
}

function tooLarge(cap: number): Refused {
  return refused(413, 'body.too-large', `The body is larger than ${cap} bytes, which is what this URL takes.`, { connection: 'close' });
}

function tooSlow(): Refused {
  return refused(408, 'body.too-slow', `The body did not arrive within ${BODY_TIMEOUT_MS / 1000} seconds.`, { connection: 'close' });
}
