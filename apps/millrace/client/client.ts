import { userInfo } from 'node:os';
import { isStepError, type FetchResponse } from '@millrace/component-sdk';
import { createHttpClient, type HttpClient, type HttpRequest } from '@millrace/http-client';
import { CommandError } from '../command.js';
import type { Instance } from './instance.js';
import { inCommands } from './wording.js';

export type QueryValues = Readonly<Record<string, string | undefined>>;

/** The control API of one instance. Every failure is a CommandError: a sentence for whoever typed. */
export interface Client {
  readonly instance: Instance;
  /** `path` below /api/v1. The type is the caller's word for what that route answers. */
  get<T>(path: string, query?: QueryValues): Promise<T>;
  post<T>(path: string, body?: object): Promise<T>;
  put<T>(path: string, body: object): Promise<T>;
  delete<T>(path: string, query?: QueryValues): Promise<T>;
  /** Any request to the instance, without the token; every status is an answer. */
  send(request: HttpRequest): Promise<FetchResponse>;
  close(): Promise<void>;
}

/** Whoever types names the instance: it may be anywhere, most often on this machine. */
const ANYWHERE = ['0.0.0.0/0', '::/0'];
const TIMEOUT_MS = 30_000;
const encoder = new TextEncoder();

export function createClient(instance: Instance): Client {
  const http = createHttpClient({ allow: ANYWHERE, userAgent: 'millrace-cli', timeoutMs: TIMEOUT_MS });
  const call = async <T>(method: string, path: string, { query = {}, body }: { query?: QueryValues; body?: object } = {}): Promise<T> => {
    const headers = {
      authorization: `Bearer ${instance.token}`,
      accept: 'application/json',
      'x-millrace-as': encodeURIComponent(userName()),
      ...(body && { 'content-type': 'application/json' }),
    };
    const request = {
      method,
      url: `${instance.url}/api/v1/${path}${queryText(query)}`,
      headers,
      ...(body && { body: encoder.encode(JSON.stringify(body)) }),
    };
    return resultOf<T>(await send(http, request, instance));
  };
  return {
    instance,
    get: (path, query) => call('GET', path, { query }),
    post: (path, body) => call('POST', path, { body }),
    put: (path, body) => call('PUT', path, { body }),
    delete: (path, query) => call('DELETE', path, { query }),
    send: (request) => send(http, request, instance),
    close: () => http.close(),
  };
}

/** For the audit log. A container may run as a user that has no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}

async function send(http: HttpClient, request: HttpRequest, { url }: Instance): Promise<FetchResponse> {
  try {
    return await http.request({ ...request, accept: () => true });
  } catch (error) {
    if (!isStepError(error)) throw error;
    if (error.code !== 'network.refused') throw new CommandError(error.message);
    throw new CommandError(`Nothing answers at ${url}. Start Millrace with npm start, or say with --url where it runs.`);
  }
}

function resultOf<T>(response: FetchResponse): T {
  const value = jsonOf(response);
  if (response.status >= 200 && response.status < 300) return value as T;
  const message = errorMessage(value);
  throw new CommandError(message === undefined ? unexplained(response) : inCommands(message));
}

function unexplained({ status }: FetchResponse): string {
  return `The instance answered with status ${status}. Is it Millrace that runs there?`;
}

/** Whoever answers there is somebody else. */
export function notMillrace(): CommandError {
  return new CommandError('What runs there does not answer like Millrace. Say with --url where it runs.');
}

function jsonOf(response: FetchResponse): unknown {
  try {
    return response.json();
  } catch {
    throw notMillrace();
  }
}

/** The sentence of `{ error: { message } }`. */
export function errorMessage(value: unknown): string | undefined {
  const message = (value as { error?: { message?: unknown } } | null)?.error?.message;
  return typeof message === 'string' ? message : undefined;
}

function queryText(query: QueryValues): string {
  const pairs = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`;
}
