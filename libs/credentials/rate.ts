import type { JsonSchema } from '@millrace/component-sdk';
import type { Report } from './problem.js';

/** How often a credential may be used: at most `limit` times within any `perMs` milliseconds. */
export interface CredentialRate {
  readonly limit: number;
  readonly perMs: number;
}

/** As it is written. */
export interface RateConfig {
  readonly limit: number;
  /** A duration such as `10s`. */
  readonly per: string;
}

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const DURATION = '^\\d+(\\.\\d+)?(ms|s|m|h|d)$';
const SHORTEST_MS = 100;
const LONGEST_MS = 31 * UNITS.d;

export const rateSchema = {
  type: 'object',
  description: 'How often steps may use it, { "limit": 90, "per": "10s" }, over all runs and flows',
  properties: {
    limit: { type: 'integer', minimum: 1, maximum: 1_000_000, description: 'Requests within `per`.' },
    per: { type: 'string', pattern: DURATION, description: 'A duration such as "10s", from "100ms" to "31d"' },
  },
  patternProperties: { '^x-': {} },
  required: ['limit', 'per'],
  additionalProperties: false,
} as const satisfies JsonSchema;

/** Reads the rate of an entry that has the shape of its schema. Undefined where there is none, or what is wrong with it was reported. */
export function rateOf({ limit, per }: RateConfig, report: Report): CredentialRate | undefined {
  const unit = per.replace(/^[\d.]+/, '') as keyof typeof UNITS;
  const perMs = Math.round(Number.parseFloat(per) * UNITS[unit]);
  if (perMs >= SHORTEST_MS && perMs <= LONGEST_MS) return { limit, perMs };
  report('credential.bad-shape', '/rate/per', `"rate.per" is "${per}"; it can be from "100ms" to "31d".`);
  return undefined;
}
