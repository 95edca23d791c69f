import type { IncomingMessage } from 'node:http';
import { parseJsonValue } from '@millrace/engine';
import { ApiError } from '@millrace/platform';

/** A flow's text may be 512 Ki characters, and JSON may write each of them as six. */
const MAX_BYTES = 4 * 1024 * 1024;

/** The JSON value that a request carries, with numbers as the front door takes them; an empty object when it carries nothing. Throws an ApiError for what is too large, not UTF-8 or not JSON. */
export async function readJsonBody(request: IncomingMessage, maxBytes = MAX_BYTES): Promise<unknown> {
  const bytes = await readBytes(request, maxBytes);
  if (bytes.length === 0) return {};
  try {
    return parseJsonValue(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new ApiError(400, 'request.invalid', 'The body of this request is JSON, in UTF-8, and this one is not.');
  }
}

async function readBytes(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) break;
      chunks.push(chunk);
    }
  } catch {
    throw new ApiError(400, 'request.incomplete', 'The body of this request did not arrive whole. Send it again.');
  }
  if (size > maxBytes) {
    throw new ApiError(413, 'request.too-large', `The body may have ${maxBytes} bytes and this one has more.`, { connection: 'close' });
  }
  return Buffer.concat(chunks);
}
