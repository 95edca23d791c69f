import type { RateRule } from '@millrace/engine';
import { RateLimits } from './rate-limits.js';

const RULE: RateRule = { limit: 2, perMs: 10_000, key: () => '' };
const START = 1_000_000;

function taker(): (key: string, at: number, scope?: string) => number | undefined {
  const limits = new RateLimits();
  return (key, at, scope = 'orders') => limits.take(scope, key, RULE, START + at);
}

describe('a rate limit', () => {
  it('lets as many in at once as it says, then says when to come again', () => {
    const take = taker();
    expect([take('a', 0), take('a', 0), take('a', 0)]).toEqual([undefined, undefined, 5]);
  });

  it('refills evenly and never beyond its limit', () => {
    const take = taker();
    take('a', 0);
    take('a', 0);
    expect([take('a', 4_000), take('a', 5_000), take('a', 5_000)]).toEqual([1, undefined, 5]);
    expect([0, 0, 0].map(() => take('a', 1_000_000))).toEqual([undefined, undefined, 5]);
  });

  it('tells long keys apart by all of their length, and remembers little of them', () => {
    const limits = new RateLimits();
    const long = 'x'.repeat(1_000_000);
    for (const key of [`${long}a`, `${long}b`, `${long}a`, `${long}b`]) expect(limits.take('orders', key, RULE, START)).toBeUndefined();
    expect(limits.take('orders', `${long}a`, RULE, START)).toBe(5);
    const names = [...(limits as unknown as { buckets: Map<string, unknown> }).buckets.keys()];
    expect(Math.max(...names.map((name) => name.length))).toBeLessThan(101);
  });

  it('does not count what it turned away', () => {
    const take = taker();
    for (let i = 0; i < 100; i += 1) take('a', 0);
    expect(take('a', 5_000)).toBeUndefined();
  });

  it('keeps keys and places apart', () => {
    const take = taker();
    for (const key of ['a', 'a', 'b', 'b']) take(key, 0);
    expect([take('b', 0), take('a', 0, 'others')]).toEqual([5, undefined]);
  });

  it('survives a clock that goes back', () => {
    const take = taker();
    take('a', 10_000);
    expect([take('a', 0), take('a', 0)]).toEqual([undefined, 5]);
  });

  it('forgets the longest unused of ten thousand keys and no other', () => {
    const take = taker();
    for (let i = 0; i < 2; i += 1) for (let key = 0; key < 10_000; key += 1) take(String(key), 0);
    expect(take('9999', 0)).toBe(5);
    take('new', 0);
    expect([take('1', 0), take('0', 0)]).toEqual([5, undefined]);
  });
});
