import { createHash, randomUUID } from 'node:crypto';
import { StepError } from '@millrace/component-sdk';
import type { ApplyContext } from '../credential.js';
import { withHeader, type IncomingRequest, type OutgoingRequest } from '../request.js';
import { activeSecrets } from '../rotation.js';
import { hmacOf } from './digest.js';
import type { Key } from './keys.js';
import type { Recipe } from './recipe.js';
import { describeSource, readingOf, type Reading } from './source.js';
import { renderContent } from './template.js';
import { formatTimestamp } from './timestamp.js';

/** Ids that every vendor's header accepts; a full stop would blur the parts of `{id}.{timestamp}.{body}`. */
const PLAIN_ID = /^[A-Za-z0-9_-]{1,128}$/;

/**
 * Signs a request by its recipe: fresh time, the message's id, and, where the header is a list, one signature per active secret.
 * Throws `credential.cannot-sign` when the recipe cannot be run backwards, `credential.secret-expired` when no secret is active.
 */
export function signRequest(
  name: string,
  recipe: Recipe,
  keys: readonly Key[],
  request: OutgoingRequest,
  context: ApplyContext,
): OutgoingRequest {
  const header = recipe.signatureHeader;
  if (header === undefined) throw cannotSign(name, 'its scheme puts the signature inside the body');
  const active = activeSecrets(name, keys, context.now);
  const headers = addId(recipe, addTimestamp(recipe, request.headers, context.now), context.id);
  const prepared = { ...request, headers };
  const reading = readingOf(asIncoming(prepared));
  const timestamp = timestampToSign(name, recipe, reading, context.now);
  const signatures = (recipe.separator === undefined ? active.slice(0, 1) : active).map(
    (key) => recipe.prefix + signature(name, recipe, key, reading, timestamp),
  );
  const items = recipe.timestamp?.source.kind === 'item' ? [recipe.timestamp.source.prefix + timestamp, ...signatures] : signatures;
  return { ...prepared, headers: withHeader(headers, header, items.join(recipe.separator)) };
}

function addTimestamp(recipe: Recipe, headers: OutgoingRequest['headers'], now: Date): OutgoingRequest['headers'] {
  const { source, unit } = recipe.timestamp ?? {};
  const header = source?.kind === 'header' ? source.names[0] : undefined;
  return header === undefined || unit === undefined ? headers : withHeader(headers, header, formatTimestamp(now, unit));
}

function addId(recipe: Recipe, headers: OutgoingRequest['headers'], id: string | undefined): OutgoingRequest['headers'] {
  const header = recipe.id?.kind === 'header' ? recipe.id.names[0] : undefined;
  if (header === undefined || Object.keys(headers).some((other) => other.toLowerCase() === header)) return headers;
  return withHeader(headers, header, messageId(id));
}

function messageId(id: string | undefined): string {
  if (id === undefined) return `msg_${randomUUID()}`;
  return PLAIN_ID.test(id) ? id : `msg_${createHash('sha256').update(id).digest('base64url')}`;
}

/** The time that goes into the signed content: the fresh one, or the one that the body states already. */
function timestampToSign(name: string, recipe: Recipe, reading: Reading, now: Date): string {
  if (recipe.timestamp === undefined) return '';
  const { source, unit } = recipe.timestamp;
  if (source.kind !== 'json') return formatTimestamp(now, unit);
  const stated = reading.json(source.path);
  if (stated === undefined) {
    throw cannotSign(name, `its scheme reads the time from the ${describeSource(source)}, which the request does not have`);
  }
  return stated;
}

function signature(name: string, recipe: Recipe, { material }: Key, reading: Reading, timestamp: string): string {
  if (material.kind === 'public') throw cannotSign(name, 'it holds a public key, which can only verify');
  if (material.kind === 'token') return Buffer.from(material.token).toString('latin1');
  const content = renderContent(recipe.signed, reading, timestamp);
  if ('missing' in content) {
    throw cannotSign(name, `its scheme signs the ${describeSource(content.missing)}, which the request does not have`);
  }
  return hmacOf(material, content.chunks).toString(recipe.encoding);
}

function asIncoming(request: OutgoingRequest): IncomingRequest {
  const { method, url, headers, body } = request;
  return { method, url, rawHeaders: Object.entries(headers).flat(), body: body ?? new Uint8Array() };
}

function cannotSign(name: string, why: string): StepError {
  const message = `Credential "${name}" cannot sign an outgoing request: ${why}. Use a credential that can sign here.`;
  return new StepError({ code: 'credential.cannot-sign', message, blame: 'operator', arrived: 'no' });
}
