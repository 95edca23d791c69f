import { personHeader } from './person.js';

/** What the control API said no to; the sentence is its own. */
export class ApiFailure extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** All of the answer, where it says more than the reason. */
    readonly answer: unknown = undefined,
  ) {
    super(message);
    this.name = 'ApiFailure';
  }
}

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** The answer of `GET /api/v1/<path>`. Rejects with an ApiFailure, also when the server cannot be reached (status 0). */
export function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  return ask<T>(`${path}${queryText(query)}`, { signal });
}

/** A request that changes something. The header proves that a page of ours sent it: other sites cannot set it. */
export function send<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, headers: Readonly<Record<string, string>> = {}): Promise<T> {
  return ask<T>(path, { method, headers: { ...headers, ...personHeader(), 'x-millrace': '1' } });
}

/** Characters of a body that may outlive its page: browsers allow 64 KiB of bytes, at most three a character. */
const OUTLIVES = 20_000;

export interface Sending {
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
}

/** As `send`, with a value as JSON. What is put is put also when the page is left meanwhile, unless it is large. */
export function sendJson<T>(method: 'POST' | 'PUT', path: string, value: unknown, { signal, headers: more }: Sending = {}): Promise<T> {
  const headers = { ...more, ...personHeader(), 'content-type': 'application/json', 'x-millrace': '1' };
  const body = JSON.stringify(value);
  return ask<T>(path, { method, headers, body, signal, keepalive: method === 'PUT' && body.length < OUTLIVES });
}

export function queryText(query: Query): string {
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, String(value)]]));
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
}

async function ask<T>(path: string, init: RequestInit): Promise<T> {
  const response = await fetch(`/api/v1/${path}`, init).catch(unreachable);
  const text = await response.text();
  if (!response.ok) throw failureOf(response.status, text);
  return JSON.parse(text) as T;
}

function unreachable(error: unknown): never {
  if (error instanceof DOMException && error.name === 'AbortError') throw error;
  throw new ApiFailure(0, 'server.unreachable', 'The server does not answer. Check that Millrace is running; this page goes on by itself.');
}

function failureOf(status: number, text: string): ApiFailure {
  try {
    const answer = JSON.parse(text) as { error: { code: string; message: string } };
    return new ApiFailure(status, answer.error.code, answer.error.message, answer);
  } catch {
    return new ApiFailure(
      status,
      'answer.unreadable',
      `The server answered ${status} with something that is not JSON. Is there a proxy in between?`,
    );
  }
}
