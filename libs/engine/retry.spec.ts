import { describe, expect, it } from '@jest/globals';
import { StepError, type Arrived, type Idempotency } from '@millrace/component-sdk';
import fc from 'fast-check';
import { isUnsafeToRepeat, matchesCode, retryDelay, retryPolicy } from './retry.js';

const error = (parts: Partial<ConstructorParameters<typeof StepError>[0]> = {}): StepError =>
  new StepError({ code: 'http.503', message: 'later', retryable: true, arrived: 'maybe', ...parts });

const retried = (policy: Parameters<typeof retryPolicy>[0], failure: StepError, idempotent: Idempotency): boolean =>
  retryDelay(retryPolicy(policy), 1, failure, idempotent, () => 0) !== undefined;

describe('whether a failed attempt is repeated', () => {
  const table: [Idempotency, Arrived, boolean][] = [
    ['no', 'no', true],
    ['no', 'maybe', false],
    ['no', 'yes', false],
    ['with-key', 'no', true],
    ['with-key', 'maybe', true],
    ['with-key', 'yes', true],
    ['yes', 'no', true],
    ['yes', 'maybe', true],
    ['yes', 'yes', true],
  ];

  it.each(table)('idempotent %s, arrived %s: %s', (idempotent, arrived, expected) => {
    expect(retried({}, error({ arrived }), idempotent)).toBe(expected);
  });

  it.each(table)('idempotent %s, arrived %s: never when the error is final', (idempotent, arrived) => {
    expect(retried({}, error({ arrived, retryable: false }), idempotent)).toBe(false);
  });

  it.each(table)('idempotent %s, arrived %s: always when the step itself names the code', (idempotent, arrived) => {
    expect(retried({ on: ['http.5xx'] }, error({ arrived, retryable: false }), idempotent)).toBe(true);
  });

  it.each(table)('idempotent %s, arrived %s: never when the step names other codes', (idempotent, arrived) => {
    expect(retried({ on: ['timeout'] }, error({ arrived }), idempotent)).toBe(false);
  });

  it.each(table)('idempotent %s, arrived %s: says so where only a second effect is against it', (idempotent, arrived, safe) => {
    const unsafe = (policy: Parameters<typeof retryPolicy>[0], failure: StepError, attempt = 1): boolean =>
      isUnsafeToRepeat(retryPolicy(policy), attempt, failure, idempotent);
    expect(unsafe({}, error({ arrived }))).toBe(!safe);
    expect(unsafe({}, error({ arrived, retryable: false }))).toBe(false);
    expect(unsafe({ on: ['timeout'] }, error({ arrived }))).toBe(false);
    expect(unsafe({ on: ['http.5xx'] }, error({ arrived }))).toBe(false);
    expect(unsafe({ attempts: 2 }, error({ arrived }), 2)).toBe(false);
  });

  it('is narrowed, never widened, by the codes of the flow and of the component', () => {
    const unsafe = error({ arrived: 'maybe' });
    for (const policy of [retryPolicy({}, { on: ['http.503'] }), retryPolicy({}, {}, { on: ['http.503'] })]) {
      expect(retryDelay(policy, 1, unsafe, 'no', () => 0)).toBeUndefined();
      expect(retryDelay(policy, 1, unsafe, 'yes', () => 0)).toBeDefined();
      expect(retryDelay(policy, 1, error({ code: 'timeout' }), 'yes', () => 0)).toBeUndefined();
    }
  });
});

describe('matchesCode', () => {
  it.each([
    ['http.503', 'http.503', true],
    ['http.5xx', 'http.503', true],
    ['http.5xx', 'http.429', false],
    ['http.5xx', 'http.5033', false],
    ['http.*', 'http.429', true],
    ['network.*', 'network.refused', true],
    ['network.*', 'networks.refused', false],
    ['network', 'network.refused', false],
  ])('%s on %s: %s', (pattern, code, expected) => {
    expect(matchesCode(pattern, code)).toBe(expected);
  });
});

describe('retryPolicy', () => {
  it('decides key by key: step over flow over component over built-in', () => {
    const policy = retryPolicy({ attempts: 9 }, { attempts: 8, delay: '3s' }, { attempts: 7, delay: '4s', maxDelay: '5m' });
    expect(policy).toMatchObject({ attempts: 9, delayMs: 3_000, maxDelayMs: 300_000, backoff: 'exponential', jitter: true });
  });
});

describe('the pause before the next attempt', () => {
  const settings = fc.record({
    attempts: fc.integer({ min: 2, max: 100 }),
    delay: fc.integer({ min: 0, max: 100_000 }).map((ms) => `${ms}ms`),
    maxDelay: fc.integer({ min: 1, max: 1_000_000 }).map((ms) => `${ms}ms`),
    backoff: fc.constantFrom('fixed' as const, 'exponential' as const),
    jitter: fc.boolean(),
  });
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

  it('grows as the policy says, is capped, and loses at most half to jitter', () => {
    fc.assert(
      fc.property(settings, fc.integer({ min: 1, max: 99 }), chance, (retry, attempt, random) => {
        const policy = retryPolicy(retry);
        const delay = retryDelay(policy, attempt, error(), 'yes', () => random);
        if (attempt >= policy.attempts) return delay === undefined;
        const full = Math.min(policy.delayMs * (policy.backoff === 'fixed' ? 1 : 2 ** (attempt - 1)), policy.maxDelayMs);
        return policy.jitter ? delay! >= Math.floor(full / 2) && delay! <= Math.ceil(full) : delay === Math.round(full);
      }),
    );
  });

  it('is at least what the other side asked for, which is at most a day and always a time', () => {
    const asked = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(NaN, Infinity, -Infinity, undefined));
    fc.assert(
      fc.property(settings, asked, chance, (retry, retryAfterMs, random) => {
        const policy = retryPolicy(retry);
        const delay = retryDelay(policy, 1, error({ retryAfterMs }), 'yes', () => random)!;
        const day = 24 * 3_600_000;
        const heard = !Number.isFinite(retryAfterMs) || retryAfterMs! > day || delay >= retryAfterMs!;
        return heard && delay >= 0 && delay <= Math.max(day, policy.maxDelayMs);
      }),
    );
  });
});
