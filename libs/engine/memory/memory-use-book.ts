import { decideUses, UNUSED, type Allowance, type RateState, type UseRate, type UseRequest } from '../allowances.js';
import type { UseBook } from '../ports.js';

/** The uses of credentials, as long as the process lives. */
export class MemoryUseBook implements UseBook {
  private readonly states = new Map<string, RateState>();

  constructor(private readonly now: () => number) {}

  take(credential: string, rate: UseRate, waited: boolean): Promise<Allowance> {
    return Promise.resolve(this.decide(credential, rate, { kind: 'take', waited }));
  }

  charge(credential: string, rate: UseRate): Promise<void> {
    this.decide(credential, rate, { kind: 'charge' });
    return Promise.resolve();
  }

  hold(credential: string, rate: UseRate, forMs: number): Promise<void> {
    this.decide(credential, rate, { kind: 'hold', forMs });
    return Promise.resolve();
  }

  private decide(credential: string, rate: UseRate, request: UseRequest): Allowance {
    const { state, allowances } = decideUses(this.states.get(credential) ?? UNUSED, rate, [request], this.now());
    this.states.set(credential, state);
    return allowances[0]!;
  }
}
