import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';
import { BodyRefusal } from './bodies/refusal.js';

/** Content codings (RFC 9110, section 8.4.1) that can be undone. */
export const codings = ['gzip', 'deflate', 'br'] as const;
export type Coding = (typeof codings)[number];

/** `identity` and nothing at all are no coding; what is not known is answered as it was written. */
export function codingOf(contentEncoding: string | undefined): string | undefined {
  const coding = (contentEncoding ?? '').trim().toLowerCase();
  if (coding === '' || coding === 'identity') return undefined;
  return coding === 'x-gzip' ? 'gzip' : coding;
}

type Inflate = (bytes: Uint8Array, options: { maxOutputLength: number }) => Promise<Buffer>;

const decoders: Readonly<Record<Coding, Inflate>> = {
  gzip: promisify(gunzip) as Inflate,
  br: promisify(brotliDecompress) as Inflate,
  deflate: inflateEither,
};

/** The coding is zlib's format, but some senders leave its frame away (RFC 9110, section 8.4.1.2). */
function inflateEither(bytes: Uint8Array, options: { maxOutputLength: number }): Promise<Buffer> {
  const framed = (bytes[0]! & 0x0f) === 8 && ((bytes[0]! << 8) | (bytes[1] ?? 0)) % 31 === 0;
  return promisify(framed ? inflate : inflateRaw)(bytes, options);
}

/**
 * The bytes that were encoded. At most `maxBytes` are ever made of them, so that a small body cannot fill memory;
 * work is done off the main thread. Rejects with a BodyRefusal.
 */
export async function decodeBody(bytes: Uint8Array, coding: string | undefined, maxBytes: number): Promise<Uint8Array> {
  if (coding === undefined || bytes.length === 0) return bytes;
  if (!isCoding(coding)) throw notAccepted(coding);
  try {
    return await decoders[coding](bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new BodyRefusal(413, 'body.too-large', `The body is larger than ${maxBytes} bytes when decoded, which is what this URL takes.`);
    }
    throw new BodyRefusal(400, 'body.malformed', `The body is not valid ${coding}.`);
  }
}

function isCoding(coding: string): coding is Coding {
  return (codings as readonly string[]).includes(coding);
}

/** What a URL that does not decode says. */
export function notAccepted(coding: string): BodyRefusal {
  return new BodyRefusal(
    415,
    'body.encoding-not-accepted',
    `The content coding ${coding.slice(0, 40)} is not accepted; send the body as it is.`,
  );
}
