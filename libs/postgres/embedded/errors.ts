/**
 * Everything that can go wrong with the private server, by stable code. The message of each error is for the operator:
 * what failed, and what to do.
 */
export type EmbeddedPostgresErrorCode =
  | 'home.locked'
  | 'postgres.platform-unsupported'
  | 'postgres.package-missing'
  | 'postgres.binaries-unusable'
  | 'postgres.account-missing'
  | 'postgres.not-owner'
  | 'postgres.data-unreachable'
  | 'postgres.data-missing'
  | 'postgres.not-a-cluster'
  | 'postgres.version-mismatch'
  | 'postgres.in-use'
  | 'postgres.password-missing'
  | 'postgres.password-rejected'
  | 'postgres.permission-denied'
  | 'postgres.disk-full'
  | 'postgres.initdb-failed'
  | 'postgres.start-failed'
  | 'postgres.start-timeout'
  | 'postgres.stop-failed';

/** The one error this folder rejects with. */
export class EmbeddedPostgresError extends Error {
  constructor(
    readonly code: EmbeddedPostgresErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'EmbeddedPostgresError';
  }
}

/** The `code` of a Node or Postgres error (`ENOENT`, `57P03`), or undefined. No instanceof: errors of another realm count. */
export function errorCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** A short readable form of anything thrown. */
export function reasonOf(error: unknown): string {
  const message = (error as { message?: unknown } | null | undefined)?.message;
  return typeof message === 'string' && message !== '' ? message : (errorCode(error) ?? String(error));
}

/** Runs a file operation and gives `fallback` when it fails with one of `codes`. */
export async function unless<T>(codes: readonly string[], operation: Promise<T>, fallback: T): Promise<T> {
  try {
    return await operation;
  } catch (error) {
    if (codes.includes(errorCode(error) ?? '')) return fallback;
    throw error;
  }
}

const FILE_FAILURES: Record<string, EmbeddedPostgresErrorCode> = {
  EACCES: 'postgres.permission-denied',
  EPERM: 'postgres.permission-denied',
  EROFS: 'postgres.permission-denied',
  ENOSPC: 'postgres.disk-full',
  EDQUOT: 'postgres.disk-full',
};

const ADVICE: Partial<Record<EmbeddedPostgresErrorCode, string>> = {
  'postgres.permission-denied': 'Give this user write access there, or set MILLRACE_HOME to a folder of its own.',
  'postgres.disk-full': 'Free some space, then start again.',
};

/** Turns the file-system failures an operator can mend (permission, full disk) into an error that says how; others pass through. */
export function explainFileError(error: unknown, doing: string): unknown {
  const code = FILE_FAILURES[errorCode(error) ?? ''];
  if (code === undefined) return error;
  return new EmbeddedPostgresError(code, `${doing} failed (${reasonOf(error)}). ${ADVICE[code]}`, { cause: error });
}

/** What Postgres or initdb wrote before giving up, as an error with advice. Their messages are English: LC_ALL is C. */
export function explainOutput(fallback: EmbeddedPostgresErrorCode, doing: string, output: string): EmbeddedPostgresError {
  const code = codeOfOutput(output) ?? fallback;
  const advice = ADVICE[code] ?? 'The lines above name the cause; DATABASE_URL uses a server of your own instead.';
  return new EmbeddedPostgresError(code, `${doing} failed:\n${output.trim() || '(it wrote nothing)'}\n${advice}`);
}

function codeOfOutput(output: string): EmbeddedPostgresErrorCode | undefined {
  if (/No space left on device|Disk quota exceeded/i.test(output)) return 'postgres.disk-full';
  if (/Permission denied|Read-only file system/i.test(output)) return 'postgres.permission-denied';
  if (/database files are incompatible with server/i.test(output)) return 'postgres.version-mismatch';
  return undefined;
}
