import { answerBytes } from '@millrace/engine';
import type { GivenAnswer } from '@millrace/platform';
import { failure, json, type Answer } from './answers.js';

/**
 * What the caller of a run is told. Why a run failed is for its owner: what a flow wants to tell of a failure it tells by a
 * `respond` step, in `catch` or `onError`.
 */
export function answerOfRun(runId: string, given: GivenAnswer): Answer {
  if (given.kind === 'response') return answerBytes(given.response);
  switch (given.status) {
    case 'succeeded':
      return given.output === undefined ? { status: 204, headers: {}, body: undefined } : json(200, given.output);
    case 'filtered':
      return json(200, { runId, status: 'filtered' });
    case 'cancelled':
      return failure(500, 'run.cancelled', `The run ${runId} was cancelled before it answered.`);
    default:
      return failure(500, 'run.failed', `The flow failed. Its owner can see why under the run ${runId}.`);
  }
}
