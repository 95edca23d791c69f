import type { CredentialView, FetchInit } from './component.js';
import { StepError } from './errors.js';

/** One request, before the credential is applied. */
export interface PreparedRequest {
  /** Upper case. */
  method: string;
  /** Absolute; with a credential whose address is the secret, only what is added to that address: empty or `?query`. */
  url: string;
  /** Lower-case names. */
  headers: Record<string, string>;
  body?: Uint8Array;
}

const encoder = new TextEncoder();

/**
 * Turns what a component hands to `fetch` into one request: base URL, query, JSON body and content type.
 * Pure; the HTTP client and `tryComponent` share it, so that a test sees what the wire sees.
 * Fails with a StepError `http.bad-url` or `http.bad-request`.
 */
export function prepareRequest(url: string, init: FetchInit = {}, credential?: CredentialView): PreparedRequest {
  const body = encodeBody(init);
  const headers = lowerCaseNames(init.headers);
  if (init.json !== undefined) headers['content-type'] ??= 'application/json';
  const method = (init.method ?? (body === undefined ? 'GET' : 'POST')).toUpperCase();
  return { method, url: addQuery(resolveUrl(url, init, credential), init.query), headers, ...(body && { body }) };
}

function encodeBody({ json, body }: FetchInit): Uint8Array | undefined {
  if (json !== undefined && body !== undefined) throw badRequest('A request has either `json` or `body`, not both. Leave one out.');
  if (json !== undefined) return encoder.encode(stringify(json));
  return typeof body === 'string' ? encoder.encode(body) : body;
}

function stringify(json: unknown): string {
  try {
    const text = JSON.stringify(json) as string | undefined;
    if (text !== undefined) return text;
  } catch (cause) {
    throw badRequest(`The request's \`json\` cannot be written as JSON: ${(cause as Error).message}.`, cause);
  }
  throw badRequest("The request's `json` is a function or a symbol. Hand over a JSON value.");
}

function lowerCaseNames(headers: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function resolveUrl(url: string, init: FetchInit, credential: CredentialView | undefined): string {
  if (isAbsolute(url)) return url;
  if (credential?.in === 'url') return url;
  const base = credential?.baseUrl ?? init.baseUrl;
  if (base === undefined) throw badUrl(`"${url}" is not an absolute URL. Start it with https:// or give the credential a baseUrl.`);
  return join(base, url);
}

const isAbsolute = (url: string): boolean => /^[a-z][a-z0-9+.-]*:/i.test(url);

/** Appends: a base of `https://host/sandbox` keeps its path, which `new URL('/path', base)` would drop. */
function join(base: string, path: string): string {
  if (path === '' || path.startsWith('?')) return base + path;
  return `${base.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`;
}

function addQuery(url: string, query: FetchInit['query']): string {
  const pairs = Object.entries(query ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().map((one): [string, string] => [name, String(one)]),
  );
  if (pairs.length === 0) return url;
  const [address = '', fragment] = url.split('#', 2);
  const separator = address.includes('?') ? '&' : '?';
  return `${address}${separator}${new URLSearchParams(pairs).toString()}${fragment === undefined ? '' : `#${fragment}`}`;
}

function badUrl(message: string): StepError {
  return new StepError({ code: 'http.bad-url', message, blame: 'author', arrived: 'no' });
}

function badRequest(message: string, cause?: unknown): StepError {
  return new StepError({ code: 'http.bad-request', message, blame: 'author', arrived: 'no', cause });
}
