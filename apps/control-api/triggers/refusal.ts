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

function statusOf(code: string): number {
  if (code === 'flow.not-enabled') return 409;
  return code === 'event.too-large' ? 413 : 422;
}
