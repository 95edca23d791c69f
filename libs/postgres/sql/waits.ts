import type { Awaited } from '@millrace/engine';

/** A row of a journal by which a step asks a person: of waits these alone have an input, which is the question. */
export const ASKS = `status = 'waiting' and kind = 'wait' and position('"input"'::bytea in data) > 0`;

/** The rows by which steps may wait for it; whether a `wait` is one for a time or for a request, the plan says. */
const ROWS: Readonly<Record<Awaited['for'], string>> = {
  time: `status = 'waiting' and kind = 'wait'`,
  request: `status = 'waiting' and kind = 'wait'`,
  answer: ASKS,
  retry: `status = 'retrying'`,
  call: `status = 'waiting' and kind = 'call'`,
  rate: `status = 'waiting' and kind = 'use'`,
};

/** Of active runs, those that may wait for it. */
export function mayWaitFor(what: Awaited['for']): string {
  return `exists (select from journal where run_id = runs.id and ${ROWS[what]})`;
}
