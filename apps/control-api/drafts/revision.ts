import { ApiError } from '@millrace/platform';

/** The revision a caller has seen: from the body or query, or from `If-Match: "3"` (RFC 9110, 13.1.1). */
export function seenRevision(given: number | undefined, ifMatch: string | undefined): number {
  if (given !== undefined) return given;
  const [, digits] = /^"?(\d{1,10})"?$/.exec(ifMatch?.trim() ?? '') ?? [];
  if (digits !== undefined) return Number(digits);
  throw new ApiError(
    400,
    'request.invalid',
    'Say which revision of the draft you have seen, with `revision` or If-Match; 0 is for a new draft.',
  );
}
