import { parseDuration } from '@millrace/flow';
import { ApiError } from '@millrace/platform';

/** What `POST /credentials/:name/secret` may say. */
export interface SecretOrder {
  /** One that the other side made; none: generate it. */
  readonly secret: string | undefined;
  /** ISO 8601, until when the older ones count. */
  readonly keepUntil: string | undefined;
}

/** Reads the body; throws an ApiError that holds nothing of it. `now` in milliseconds since the epoch. */
export function readSecretOrder({ secret, keepOldFor, ...rest }: Record<string, unknown>, now: number): SecretOrder {
  if (Object.keys(rest).length > 0) throw invalid('The body takes "secret" and "keepOldFor" only.');
  if (secret !== undefined && (typeof secret !== 'string' || secret === '')) throw invalid('"secret" is a text that is not empty.');
  return { secret, keepUntil: keepOldFor === undefined ? undefined : new Date(now + duration(keepOldFor)).toISOString() };
}

function duration(text: unknown): number {
  try {
    if (typeof text === 'string') return parseDuration(text);
  } catch {
    // Said below, without what was sent.
  }
  throw invalid('"keepOldFor" is how long the older secrets still count, such as "24h" or "7d", a year at the most.');
}

function invalid(message: string): ApiError {
  return new ApiError(400, 'request.invalid', message);
}
