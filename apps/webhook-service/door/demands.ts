import type { IncomingMessage } from 'node:http';
import { BodyRefusal, codingOf, decodeBody, mediaType, notAccepted, readContent, type Content, type WebhookRules } from '@millrace/engine';
import { refused, type Refused } from './answers.js';
import { overloaded, tooLarge } from './read-body.js';

/** Throws a Refused for a request whose method, coding or type is not among those that its place takes. */
export function checkDemands(rules: WebhookRules, { method = '', headers }: IncomingMessage, body: Buffer, maxBytes: number): void {
  if (!rules.methods.includes(method)) throw methodNotAllowed(rules.methods);
  if (body.length > maxBytes) throw tooLarge(maxBytes);
  const coding = codingOf(headers['content-encoding']);
  if (coding !== undefined && !rules.encodings.includes(coding)) throw refusalOf(notAccepted(coding));
  checkType(rules, headers['content-type'], body);
}

/** What decoding a body may take. */
interface Room {
  readonly maxBytes: number;
  reserve(bytes: number): boolean;
}

/**
 * What a body says: at once, or once its coding is undone. Throws a Refused, or rejects with it; asks `reserve` for the
 * memory that decoding takes.
 */
export function contentOf({ headers }: IncomingMessage, body: Buffer, room: Room): Content | Promise<Content> {
  const coding = codingOf(headers['content-encoding']);
  return coding === undefined ? read(body, headers['content-type']) : decoded(body, coding, headers['content-type'], room);
}

async function decoded(body: Buffer, coding: string, type: string | undefined, { maxBytes, reserve }: Room): Promise<Content> {
  const bytes = await decodeBody(body, coding, maxBytes).catch((error: unknown) => {
    throw asRefused(error);
  });
  if (bytes !== body && !reserve(bytes.length)) throw overloaded();
  return read(bytes, type);
}

function read(bytes: Uint8Array, type: string | undefined): Content {
  try {
    return readContent(bytes, type);
  } catch (error) {
    throw asRefused(error);
  }
}

function asRefused(error: unknown): unknown {
  return error instanceof BodyRefusal ? refusalOf(error) : error;
}

function refusalOf({ status, code, message }: BodyRefusal): Refused {
  return refused(status, code, message);
}

function checkType(rules: WebhookRules, contentType: string | undefined, body: Buffer): void {
  const { type } = mediaType(contentType);
  if (body.length === 0 || rules.accepts(type)) return;
  throw refused(
    415,
    'body.type-not-accepted',
    `This URL takes ${rules.accept?.join(', ')}, not ${type || 'a body without a Content-Type'}.`,
  );
}

function methodNotAllowed(methods: readonly string[]): Refused {
  return refused(405, 'method.not-allowed', `This URL takes ${methods.join(', ')}.`, { allow: methods.join(', ') });
}
