import { describeCalls, describeResumptions, describeStore, type CallStore, type ResumptionStore } from '../contract/index.js';
import { MemoryStore } from './memory-store.js';

async function open(): Promise<CallStore & ResumptionStore> {
  const store = new MemoryStore();
  return {
    events: store,
    journal: store,
    claims: store,
    leases: store,
    calls: store,
    resumptions: store,
    callable: async (flowId) => void store.callable.set(flowId, 1),
    resume: async (runId, path, body) => store.resume(runId, path, body),
    activeRun: async (id) => {
      const run = store.active.get(id);
      return run && { status: run.status, claim: run.claim, crashes: run.crashes };
    },
    endOf: async (id) => store.ended.get(id),
    event: async (id) => store.events.get(id),
    rowsOf: async (id) => store.journal(id),
  };
}

describeStore('memory', open);
describeCalls('memory', open);
describeResumptions('memory', open);
