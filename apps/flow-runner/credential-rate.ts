import { isStepError, parseRetryAfter, type ComponentContext } from '@millrace/component-sdk';
import type { CredentialRates, UseBook, UseRate } from '@millrace/engine';
import type { Log } from '@millrace/telemetry';
import { persistently, type Persistence } from './runner/persistently.js';

/** No other side holds us back for longer at a time. */
const LONGEST_HOLD_MS = 24 * 3600 * 1000;
const TOO_MANY_REQUESTS = 429;

export interface RateParts {
  readonly book: UseBook;
  /** The rate of a credential, as it is defined now. */
  rate(credential: string): UseRate | undefined;
  readonly log: Log;
}

/** What a run asks before a step begins. While the database is away it asks again. */
export function ratesFor({ book, rate }: RateParts, persistence: Persistence): CredentialRates {
  return {
    take: (credential, waited) => {
      const limit = rate(credential);
      if (!limit) return undefined;
      return persistently(() => book.take(credential, limit, waited), persistence);
    },
  };
}

type Fetch = ComponentContext['fetch'];

/**
 * A `fetch` that counts. The step was allowed one request before it began; each further one is counted without waiting, for
 * a step that stops half way helps nobody, and makes the steps after it wait. A 429 with Retry-After holds all of them back.
 */
export function metered(fetch: Fetch, credential: string | undefined, { book, rate, log }: RateParts): Fetch {
  const limit = credential === undefined ? undefined : rate(credential);
  if (credential === undefined || !limit) return fetch;
  const note = (noting: Promise<void>): void => {
    noting.catch((error: Error) => log.warn({ credential, reason: error.message }, 'The use of a credential could not be counted'));
  };
  const answered = (status: number | undefined, retryAfterMs: number | undefined): void => {
    if (status !== TOO_MANY_REQUESTS || retryAfterMs === undefined) return;
    note(book.hold(credential, limit, Math.min(retryAfterMs, LONGEST_HOLD_MS)));
  };
  let requests = 0;
  return async (url, init) => {
    requests += 1;
    if (requests > 1) note(book.charge(credential, limit));
    try {
      const response = await fetch(url, init);
      answered(response.status, parseRetryAfter(response.headers['retry-after'], new Date()));
      return response;
    } catch (error) {
      if (isStepError(error)) answered(error.status, error.retryAfterMs);
      throw error;
    }
  };
}
