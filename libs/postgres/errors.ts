/**
 * Whether Postgres refused the data of a statement (SQLSTATE classes 22 and 23), as opposed to being away, full or
 * restarting: https://www.postgresql.org/docs/current/errcodes-appendix.html. Only then can another item of the batch be innocent.
 */
export function isItemFault(error: unknown): boolean {
  return /^2[23]/.test((error as { code?: string }).code ?? '');
}

/** One sentence about a database error, for a log line or a 503. */
export function describeDatabaseError(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  return code ? `${message ?? 'unknown error'} (${code})` : (message ?? String(error));
}
