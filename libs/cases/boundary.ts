import { ExchangeError, TimeLimitError, type Exchange } from '@millrace/http-client';
import { StepError, type Json, type RawResponse } from '@millrace/component-sdk';
import { entryFor } from './paths.js';
import type { FlowCase, NetworkError, Reply, SentRequest } from './types.js';

/** A reply that nothing asked for; `index` is that of the first that is left of a list. */
export interface Unused {
  readonly path: string;
  readonly index: number | undefined;
}

/** The network of one case: writes down what steps send and answers with the case's replies. */
export class Boundary {
  readonly sent: SentRequest[] = [];
  /** Requests that the case has no reply for. */
  readonly unanswered: SentRequest[] = [];
  private readonly taken = new Map<string, number>();

  constructor(private readonly replies: NonNullable<FlowCase['replies']> = {}) {}

  /** In place of the network for the step at `path`. */
  exchange(path: string): Exchange {
    return async ({ url, method, headers, body }) => {
      const request = { path, method, url: url.href, headers, body: readBody(body, headers['content-type']) };
      this.sent.push(request);
      const reply = this.next(path);
      if (reply === undefined || 'output' in reply) throw this.nothingFor(request);
      return reply.error === undefined ? responseTo(reply) : fail(reply.error);
    };
  }

  /** What the step at `path` gives without its component being run. */
  output(path: string): { readonly output: Json } | undefined {
    const upcoming = this.peek(path);
    if (upcoming?.output === undefined) return undefined;
    this.next(path);
    return { output: upcoming.output };
  }

  get unused(): Unused[] {
    return Object.entries(this.replies).flatMap(([path, replies]): Unused[] => {
      const used = this.taken.get(path) ?? 0;
      if (!Array.isArray(replies)) return used > 0 ? [] : [{ path, index: undefined }];
      return used < replies.length ? [{ path, index: used }] : [];
    });
  }

  private next(path: string): Reply | undefined {
    const reply = this.peek(path);
    const [key] = entryFor(this.replies, path) ?? [path];
    if (reply) this.taken.set(key, (this.taken.get(key) ?? 0) + 1);
    return reply;
  }

  private peek(path: string): Reply | undefined {
    const [key, replies] = entryFor(this.replies, path) ?? [path, []];
    return isList(replies) ? replies[this.taken.get(key) ?? 0] : replies;
  }

  private nothingFor(request: SentRequest): StepError {
    this.unanswered.push(request);
    const message = `${request.path} sent ${request.method} ${request.url}, and the case has no reply for it.`;
    return new StepError({ code: 'case.no-reply', message, blame: 'author', arrived: 'no' });
  }
}

function isList(replies: Reply | readonly Reply[]): replies is readonly Reply[] {
  return Array.isArray(replies);
}

function responseTo({ status = 200, headers = {}, body }: Reply): RawResponse {
  const named = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const type = typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json';
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status, headers: { ...(body !== undefined && { 'content-type': type }), ...named }, bytes: Buffer.from(text ?? '') };
}

/** What the operating system calls them, and whether the request had left by then. */
const CODES = { refused: ['ECONNREFUSED', false], dns: ['ENOTFOUND', false], reset: ['ECONNRESET', true] } as const;

function fail(kind: NetworkError): never {
  if (kind === 'timeout') throw new ExchangeError(new TimeLimitError(), true);
  const [code, sent] = CODES[kind];
  throw new ExchangeError(Object.assign(new Error(code), { code }), sent);
}

function readBody(bytes: Uint8Array | undefined, type = ''): Json {
  if (bytes === undefined || bytes.byteLength === 0) return null;
  const text = new TextDecoder().decode(bytes);
  if (/^application\/x-www-form-urlencoded\b/i.test(type)) return Object.fromEntries(new URLSearchParams(text));
  if (!/[/+]json\b/i.test(type)) return text;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
