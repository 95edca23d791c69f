import { networkOf } from '@millrace/platform';

/** How many failed credentials one address may have at one flow within the window. */
const LIMIT = 30;
const WINDOW_MS = 60_000;
/** Addresses remembered at the same time; the oldest are forgotten first. */
const MAX_REMEMBERED = 10_000;
/** Of the refusals beyond the limit one in so many is recorded. */
const RECORD_EVERY = 100;

/** What follows from one more failure. */
export interface FailureVerdict {
  /** Seconds until the address is heard again, once it is over the limit. */
  readonly retryAfter: number | undefined;
  readonly record: boolean;
}

/**
 * Counts failed credentials per flow and address. It only changes how a failure is answered: a request that proves
 * itself always passes, since providers share addresses with each other and with whoever sits behind the same proxy.
 */
export class Failures {
  private readonly windows = new Map<string, { count: number; endsAt: number }>();

  /** Counts a failure at `now` (milliseconds since the epoch). Of an IPv6 address its network counts: a caller has 2^64 of them. */
  count(flowId: string, caller: string | undefined, now: number): FailureVerdict {
    const key = `${flowId}\n${networkOf(caller ?? '')}`;
    const window = this.window(key, now);
    window.count += 1;
    if (window.count <= LIMIT) return { retryAfter: undefined, record: true };
    return { retryAfter: Math.ceil((window.endsAt - now) / 1000), record: window.count % RECORD_EVERY === LIMIT + 1 };
  }

  private window(key: string, now: number): { count: number; endsAt: number } {
    const known = this.windows.get(key);
    if (known && known.endsAt > now) return known;
    const fresh = { count: 0, endsAt: now + WINDOW_MS };
    this.windows.delete(key);
    this.windows.set(key, fresh);
    if (this.windows.size > MAX_REMEMBERED) this.windows.delete(this.windows.keys().next().value!);
    return fresh;
  }
}
