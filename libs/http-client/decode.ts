import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { type RawResponse, StepError } from '@millrace/component-sdk';
import { ExchangeError, SizeLimitError } from './exchange.js';

const DECODERS = new Map([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
]);

/**
 * Undoes a content encoding. We ask for `identity`; some servers compress regardless.
 * The size limit holds for the decoded body, so that a small response cannot unpack into a large one.
 */
export async function decodeBody(raw: RawResponse, maxBytes: number): Promise<RawResponse> {
  const encoding = raw.headers['content-encoding']?.trim().toLowerCase();
  if (encoding === undefined || encoding === 'identity' || raw.bytes.byteLength === 0) return raw;
  const decode = DECODERS.get(encoding);
  if (decode === undefined) throw badEncoding(encoding, raw.status);
  try {
    return { ...raw, bytes: await decode(raw.bytes, { maxOutputLength: maxBytes }) };
  } catch (cause) {
    if ((cause as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') throw new ExchangeError(new SizeLimitError(), true);
    throw badEncoding(encoding, raw.status, cause);
  }
}

function badEncoding(encoding: string, status: number, cause?: unknown): StepError {
  const message = `The response's content encoding "${encoding}" cannot be undone. Ask for another with an accept-encoding header.`;
  return new StepError({ code: 'http.bad-encoding', message, blame: 'remote', arrived: 'yes', status, cause });
}
