import type { FetchResponse } from './component.js';
import { StepError } from './errors.js';

/** Where a response came from, as errors name it: no secrets. */
export interface ResponseOrigin {
  method: string;
  /** Redacted. */
  url: string;
}

export interface RawResponse {
  status: number;
  /** Lower-case names. */
  headers: Readonly<Record<string, string>>;
  bytes: Uint8Array;
}

const decoder = new TextDecoder();

/** Wraps what came over the wire as the response that components see. */
export function createResponse(raw: RawResponse, origin: ResponseOrigin): FetchResponse {
  const text = (): string => decoder.decode(raw.bytes);
  return { status: raw.status, headers: raw.headers, bytes: raw.bytes, text, json: () => parseJson(text(), raw, origin) };
}

function parseJson(text: string, { status, headers }: RawResponse, { method, url }: ResponseOrigin): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const type = headers['content-type'] ?? 'no content type';
    throw new StepError({
      code: 'http.bad-json',
      message: `${method} ${url} answered ${status} (${type}) with a body that is not JSON. Check that the address is right.`,
      blame: 'remote',
      arrived: 'yes',
      status,
      details: { method, url, status },
      cause,
    });
  }
}

/** The default of `accept`: which statuses are results. */
export const isSuccess = (status: number): boolean => status >= 200 && status < 300;

export interface StatusErrorInput extends ResponseOrigin {
  status: number;
  headers: Readonly<Record<string, string>>;
  /** The start of the response body, redacted. */
  excerpt?: string;
  /** The credential's name, for 401 and 403. */
  credential?: string;
  /** For Retry-After in its date form. */
  now: Date;
}

/**
 * The StepError `http.<status>` for a status that is not a result. 429, and 503 with Retry-After, certainly had no effect;
 * other 5xx, 408 and 425 may have had one; every other status is final.
 */
export function statusError(input: StatusErrorInput): StepError {
  const { method, url, status, headers, excerpt } = input;
  const retryAfterMs = parseRetryAfter(headers['retry-after'], input.now);
  return new StepError({
    code: `http.${status}`,
    message: `${method} ${url} answered ${status}. ${advice(input)}`,
    ...statusClass(status, retryAfterMs !== undefined),
    retryAfterMs,
    status,
    details: { method, url, status, responseHeaders: notableHeaders(headers), ...(excerpt && { responseBody: excerpt }) },
  });
}

type StatusClass = Pick<StepError, 'blame' | 'retryable' | 'arrived'>;

function statusClass(status: number, saysWhen: boolean): StatusClass {
  if (status === 429 || (status === 503 && saysWhen)) return { blame: 'remote', retryable: true, arrived: 'no' };
  if (status >= 500 || status === 408 || status === 425) return { blame: 'remote', retryable: true, arrived: 'maybe' };
  return { blame: status === 401 || status === 403 ? 'operator' : 'author', retryable: false, arrived: 'yes' };
}

function advice({ status, credential }: StatusErrorInput): string {
  if (status === 401 || status === 403) {
    return credential === undefined
      ? 'The step has no credential; name one in its `credential`.'
      : `Check that the credential "${credential}" is valid and has the rights this needs.`;
  }
  if (status === 429) return 'The other side asks to slow down. A `rate` on the credential keeps the steps that use it within a limit.';
  if (status >= 500 || status === 408 || status === 425) return 'The other side has a problem; it may pass.';
  return 'The response body says why; change what the step sends.';
}

const NOTABLE = [
  'content-type',
  'retry-after',
  'date',
  'server',
  'x-request-id',
  'request-id',
  'x-slack-req-id',
  'x-zendesk-request-id',
  'x-hubspot-correlation-id',
  'cf-ray',
  'allow',
  'www-authenticate',
  'x-ratelimit-limit',
  'x-ratelimit-remaining',
  'x-ratelimit-reset',
];

function notableHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(NOTABLE.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])));
}

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Milliseconds that a Retry-After header asks for, at most one day: delay seconds or an HTTP date (RFC 9110, 10.2.3).
 * Fractions of a second occur in practice (Discord). `undefined` when absent or not understood.
 */
export function parseRetryAfter(value: string | undefined, now: Date): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  const ms = /^\d+(\.\d+)?$/.test(text) ? Math.ceil(Number(text) * 1000) : dateDelay(text, now);
  return ms === undefined ? undefined : Math.min(Math.max(ms, 0), DAY_MS);
}

function dateDelay(text: string, now: Date): number | undefined {
  // Date.parse alone takes almost anything with a digit in it; every HTTP date begins with the name of a day.
  const at = /^(mon|tue|wed|thu|fri|sat|sun)/i.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(at) ? undefined : at - now.getTime();
}
