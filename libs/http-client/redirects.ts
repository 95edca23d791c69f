import { type RawResponse, StepError } from '@millrace/component-sdk';
import type { RequestLabel } from './failures.js';
import type { HttpRequest } from './request.js';

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Where a response points, when it is a redirect. */
export function redirectTarget({ status, headers }: RawResponse, from: URL): URL | undefined {
  const location = headers['location'];
  if (location === undefined || !REDIRECTS.has(status) || !URL.canParse(location, from.href)) return undefined;
  return new URL(location, from);
}

/** Headers that carry a component's own secrets; they stay with the origin they were meant for. */
const PRIVATE_HEADERS = ['authorization', 'cookie', 'proxy-authorization'];

/** The request for the next hop. To another origin it goes without anything that identifies us. */
export function followRequest(request: HttpRequest, target: URL, sameOrigin: boolean): HttpRequest {
  const headers = sameOrigin ? request.headers : withoutPrivateHeaders(request.headers);
  return { ...request, url: target.href, headers };
}

function withoutPrivateHeaders(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !PRIVATE_HEADERS.includes(name)));
}

/** A redirect that is not followed: repeating a request with effects elsewhere is the author's decision. */
export function redirectedError(label: RequestLabel, status: number, target: URL): StepError {
  return new StepError({
    code: 'http.redirected',
    message: `${label.method} ${label.url} was redirected to ${target.host}; only GET and HEAD follow redirects. Use the new address.`,
    blame: 'author',
    arrived: 'yes',
    status,
    details: { method: label.method, url: label.url, status, location: target.host },
  });
}

export function tooManyRedirectsError(label: RequestLabel, maximum: number, target: URL): StepError {
  return new StepError({
    code: 'http.redirected',
    message: `${label.method} ${label.url} was redirected more than ${maximum} times, last to ${target.host}. Use the final address.`,
    blame: 'remote',
    arrived: 'yes',
    details: { method: label.method, url: label.url, location: target.host },
  });
}
