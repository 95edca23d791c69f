import {
  describeCalls,
  describeCollections,
  describeLaneModel,
  describeLanes,
  describePriorities,
  describeRates,
  describeResumptions,
  describeStore,
  type CallStore,
  type CollectingStore,
  type LaneStore,
  type ResumptionStore,
} from '../contract/index.js';
import { MemoryStore } from './memory-store.js';

async function open(): Promise<CallStore & CollectingStore & LaneStore & ResumptionStore> {
  const store = new MemoryStore();
  return {
    events: store,
    journal: store,
    claims: store,
    leases: store,
    calls: store,
    resumptions: store,
    collections: store.collections,
    runOf: async (eventId, flowId) => store.collections.taken.get(`${eventId}/${flowId}`),
    callable: async (flowId) => void store.callable.set(flowId, 1),
    resume: async (runId, path, body) => store.resume(runId, path, body),
    activeRun: async (id) => {
      const run = store.active.get(id);
      return run && { status: run.status, claim: run.claim, crashes: run.crashes };
    },
    endOf: async (id) => store.ended.get(id),
    event: async (id) => store.events.get(id),
    rowsOf: async (id) => store.journal(id),
    cancel: (ids) => store.cancel(ids),
    release: () => store.release('contract'),
    setPriority: async () => undefined,
    setRate: async (rate) => store.setRate('contract', rate),
  };
}

describeStore('memory', open);
describeLanes('memory', open);
describeRates('memory', open);
describePriorities('memory', open);
describeLaneModel('memory', open, 300);
describeCalls('memory', open);
describeResumptions('memory', open);
describeCollections('memory', open);
