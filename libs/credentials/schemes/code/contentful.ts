import { decodeHex, textToWire, wireToBytes } from '../../bytes.js';
import { headerValues, withHeader, type IncomingRequest } from '../../request.js';
import { refuse, type Refused } from '../../verdict.js';
import { parseTimestamp } from '../timestamp.js';
import { signatureIn, type CodeScheme } from './code-scheme.js';

const SIGNATURE = 'x-contentful-signature';
const SIGNED_HEADERS = 'x-contentful-signed-headers';
const TIMESTAMP = 'x-contentful-timestamp';

/**
 * www.contentful.com/developers/docs, "Request verification"; @contentful/node-apps-toolkit, src/requests. Signed are
 * method, path, the headers that one of them names, and the body, each on a line of its own. The toolkit allows 30 s.
 */
export const contentful: CodeScheme = {
  about: {
    header: 'X-Contentful-Signature',
    made: 'HMAC-SHA256, hex',
    over: 'method, path, the headers named in `X-Contentful-Signed-Headers`, body',
  },
  digest: 'sha256',
  encoding: 'hex',
  guarded: [SIGNATURE, SIGNED_HEADERS, TIMESTAMP],
  toleranceSeconds: 30,
  read: (request) => {
    const signature = signatureIn(headerValues(request, [SIGNATURE])[0], 'X-Contentful-Signature', decodeHex);
    if (!Buffer.isBuffer(signature)) return signature;
    const headers = signedHeaders(request);
    if (typeof headers !== 'string') return headers;
    const [time = ''] = headerValues(request, [TIMESTAMP]);
    const signedAt = parseTimestamp(time, 'ms');
    if (signedAt === undefined)
      return refuse('credential.timestamp-malformed', `The time in the header ${TIMESTAMP} is not in milliseconds.`);
    const contents = pathsOf(request.url).map((path) => canonical(request.method, path, headers, request.body));
    return { signature, contents, signedAt };
  },
  prepare: (request, now) => {
    const names = [...Object.keys(request.headers).map((name) => name.toLowerCase()), SIGNED_HEADERS, TIMESTAMP];
    const list = [...new Set(names)].sort().join(',');
    const headers = withHeader(withHeader(request.headers, TIMESTAMP, String(now.getTime())), SIGNED_HEADERS, list);
    const prepared = { ...request, headers };
    const incoming = { ...prepared, rawHeaders: Object.entries(headers).flat(), body: request.body ?? new Uint8Array() };
    const [path = ''] = pathsOf(request.url);
    return { request: prepared, content: canonical(request.method, path, signedHeaders(incoming) as string, incoming.body) };
  },
};

/** The headers as they are signed, as a wire string, or why they are not to be had. */
function signedHeaders(request: IncomingRequest): string | Refused {
  const [list = ''] = headerValues(request, [SIGNED_HEADERS]);
  const names = list.split(',').map((name) => name.trim().toLowerCase());
  const missing =
    [TIMESTAMP, SIGNED_HEADERS].find((name) => !names.includes(name)) ?? names.find((name) => headerValues(request, [name]).length === 0);
  if (missing !== undefined) return refuse('credential.missing', `The signature does not cover a header ${missing} that was sent.`);
  return [...new Set(names)]
    .sort()
    .map((name) => `${name}:${headerValues(request, [name]).join(', ').trim()}`)
    .join(';');
}

/** The toolkit escapes path and query once more than they were sent; the address as it was sent counts, too. */
function pathsOf(url: string): string[] {
  const sent = /^https?:\/\/[^/?#]*(.*)$/s.exec(url)?.[1] ?? '';
  const [path = '', query = ''] = sent.split('?');
  const escaped = encodeURI(query === '' ? path : `${path}?${encodeURIComponent(query)}`);
  return [...new Set([escaped, sent])];
}

function canonical(method: string, path: string, headers: string, body: Uint8Array): Buffer {
  return Buffer.concat([wireToBytes(`${textToWire(`${method}\n${path}`)}\n${headers}\n`), body]);
}
