import { charge, roomIn, UNUSED, type RateState, type UseRate } from '../allowances.js';

/** The reference of rates: how many of a flow's runs may begin now. */
export class MemoryRates {
  private readonly rates = new Map<string, { readonly rate: UseRate; state: RateState }>();

  constructor(private readonly now: () => number) {}

  /** Undefined ends the rate. */
  set(flowId: string, rate: UseRate | undefined): void {
    if (rate) this.rates.set(flowId, { rate, state: this.rates.get(flowId)?.state ?? UNUSED });
    else this.rates.delete(flowId);
  }

  has(flowId: string): boolean {
    return this.rates.has(flowId);
  }

  /** Counts as many of `wanted` as there is room for; answers how many. */
  take(flowId: string, wanted: number): number {
    const flow = this.rates.get(flowId);
    if (!flow) return 0;
    const count = Math.min(wanted, roomIn(flow.state, flow.rate, this.now()).room);
    if (count > 0) flow.state = charge(flow.state, flow.rate, count, this.now());
    return count;
  }

  /** In how many milliseconds there is room again. */
  waitOf(flowId: string): number {
    const { rate, state } = this.rates.get(flowId)!;
    return roomIn(state, rate, this.now()).waitMs;
  }
}
