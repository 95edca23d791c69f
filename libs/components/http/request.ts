import { defineComponent, type FetchResponse, isSuccess } from '@millrace/component-sdk';

/** Methods whose repetition the receiver can only recognise by a key. */
const KEYED_METHODS = new Set(['POST', 'PATCH']);

/**
 * Any HTTP request.
 *
 * Declared not idempotent, because nothing is known of the receiver; a GET or HEAD is retried all the same, since it has
 * no effects (see `bindFetch`). POST and PATCH carry an Idempotency-Key (draft-ietf-httpapi-idempotency-key-header):
 * receivers that know it drop repetitions, all others ignore it.
 */
export const request = defineComponent({
  name: 'http.request',
  title: 'HTTP request',
  description: 'Sends a request to any address and gives its answer. A status outside 200 to 299 fails the step, unless expected.',
  props: {
    type: 'object',
    properties: {
      url: { type: 'string', title: 'URL', description: "https://…, or a path below the credential's base URL." },
      method: {
        enum: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
        title: 'Method',
        description: 'Default GET, or POST when there is a body.',
      },
      query: {
        type: 'object',
        title: 'Query',
        description: 'Appended to the URL; a list repeats its name.',
        additionalProperties: {
          anyOf: [{ type: ['string', 'number', 'boolean'] }, { type: 'array', items: { type: ['string', 'number', 'boolean'] } }],
        },
      },
      headers: { type: 'object', title: 'Headers', additionalProperties: { type: 'string' } },
      body: { title: 'Body', description: 'A string is sent as it is, everything else as JSON.' },
      expect: {
        type: 'array',
        title: 'Expected statuses',
        description: 'Statuses that are results, such as 404 or "4xx". Default: 200 to 299.',
        items: { type: ['integer', 'string'], pattern: '^[1-5](\\d\\d|xx)$', minimum: 100, maximum: 599 },
      },
    },
    required: ['url'],
    additionalProperties: false,
  },
  output: {
    type: 'object',
    properties: {
      status: { type: 'integer', title: 'Status' },
      headers: { type: 'object', title: 'Headers', description: 'Lower-case names.', additionalProperties: { type: 'string' } },
      body: { title: 'Body', description: 'Parsed when it is JSON, else text; null when empty; Base64 when neither.' },
      encoding: { enum: ['base64'], title: 'Encoding', description: 'Present when the body is Base64.' },
    },
    required: ['status', 'headers', 'body'],
  },
  credential: { types: ['none', 'basic', 'api-key', 'hmac'] },
  idempotent: 'no',
  run: async ({ props: { url, method, query, headers = {}, body, expect }, fetch, idempotencyKey }) => {
    const verb = method ?? (body === undefined ? 'GET' : 'POST');
    const response = await fetch(url, {
      method: verb,
      query,
      headers: KEYED_METHODS.has(verb) ? withKey(headers, idempotencyKey) : headers,
      ...(typeof body === 'string' ? { body } : { json: body }),
      accept: expect && ((status) => expect.some((pattern) => matches(pattern, status))),
    });
    return { status: response.status, headers: { ...response.headers }, ...readBody(response) };
  },
});

function withKey(headers: Record<string, string>, key: string): Record<string, string> {
  const own = Object.keys(headers).some((name) => name.toLowerCase() === 'idempotency-key');
  return own ? headers : { ...headers, 'idempotency-key': key };
}

function matches(pattern: number | string, status: number): boolean {
  const text = String(pattern);
  return text.endsWith('xx') ? text[0] === String(status)[0] : text === String(status);
}

function readBody(response: FetchResponse): { body: unknown; encoding?: 'base64' } {
  if (response.bytes.byteLength === 0) return { body: null };
  if (/[/+]json\b/i.test(response.headers['content-type'] ?? '')) return { body: jsonOrText(response) };
  try {
    return { body: new TextDecoder('utf-8', { fatal: true }).decode(response.bytes) };
  } catch {
    return { body: Buffer.from(response.bytes).toString('base64'), encoding: 'base64' };
  }
}

/** An error page that claims to be JSON is a result too where its status is expected; a success that does so is an error. */
function jsonOrText(response: FetchResponse): unknown {
  try {
    return response.json();
  } catch (error) {
    if (isSuccess(response.status)) throw error;
    return response.text();
  }
}
