import { describeEventStore } from './event-store.js';
import { describeJournal } from './journal.js';
import { describeRunClaims } from './run-claims.js';
import { describeRunnerLeases } from './runner-leases.js';
import type { OpenStore } from './store.js';

export { describeCalls } from './calls.js';
export { describeCollections, type CollectingStore } from './collections.js';
export { describeLaneModel } from './lane-model.js';
export { describePriorities } from './priorities.js';
export { describeRates } from './rates.js';
export { describeLanes, inLane, type LaneStore } from './lanes.js';
export { describeResumptions } from './resumptions.js';
export { describeUseBook, type OpenUseBooks } from './use-book.js';
export * from './store.js';

/** The suites of the store ports, without those of Calls and Resumptions, which need more of a store. A backend is good enough when they pass. */
export function describeStore(name: string, open: OpenStore): void {
  describeEventStore(name, open);
  describeRunClaims(name, open);
  describeJournal(name, open);
  describeRunnerLeases(name, open);
}
