import {
  MaxHeaderSizeExceededError,
  MaxPartsExceededError,
  MultipartParseError,
  parseMultipart as partsOf,
  type MultipartPart,
} from '@remix-run/multipart-parser';
import type { EventFile } from '@millrace/component-sdk';
import { decodeText } from './charset.js';
import { collect, type Fields } from './form.js';
import { boundaryOf, mediaType } from './media-type.js';
import { BodyRefusal } from './refusal.js';

const MAX_PARTS = 100;
const MAX_FILES = 10;
const MAX_FIELD_BYTES = 64 * 1024;
const MAX_HEADER_BYTES = 8 * 1024;
const MAX_HEADER_LINES = 50;

/** The fields of a multipart body, and where in it its files are. */
export interface Multipart {
  readonly fields: Fields;
  readonly files: readonly EventFile[];
}

/**
 * multipart/form-data (RFC 7578). Parts with a file name, or of a type that is not text, are files; the others are
 * fields. File names are data, never paths. Throws a BodyRefusal for what is malformed or beyond the limits.
 */
export function parseMultipart(bytes: Uint8Array, contentType: string): Multipart {
  const boundary = boundaryOf(contentType);
  if (boundary === undefined) throw malformed('its Content-Type names no boundary');
  const message = bytes.subarray(preambleOf(bytes, boundary));
  const parts = [...partsIn(message, boundary)];
  const files = parts.filter(isFile);
  if (files.length > MAX_FILES) throw tooMany(`A multipart body may have ${MAX_FILES} files.`);
  return {
    fields: collect(parts.filter((part) => !isFile(part)).map((part) => [part.name ?? '', fieldText(part)])),
    files: files.map((part) => fileOf(part, bytes)),
  };
}

/** Bytes before the first boundary mean nothing (RFC 2046, section 5.1.1); the parser wants none. */
function preambleOf(bytes: Uint8Array, boundary: string): number {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(`\r\n--${boundary}`);
  const first = Buffer.from(bytes.subarray(0, boundary.length + 2)).toString('latin1');
  return first === `--${boundary}` || start < 0 ? 0 : start + 2;
}

function* partsIn(message: Uint8Array, boundary: string): Iterable<MultipartPart> {
  const limits = { maxParts: MAX_PARTS, maxHeaderSize: MAX_HEADER_BYTES, maxFileSize: Infinity, maxTotalSize: Infinity };
  try {
    for (const part of partsOf(message, { boundary, ...limits })) {
      checkHeaders(part);
      yield part;
    }
  } catch (error) {
    throw refusalOf(error);
  }
}

/** Reading the headers decodes them, so that what is wrong with them shows here. */
function checkHeaders({ headers, name }: MultipartPart): void {
  if (Object.keys(headers).length > MAX_HEADER_LINES) throw tooMany(`A part may have ${MAX_HEADER_LINES} header lines.`);
  if (name === undefined) throw malformed('a part has no name');
}

function refusalOf(error: unknown): unknown {
  if (error instanceof MaxPartsExceededError) return tooMany(`A multipart body may have ${MAX_PARTS} parts.`);
  if (error instanceof MaxHeaderSizeExceededError) return tooMany(`The headers of a part may have ${MAX_HEADER_BYTES} bytes.`);
  if (error instanceof MultipartParseError) return malformed('its parts are not where its boundary says');
  return isUndecodable(error) ? malformed('the headers of a part are not UTF-8') : error;
}

/** By its code, which is what Node's TextDecoder promises; a TypeError could be a mistake of ours. */
function isUndecodable(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'ERR_ENCODING_INVALID_ENCODED_DATA';
}

function malformed(why: string): BodyRefusal {
  return new BodyRefusal(400, 'body.malformed', `The multipart body cannot be read: ${why}.`);
}

function tooMany(message: string): BodyRefusal {
  return new BodyRefusal(413, 'body.too-many-parts', message);
}

function isFile({ filename, headers }: MultipartPart): boolean {
  return filename !== undefined || !/^(text\/|$)/.test(mediaType(headers['content-type']).type);
}

function fieldText(part: MultipartPart): string {
  if (part.size > MAX_FIELD_BYTES) {
    throw new BodyRefusal(413, 'body.field-too-large', `A field may have ${MAX_FIELD_BYTES} bytes; send more as a file.`);
  }
  return decodeText(part.bytes, mediaType(part.headers['content-type']).charset);
}

/** The parser hands out slices of what it was given, so that they say where they were. */
function fileOf(part: MultipartPart, bytes: Uint8Array): EventFile {
  const [first] = part.content;
  return {
    name: part.name ?? '',
    filename: part.filename ?? null,
    type: mediaType(part.headers['content-type']).type || 'application/octet-stream',
    size: part.size,
    offset: first === undefined ? 0 : first.byteOffset - bytes.byteOffset,
  };
}
