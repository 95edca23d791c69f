import { createHash } from 'node:crypto';
import type { RateRule } from '@millrace/engine';

/** Keys remembered at the same time; the longest unused are forgotten first, which lets their next request in. */
const MAX_REMEMBERED = 10_000;
/** A key may be as long as a body; what is remembered of it must not be. */
const LONGEST_NAME = 100;

/**
 * Token buckets: each key has `limit` tokens, refilled evenly within `perMs`, and each request takes one. Counted by
 * this process: behind a load balancer each front door lets that many in.
 */
export class RateLimits {
  private readonly buckets = new Map<string, { tokens: number; at: number }>();

  /** Takes a token at `now` (milliseconds since the epoch); else the whole seconds until there is one. */
  take(scope: string, key: string, { limit, perMs }: RateRule, now: number): number | undefined {
    const name = shortened(`${scope}\n${key}`);
    const known = this.buckets.get(name) ?? { tokens: limit, at: now };
    const tokens = Math.min(limit, known.tokens + (Math.max(0, now - known.at) * limit) / perMs);
    const taken = tokens >= 1;
    this.remember(name, { tokens: taken ? tokens - 1 : tokens, at: now });
    return taken ? undefined : Math.ceil(((1 - tokens) * perMs) / limit / 1000);
  }

  private remember(name: string, bucket: { tokens: number; at: number }): void {
    this.buckets.delete(name);
    this.buckets.set(name, bucket);
    if (this.buckets.size > MAX_REMEMBERED) this.buckets.delete(this.buckets.keys().next().value!);
  }
}

function shortened(name: string): string {
  return name.length <= LONGEST_NAME ? name : createHash('sha256').update(name).digest('base64url');
}
