import type { Log } from '@millrace/telemetry';
import type { Lease } from './lease.js';
import { Outage, type OutageWords } from './outage.js';

/** What is done for runs: it is tried for as long as the lease on them lasts. */
const UNDER_LEASE = {
  journal: { failing: 'The journal cannot be written', over: 'The journal can be written again' },
  versions: { failing: 'The versions of runs cannot be read', over: 'The versions of runs can be read again' },
  rates: { failing: 'The rates of credentials cannot be asked for', over: 'The rates of credentials can be asked for again' },
} as const satisfies Record<string, OutageWords>;

/** Three ways to claim runs: each is tried round after round. */
const CLAIMS = {
  due: { failing: 'Due runs cannot be claimed', over: 'Due runs can be claimed again' },
  early: { failing: 'Runs of low priority cannot be claimed', over: 'Runs of low priority can be claimed again' },
  paced: { failing: 'Runs that begin at a rate cannot be claimed', over: 'Runs that begin at a rate can be claimed again' },
} as const satisfies Record<string, OutageWords>;

export type ClaimKind = keyof typeof CLAIMS;

/** What a runner tries again while the database is away. */
export type Outages = Readonly<Record<keyof typeof UNDER_LEASE | ClaimKind, Outage>>;

export function outagesOf(log: Log, lease: Pick<Lease, 'endsAt'>): Outages {
  const underLease = (words: OutageWords): Outage => new Outage(log, words, () => lease.endsAt);
  return {
    journal: underLease(UNDER_LEASE.journal),
    versions: underLease(UNDER_LEASE.versions),
    rates: underLease(UNDER_LEASE.rates),
    due: new Outage(log, CLAIMS.due),
    early: new Outage(log, CLAIMS.early),
    paced: new Outage(log, CLAIMS.paced),
  };
}
