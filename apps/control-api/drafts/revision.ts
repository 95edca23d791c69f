import { ApiError } from '@millrace/platform';
import { MAX_INTEGER } from '../wire/parts.js';

/**
 * The revision a caller has seen, if it says so: from the body or query, or from `If-Match: "3"` (RFC 9110, 13.1.1). Throws an ApiError
 * for a header that holds none: a condition that was ignored would have whatever is there replaced.
 */
export function givenRevision(given: number | undefined, ifMatch: string | undefined): number | undefined {
  if (given !== undefined || ifMatch === undefined) return given;
  const [, digits] = /^"?(\d+)"?$/.exec(ifMatch.trim()) ?? [];
  if (digits !== undefined) return Math.min(Number(digits), MAX_INTEGER);
  throw new ApiError(400, 'request.invalid', 'The header If-Match holds the revision that was last seen, such as "3".');
}

/** The same where it must be said. */
export function seenRevision(given: number | undefined, ifMatch: string | undefined): number {
  const seen = givenRevision(given, ifMatch);
  if (seen !== undefined) return seen;
  throw new ApiError(
    400,
    'request.invalid',
    'Say which revision of the draft you have seen, with `revision` or If-Match; 0 is for a new draft.',
  );
}
