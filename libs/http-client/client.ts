import { createResponse, type FetchResponse, isSuccess, type RawResponse, statusError, StepError } from '@millrace/component-sdk';
import type { Credential, OutgoingRequest } from '@millrace/credentials';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import { createAddressPolicy } from './address-guard.js';
import { type Connect, guardConnector, type Resolve, systemResolve } from './connector.js';
import { decodeBody } from './decode.js';
import { exchange, ExchangeError, type Exchange } from './exchange.js';
import { failureError, type RequestLabel } from './failures.js';
import { excerptOf, redactUrl } from './redact.js';
import type { HttpRequest, RequestOptions } from './request.js';
import { followRequest, redirectedError, redirectTarget, tooManyRedirectsError } from './redirects.js';

export interface HttpClientOptions {
  /** IP addresses or CIDRs that may be reached although they are not public. */
  allow?: readonly string[];
  /** Default 10 s. */
  connectTimeoutMs?: number;
  /** For one request with all its redirects. Default 30 s. */
  timeoutMs?: number;
  /** Default 10 MiB. */
  maxResponseBytes?: number;
  /** Default 5. */
  maxRedirects?: number;
  /** Default `millrace`. */
  userAgent?: string;
  /** Default: the operating system's resolver. */
  resolve?: Resolve;
  /** Opens connections to addresses that the guard has checked. Default: undici's. */
  connect?: Connect;
  /** In place of the network: answers each request, redirects too. Credentials, limits and errors stay what they are. */
  exchange?: Exchange;
}

/** The only way out of the process. */
export interface HttpClient {
  /** Sends a request; fails with a StepError. Private addresses are refused, also behind names and redirects. */
  request(request: HttpRequest, options?: RequestOptions): Promise<FetchResponse>;
  /** Finishes what is under way, then closes every connection. */
  close(): Promise<void>;
}

type Limits = Required<Pick<HttpClientOptions, 'timeoutMs' | 'maxResponseBytes' | 'maxRedirects' | 'userAgent' | 'exchange'>>;

const DEFAULTS: Omit<Limits, 'exchange'> = {
  timeoutMs: 30_000,
  maxResponseBytes: 10 * 1024 * 1024,
  maxRedirects: 5,
  userAgent: 'millrace',
};

/** @throws {TypeError} `http.bad-allow` when an entry of `allow` is neither an address nor a CIDR. */
export function createHttpClient(options: HttpClientOptions = {}): HttpClient {
  const agent = createAgent(options);
  const limits: Limits = {
    timeoutMs: options.timeoutMs ?? DEFAULTS.timeoutMs,
    maxResponseBytes: options.maxResponseBytes ?? DEFAULTS.maxResponseBytes,
    maxRedirects: options.maxRedirects ?? DEFAULTS.maxRedirects,
    userAgent: options.userAgent ?? DEFAULTS.userAgent,
    exchange: options.exchange ?? exchange,
  };
  const underWay = new Set<Promise<FetchResponse>>();
  return {
    request: (request, requestOptions = {}) => track(underWay, send(agent, limits, request, requestOptions)),
    close: () => closeAgent(agent, underWay),
  };
}

function track<T>(underWay: Set<Promise<T>>, promise: Promise<T>): Promise<T> {
  const done = (): void => void underWay.delete(promise);
  underWay.add(promise);
  promise.then(done, done);
  return promise;
}

/** Not `agent.close()`: that also waits for connections nobody waits for any more, such as one stuck in its DNS lookup. */
async function closeAgent(agent: Agent, underWay: ReadonlySet<Promise<unknown>>): Promise<void> {
  await Promise.allSettled(underWay);
  await agent.destroy();
}

function createAgent({ allow, resolve, connect, connectTimeoutMs }: HttpClientOptions): Agent {
  return new Agent({
    connect: guardConnector(
      createAddressPolicy(allow),
      resolve ?? systemResolve,
      connect ?? buildConnector({ timeout: connectTimeoutMs ?? 10_000 }),
    ),
    connections: 64,
    pipelining: 1,
    // One total limit of our own covers both, at the cost of one timer per request.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}

async function send(agent: Dispatcher, limits: Limits, request: HttpRequest, options: RequestOptions): Promise<FetchResponse> {
  const deadline = performance.now() + (options.timeoutMs ?? limits.timeoutMs);
  const first = {
    ...request,
    headers: { 'user-agent': limits.userAgent, accept: '*/*', 'accept-encoding': 'identity', ...request.headers },
  };
  let hop = prepareHop(first, options.credential, options, limits);
  for (let redirects = 0; ; redirects++) {
    const raw = await sendHop(agent, limits.exchange, hop, deadline - performance.now(), options.signal);
    const target = redirectTarget(raw, hop.url);
    if (target === undefined || accepts(request, raw.status)) return finish(raw, hop, options);
    if (request.method !== 'GET' && request.method !== 'HEAD') throw redirectedError(hop.label, raw.status, target);
    if (redirects === limits.maxRedirects) throw tooManyRedirectsError(hop.label, limits.maxRedirects, target);
    hop = nextHop(hop, target, options, limits);
  }
}

/** One request of a chain of redirects. */
interface Hop {
  /** Before the credential is applied. */
  request: HttpRequest;
  credential: Credential | undefined;
  /** With the credential applied. */
  signed: OutgoingRequest;
  url: URL;
  label: RequestLabel;
}

function prepareHop(request: HttpRequest, credential: Credential | undefined, options: RequestOptions, limits: Limits): Hop {
  const now = options.now?.() ?? new Date();
  const signed: OutgoingRequest = credential?.apply(request, { now, id: options.idempotencyKey }) ?? request;
  const url = parseUrl(signed.url, credential);
  const label: RequestLabel = {
    method: request.method,
    url: redactUrl(url, options.credential?.secrets ?? [], credential?.view.in === 'url'),
    host: url.host,
    timeoutMs: options.timeoutMs ?? limits.timeoutMs,
    maxResponseBytes: limits.maxResponseBytes,
  };
  return { request, credential, signed, url, label };
}

function parseUrl(text: string, credential: Credential | undefined): URL {
  const source = credential?.view.in === 'url' ? `The address in the credential "${credential.name}"` : 'The URL';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) throw badUrl(`${source} is not an absolute URL. Write it out, beginning with https://.`);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw badUrl(`${source} begins with ${url.protocol}; only http and https go out.`);
  if (url.username !== '' || url.password !== '')
    throw badUrl(`${source} has a user name or password in it. Use a credential of type basic.`);
  return url;
}

function badUrl(message: string): StepError {
  return new StepError({ code: 'http.bad-url', message, blame: 'author', arrived: 'no' });
}

async function sendHop(
  dispatcher: Dispatcher,
  through: Exchange,
  { signed, url, label }: Hop,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<RawResponse> {
  const { maxResponseBytes } = label;
  const { method, headers, body } = signed;
  try {
    const raw = await through({ dispatcher, url, method, headers, body, signal, timeoutMs: Math.max(timeoutMs, 1), maxResponseBytes });
    return raw.headers['content-encoding'] === undefined ? raw : await decodeBody(raw, maxResponseBytes);
  } catch (error) {
    throw error instanceof ExchangeError ? failureError(error, label) : error;
  }
}

/**
 * The credential is applied anew on the same origin and dropped for any other. One whose address is the secret is
 * dropped always: applying it again would only lead back to where the redirect came from.
 */
function nextHop(hop: Hop, target: URL, options: RequestOptions, limits: Limits): Hop {
  const sameOrigin = target.origin === hop.url.origin;
  const credential = sameOrigin && hop.credential?.view.in !== 'url' ? hop.credential : undefined;
  return prepareHop(followRequest(hop.request, target, sameOrigin), credential, options, limits);
}

function accepts({ accept }: HttpRequest, status: number): boolean {
  return (accept ?? isSuccess)(status);
}

function finish(raw: RawResponse, { request, label }: Hop, options: RequestOptions): FetchResponse {
  if (accepts(request, raw.status)) return createResponse(raw, label);
  const { credential } = options;
  const { status, headers } = raw;
  const excerpt = excerptOf(raw.bytes, headers['content-type'], credential?.secrets ?? []);
  const now = options.now?.() ?? new Date();
  throw statusError({ method: label.method, url: label.url, status, headers, excerpt, credential: credential?.name, now });
}
