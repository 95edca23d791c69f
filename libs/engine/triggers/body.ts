import type { EventFile } from '@millrace/component-sdk';
import { decodeText } from './bodies/charset.js';
import { parseForm } from './bodies/form.js';
import { parseJson } from './bodies/json.js';
import { isJson, isMediaType, isXml, mediaType } from './bodies/media-type.js';
import { parseMultipart } from './bodies/multipart.js';
import { BodyRefusal } from './bodies/refusal.js';
import { parseXml } from './bodies/xml.js';

/** What expressions see of a body. */
export interface Content {
  readonly body: unknown;
  readonly files: readonly EventFile[];
}

const NO_FILES: readonly EventFile[] = [];

/** The parsed view of a body without its files: null where it is empty, or one file. See `readContent`. */
export function parseBody(bytes: Uint8Array, contentType: string | undefined): unknown {
  return readContent(bytes, contentType).body;
}

/**
 * The parsed view of a body. The bytes stay what they are; this is what expressions see. JSON, XML and forms are
 * values, text is a text, an empty body is null; what is of any other type is one file.
 * Throws a BodyRefusal for what is malformed or dangerous, or has no type at all. `maxDepth` is of JSON.
 */
export function readContent(bytes: Uint8Array, contentType: string | undefined, maxDepth?: number): Content {
  if (bytes.length === 0) return { body: null, files: NO_FILES };
  const { type, charset } = mediaType(contentType);
  if (isJson(type)) return { body: parseJson(decodeText(bytes, charset), maxDepth), files: NO_FILES };
  if (isXml(type)) return { body: parseXml(bytes, charset), files: NO_FILES };
  if (type === 'application/x-www-form-urlencoded') return { body: parseForm(bytes, charset), files: NO_FILES };
  if (type === 'multipart/form-data') return formData(bytes, contentType ?? '');
  if (type.startsWith('text/') && isMediaType(type)) return { body: decodeText(bytes, charset), files: NO_FILES };
  return { body: null, files: [wholeBody(bytes, type)] };
}

function formData(bytes: Uint8Array, contentType: string): Content {
  const { fields, files } = parseMultipart(bytes, contentType);
  return { body: fields, files };
}

function wholeBody(bytes: Uint8Array, type: string): EventFile {
  if (!isMediaType(type)) throw new BodyRefusal(415, 'body.type-not-accepted', typeMessage(type));
  return { name: 'body', filename: null, type, size: bytes.length, offset: 0 };
}

function typeMessage(type: string): string {
  const said =
    type === ''
      ? 'The request has a body but no Content-Type'
      : `The Content-Type ${JSON.stringify(type.slice(0, 80))} is not a media type`;
  return `${said}; say what it is: application/json, application/xml, multipart/form-data, text/plain or any other.`;
}
