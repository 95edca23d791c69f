import { describeEventStore } from './event-store.js';
import { describeJournal } from './journal.js';
import { describeRunClaims } from './run-claims.js';
import { describeRunnerLeases } from './runner-leases.js';
import type { OpenStore } from './store.js';

export * from './store.js';

/** All suites of the store ports. A backend is good enough when they pass. */
export function describeStore(name: string, open: OpenStore): void {
  describeEventStore(name, open);
  describeRunClaims(name, open);
  describeJournal(name, open);
  describeRunnerLeases(name, open);
}
