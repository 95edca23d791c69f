import { isStepError } from '@millrace/component-sdk';
import { ApiError } from '@millrace/platform';

/** What the caller did wrong is said as it is; 409 where the flow is not ready, 422 where what was sent does not fit. */
export async function orRefused<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!isStepError(error)) throw error;
    throw new ApiError(statusOf(error.code), error.code, error.message);
  }
}

/** What is sound and cannot be done as things are. */
const CONFLICTS = new Set(['flow.not-enabled', 'flow.not-runnable', 'run.active', 'run.not-dead', 'run.is-test', 'event.unmatched']);

function statusOf(code: string): number {
  if (CONFLICTS.has(code)) return 409;
  return code === 'event.too-large' ? 413 : 422;
}
