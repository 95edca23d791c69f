import { type Arrived, type ComponentContext, isStepError, prepareRequest, StepError } from '@millrace/component-sdk';
import type { HttpClient } from './client.js';
import type { RequestOptions } from './request.js';

/** Methods that have no effect on the other side, by definition (RFC 9110, 9.2.1). */
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/**
 * The `fetch` of one try of one step.
 *
 * `arrived` of its errors speaks of the whole step, since the whole step is what a retry repeats: a request without
 * effects never counts as arrived, and once one with effects was answered, no later failure claims that nothing arrived.
 */
export function bindFetch(client: HttpClient, options: RequestOptions = {}): ComponentContext['fetch'] {
  let acted = false;
  return async (url, init) => {
    const request = prepareRequest(url, init, options.credential?.view);
    const safe = SAFE_METHODS.has(request.method);
    try {
      const response = await client.request({ ...request, accept: init?.accept }, options);
      acted ||= !safe;
      return response;
    } catch (error) {
      if (!isStepError(error)) throw error;
      const arrived = arrivedOfStep(error.arrived, safe, acted);
      acted ||= !safe && arrived !== 'no';
      throw arrived === error.arrived ? error : withArrived(error, arrived);
    }
  };
}

function arrivedOfStep(arrived: Arrived, safe: boolean, acted: boolean): Arrived {
  const own = safe && arrived === 'maybe' ? 'no' : arrived;
  return acted && own === 'no' ? 'maybe' : own;
}

function withArrived(error: StepError, arrived: Arrived): StepError {
  const { code, message, blame, retryable, retryAfterMs, status, details, cause } = error;
  return new StepError({ code, message, blame, retryable, arrived, retryAfterMs, status, details, cause });
}
