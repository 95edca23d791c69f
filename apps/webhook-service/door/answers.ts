/** What the front door says. `body` is sent as it is. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

const JSON_HEADERS = {
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  // A URL may carry a key in its query.
  'referrer-policy': 'no-referrer',
};

/** Seconds after which a caller that could not be served should come again. */
const RETRY_AFTER_SECONDS = '5';

export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { ...JSON_HEADERS, ...headers }, body: JSON.stringify(value) };
}

export function failure(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return json(status, { error: { code, message } }, headers);
}

/** Constant for every failed credential: RFC 9110, 15.5.2 wants a challenge with each 401. */
export const UNAUTHORIZED = failure(401, 'request.unauthorized', 'The request was not authorized. The owner of this URL can see why.', {
  'www-authenticate': 'Basic realm="ingest", charset="UTF-8"',
});

/** Of URLs that name a flow or an endpoint; who follows a link that was signed has no id to check. */
export const NOT_FOUND = failure(404, 'flow.not-found', 'There is nothing at this URL. Check the flow id in it.');

export function unavailable(code: string, message: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return failure(503, code, message, { 'retry-after': RETRY_AFTER_SECONDS, ...headers });
}

/** What the owner is told beyond the reason; costs more than the refusal, and is asked for after the answer. */
export interface Explanation {
  /** Of the body that it looks at. */
  readonly bytes: number;
  explain(): object;
}

/** A request that is turned away: the answer to the caller, and the reason for the owner. */
export class Refused extends Error {
  /** Present where there may be more to say than the reason. */
  explanation: Explanation | undefined;

  constructor(
    readonly answer: Answer,
    readonly code: string,
    readonly reason: string,
    /** Floods are sampled. */
    readonly record = true,
  ) {
    super(reason);
    this.name = 'Refused';
  }
}

/** A refusal whose reason the caller may know. */
export function refused(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}): Refused {
  return new Refused(failure(status, code, message, headers), code, message);
}
