/**
 * Whether Postgres refused the data of a statement (SQLSTATE classes 22 and 23), as opposed to being away, full or
 * restarting: https://www.postgresql.org/docs/current/errcodes-appendix.html. Only then can another item of the batch be innocent.
 */
export function isItemFault(error: unknown): boolean {
  return /^2[23]/.test((error as { code?: string }).code ?? '');
}

/** Connection exceptions (08), insufficient resources (53), shutdown and start-up (57P01 to 57P05), and a database that turned read-only. */
const AWAY_STATES = /^(08...|53...|57P0[1-5]|25006)$/;
/** Of sockets, as Node names them. */
const AWAY_ERRNO = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN']);
/** What node-postgres and its pool say without a code. */
const AWAY_WORDS =
  /^(Query read timeout|Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/** Whether the database cannot be asked just now, so that the same question may be answered in a moment. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code = '', syscall, cause, errors } = error as { code?: unknown; syscall?: string; cause?: unknown; errors?: unknown[] };
  const state = String(code);
  if (AWAY_STATES.test(state) || AWAY_ERRNO.has(state) || AWAY_WORDS.test(error.message)) return true;
  // The socket file of a server that is gone.
  if (state === 'ENOENT' && syscall === 'connect') return true;
  return isDatabaseAway(cause) || (errors ?? []).some(isDatabaseAway);
}

/** Whether a statement was stopped because it took longer than it may (57014). */
export function isTooSlow(error: unknown): boolean {
  return (error as { code?: string }).code === '57014';
}

/** One sentence about a database error, for a log line or a 503. */
export function describeDatabaseError(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  return code ? `${message ?? 'unknown error'} (${code})` : (message ?? String(error));
}
