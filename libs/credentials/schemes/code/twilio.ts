import { createHash } from 'node:crypto';
import { decodeBase64, decodeHex, decodeUtf8, sameDigest } from '../../bytes.js';
import { headerValues, type IncomingRequest } from '../../request.js';
import { queryValues } from '../../url.js';
import { refuse, type Refused } from '../../verdict.js';
import { signatureIn, type CodeScheme } from './code-scheme.js';

const HEADER = 'X-Twilio-Signature';
const FORM = /^application\/x-www-form-urlencoded\b/i;

/**
 * www.twilio.com/docs/usage/security, "Validating signatures"; twilio-node, src/webhooks/webhooks.ts. Signed are the
 * address as it was registered and the fields of a form, sorted, each name followed by its values. A body that is no
 * form is bound by its digest in the address instead. Key: the auth token.
 */
export const twilio: CodeScheme = {
  about: {
    header: HEADER,
    made: 'HMAC-SHA1, base64',
    over: 'the URL and the sorted fields of a form, or the URL with `bodySHA256` in its query',
  },
  digest: 'sha1',
  encoding: 'base64',
  guarded: ['x-twilio-signature', 'content-type'],
  read: (request) => {
    const signature = signatureIn(headerValues(request, ['x-twilio-signature'])[0], HEADER, decodeBase64);
    if (!Buffer.isBuffer(signature)) return signature;
    const fields = fieldsOf(request);
    if (typeof fields !== 'string') return fields;
    return { signature, contents: spellingsOf(request.url).map((url) => Buffer.from(url + fields, 'utf8')) };
  },
  prepare: (request) => {
    const { body = new Uint8Array(), headers } = request;
    const type = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
    if (FORM.test(type) || body.length === 0) return { request, content: Buffer.from(request.url + sortedFields(body), 'utf8') };
    const digest = createHash('sha256').update(body).digest('hex');
    const url = `${request.url}${request.url.includes('?') ? '&' : '?'}bodySHA256=${digest}`;
    return { request: { ...request, url }, content: Buffer.from(url, 'utf8') };
  },
};

/** What the signature covers of the body beside the address. */
function fieldsOf(request: IncomingRequest): string | Refused {
  const [type = ''] = headerValues(request, ['content-type']);
  if (request.body.length === 0) return '';
  if (FORM.test(type)) return sortedFields(request.body);
  const [given = '', ...more] = queryValues(request.url, 'bodySHA256');
  const digest = decodeHex(given);
  if (digest === undefined || digest.length === 0 || more.length > 0) {
    return refuse('credential.missing', 'The body is no form, and its digest is not in the query parameter bodySHA256.');
  }
  const same = sameDigest(digest, createHash('sha256').update(request.body).digest());
  return same ? '' : refuse('credential.mismatch', 'The body is not the one whose digest is in the query parameter bodySHA256.');
}

/** Repeated values count once, in their order. */
function sortedFields(body: Uint8Array): string {
  const fields = new Map<string, Set<string>>();
  for (const [name, value] of new URLSearchParams(decodeUtf8(body) ?? '')) {
    fields.set(name, (fields.get(name) ?? new Set()).add(value));
  }
  return [...fields]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, values]) => [...values].sort().map((value) => name + value))
    .join('');
}

/** Twilio signs the address with or without the port, and sometimes with its query written anew. */
function spellingsOf(url: string): string[] {
  const [, scheme = '', host = '', port = '', rest = ''] = /^(https?):\/\/(\[[^\]]*\]|[^/:?#]*)(:\d+)?(.*)$/s.exec(url) ?? [];
  const withPort = `${scheme}://${host}${port || (scheme === 'https' ? ':443' : ':80')}`;
  const spellings = [
    url,
    `${scheme}://${host}${rest}`,
    withPort + rest,
    `${scheme}://${host}${rewritten(rest)}`,
    withPort + rewritten(rest),
  ];
  return [...new Set(spellings)];
}

function rewritten(rest: string): string {
  const mark = rest.indexOf('?');
  if (mark < 0) return rest;
  const pairs = [...new URLSearchParams(rest.slice(mark + 1))];
  return `${rest.slice(0, mark)}?${pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&')}`;
}
