import { isStepError, StepError, type StepErrorOptions } from '@millrace/component-sdk';
import { BlockedAddressError } from './connector.js';
import { AbortedError, type ExchangeError, SizeLimitError, TimeLimitError } from './exchange.js';

/** What errors say about the request that failed: no secrets. */
export interface RequestLabel {
  method: string;
  /** Redacted. */
  url: string;
  host: string;
  timeoutMs: number;
  maxResponseBytes: number;
}

type Class = Pick<StepErrorOptions, 'code' | 'message' | 'blame' | 'retryable' | 'arrived'>;

/** The StepError for an exchange that gave no response. */
export function failureError(failure: ExchangeError, label: RequestLabel): StepError {
  const { cause, sent } = failure;
  return new StepError({
    ...classify(cause, sent, label),
    details: { method: label.method, url: label.url, connected: sent, ...errorCode(cause) },
    cause,
  });
}

function classify(cause: unknown, sent: boolean, label: RequestLabel): Class {
  if (cause instanceof BlockedAddressError) return blocked(cause);
  if (cause instanceof TimeLimitError) return timeout(sent, label);
  if (cause instanceof SizeLimitError) return tooLarge(label);
  if (cause instanceof AbortedError) return aborted(cause.cause, sent, label);
  return networkClass(codeOf(cause), sent, label);
}

function blocked({ hostname, address, range }: BlockedAddressError): Class {
  const place = hostname === address ? address : `${hostname} is at ${address}, which`;
  return {
    code: 'address.blocked',
    message: `${place} is not a public address (${range}). If flows may reach it, add ${address} to MILLRACE_HTTP_ALLOW.`,
    blame: 'operator',
    retryable: false,
    arrived: 'no',
  };
}

function timeout(sent: boolean, { method, host, timeoutMs }: RequestLabel): Class {
  const stage = sent ? 'The connection was made and the request sent, but no full answer came' : 'No connection was made';
  const message = `${method} to ${host} took longer than ${timeoutMs / 1000} s. ${stage}. Raise the step's timeout or check ${host}.`;
  return { code: 'timeout', message, blame: 'remote', retryable: true, arrived: sent ? 'maybe' : 'no' };
}

function tooLarge({ method, url, maxResponseBytes }: RequestLabel): Class {
  const message = `${method} ${url} answered with more than ${maxResponseBytes} bytes. Ask for less, for example page by page.`;
  return { code: 'response.too-large', message, blame: 'author', retryable: false, arrived: 'yes' };
}

/** A signal's reason that is a StepError (a step's own time limit) keeps its code; what arrived is known only here. */
function aborted(reason: unknown, sent: boolean, { method, url }: RequestLabel): Class {
  const arrived = sent ? 'maybe' : 'no';
  if (isStepError(reason)) {
    const { code, message, blame, retryable } = reason;
    return { code, message, blame, retryable, arrived };
  }
  const timedOut = reason instanceof Error && reason.name === 'TimeoutError';
  const message = `${method} ${url} was given up because ${timedOut ? 'the time limit passed' : 'the step was stopped'}.`;
  return { code: timedOut ? 'timeout' : 'cancelled', message, blame: 'operator', retryable: timedOut, arrived };
}

const REFUSED = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN', 'EADDRNOTAVAIL', 'EACCES', 'EPERM']);
const CONNECT_TIMEOUT = new Set(['UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT']);
/** getaddrinfo's names, c-ares' names, and Node's own for a name it cannot look up. */
const DNS = /^(EAI_|ENOTFOUND$|ENODATA$|ESERVFAIL$|EREFUSED$|EBADNAME$|EBADRESP$)/;
/** OpenSSL's verify results as Node spells them, Node's own TLS errors, and EPROTO: a server that speaks no TLS. */
const TLS = /^(ERR_TLS_|ERR_SSL_|CERT_|EPROTO$|.*SELF_SIGNED_CERT|UNABLE_TO_|HOSTNAME_MISMATCH$|INVALID_CA$|INVALID_PURPOSE$)/;
const PROTOCOL = /^(HPE_|HTTPParserError$|UND_ERR_HEADERS_OVERFLOW$|UND_ERR_RES_CONTENT_LENGTH_MISMATCH$)/;
const BAD_REQUEST = new Set(['UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED', 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH']);

function networkClass(code: string, sent: boolean, label: RequestLabel): Class {
  const { method, url, host } = label;
  if (BAD_REQUEST.has(code)) {
    const message = `${method} ${url} cannot be sent: its method or one of its headers is not allowed (${code}). Correct the step.`;
    return { code: 'http.bad-request', message, blame: 'author', retryable: false, arrived: 'no' };
  }
  if (sent) return brokenOff(code, label);
  if (CONNECT_TIMEOUT.has(code)) return timeoutOfConnecting(host);
  const reset = { code: 'network.reset', message: `The connection to ${host} broke before the request was sent (${code}).` };
  return { blame: 'remote', retryable: true, arrived: 'no', ...(tlsFailure(code, host) ?? unreachable(code, host) ?? reset) };
}

function unreachable(code: string, host: string): Class | undefined {
  if (DNS.test(code))
    return { code: 'network.dns', message: `The name ${host} cannot be resolved (${code}). Check its spelling and the DNS.` };
  if (!REFUSED.has(code)) return undefined;
  return { code: 'network.refused', message: `${host} refused the connection (${code}). Check that it is up and the port is right.` };
}

function tlsFailure(code: string, host: string): Class | undefined {
  if (!TLS.test(code)) return undefined;
  const message = `No trusted TLS connection to ${host} (${code}). Check its certificate, or NODE_EXTRA_CA_CERTS for a private authority.`;
  return { code: 'network.tls', message, blame: 'operator', retryable: false };
}

function timeoutOfConnecting(host: string): Class {
  const message = `No connection to ${host} was made in time. Check that it is up and reachable from here.`;
  return { code: 'timeout', message, blame: 'remote', retryable: true, arrived: 'no' };
}

function brokenOff(code: string, { method, host }: RequestLabel): Class {
  const kind = PROTOCOL.test(code)
    ? { code: 'network.protocol', message: `${host} answered ${method} with something that is not HTTP (${code}). Check the address.` }
    : { code: 'network.reset', message: `The connection to ${host} broke after ${method} was sent (${code}). It may have taken effect.` };
  return { ...kind, blame: 'remote', retryable: true, arrived: 'maybe' };
}

function codeOf(cause: unknown): string {
  const code = (cause as { code?: unknown } | undefined)?.code;
  if (typeof code === 'string') return code;
  return cause instanceof Error ? cause.name : 'unknown';
}

function errorCode(cause: unknown): { cause?: string } {
  return cause instanceof Error && 'code' in cause ? { cause: codeOf(cause) } : {};
}
