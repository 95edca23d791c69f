import { describeStore } from '../contract/index.js';
import { MemoryStore } from './memory-store.js';

describeStore('memory', async () => {
  const store = new MemoryStore();
  return {
    events: store,
    journal: store,
    claims: store,
    leases: store,
    activeRun: async (id) => {
      const run = store.active.get(id);
      return run && { status: run.status, claim: run.claim, crashes: run.crashes };
    },
    endOf: async (id) => store.ended.get(id),
    event: async (id) => store.events.get(id),
    rowsOf: async (id) => store.journal(id),
  };
});
