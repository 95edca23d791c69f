import { ApiError } from '@millrace/platform';

export function noValue(where: string, pointer: string): ApiError {
  return new ApiError(404, 'value.not-found', `There is nothing at ${JSON.stringify(pointer)} in ${where.slice(0, 200)}.`);
}
