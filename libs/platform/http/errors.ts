/** An error that the caller is told as it is: status, stable code, a sentence that says what to do. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
    /** What the answer holds beside `error`: the problems of a text, the other side of a conflict. */
    readonly more: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

/** Thrown by the guard, because a guard cannot answer by itself: the browser gets its cookie and goes on to `location`. */
export class SignedIn extends Error {
  constructor(
    readonly location: string,
    readonly cookie: string,
  ) {
    super('signed in');
    this.name = 'SignedIn';
  }
}

export function notFound(kind: 'flow' | 'event' | 'run' | 'refusal' | 'credential' | 'endpoint' | 'operation', id: string): ApiError {
  return new ApiError(404, `${kind}.not-found`, `There is no ${kind} ${id}. GET /api/v1/${kind}s lists what there is.`);
}
