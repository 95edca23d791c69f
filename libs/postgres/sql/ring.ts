/** Begins the name of the channel on which a process is told of runs whose callers it keeps waiting. */
const CHANNEL_PREFIX = 'millrace_answers_';

/** The channel of one process; what comes is the id of a run. */
export function answerChannel(process: string): string {
  return CHANNEL_PREFIX + process.replaceAll('-', '');
}

/**
 * Rings the process that keeps the caller of a run, from the columns `id` and `awaited_by`; `own` is the process that need
 * not be rung. Only runs with a caller get here: NOTIFY takes a lock that all commits with one share.
 */
export function ring(own?: string): string {
  const isElse = own === undefined ? 'awaited_by is not null' : `awaited_by <> ${own}::uuid`;
  return `case when ${isElse} then pg_notify('${CHANNEL_PREFIX}' || replace(awaited_by::text, '-', ''), id::text) end`;
}
