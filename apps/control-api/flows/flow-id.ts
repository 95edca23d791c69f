import { flowIdObjection } from '@millrace/catalog';
import { ApiError } from '@millrace/platform';

/** Throws an ApiError for what cannot be the id of a flow. */
export function checkFlowId(id: string): void {
  const objection = flowIdObjection(id);
  if (objection !== undefined) throw new ApiError(400, 'flow.bad-id', objection);
}
