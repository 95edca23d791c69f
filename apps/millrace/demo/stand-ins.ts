import { startReceiver, type ReceivedRequest } from './receiver.js';
import { vendors, type Vendor } from './vendors.js';

/** A request that a flow sent, and whom it was for. */
export interface Arrival {
  readonly vendor: Vendor;
  readonly request: ReceivedRequest;
}

/** The vendors' places, taken by servers on this machine. */
export interface StandIns {
  addressOf(vendor: Vendor): string;
  /** What arrived since the last call, in order of time. */
  take(): readonly Arrival[];
  close(): Promise<void>;
}

export async function startStandIns(): Promise<StandIns> {
  const names = Object.keys(vendors) as Vendor[];
  const receivers = new Map(await Promise.all(names.map(async (name) => [name, await startReceiver(vendors[name]())] as const)));
  const taken = new Set<ReceivedRequest>();
  return {
    addressOf: (vendor) => receivers.get(vendor)!.url,
    take: () => {
      const all = names.flatMap((vendor) => receivers.get(vendor)!.requests.map((request) => ({ vendor, request })));
      const fresh = all.filter(({ request }) => !taken.has(request)).sort((a, b) => a.request.at - b.request.at);
      for (const { request } of fresh) taken.add(request);
      return fresh;
    },
    close: async () => {
      await Promise.all([...receivers.values()].map((receiver) => receiver.close()));
    },
  };
}
