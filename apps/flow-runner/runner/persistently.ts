import type { Outage } from './outage.js';

const FIRST_PAUSE_MS = 250;
/** No longer than this is a database back without being noticed. */
const LONGEST_PAUSE_MS = 2_000;

export interface Persistence {
  /** Whether trying again cannot help, or is no longer ours to do. */
  isFinal(error: unknown): boolean;
  /** Tells of it; shared by all who try the same thing. */
  readonly outage: Outage;
}

/** Tries again, after pauses that grow, until it works or the error is final, which it rejects with. */
export async function persistently<T>(attempt: () => Promise<T>, { isFinal, outage }: Persistence): Promise<T> {
  for (let failures = 1; ; failures += 1) {
    try {
      const done = await attempt();
      outage.worked(attempt);
      return done;
    } catch (error) {
      if (isFinal(error)) {
        outage.gaveUp(attempt);
        throw error;
      }
      outage.failed(attempt, error as Error);
      await new Promise((resolve) => setTimeout(resolve, pauseAfter(failures)));
    }
  }
}

/** Doubles up to the longest; chance takes up to half away, so that those who failed together do not come back together. */
function pauseAfter(failures: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS) * (1 - Math.random() / 2);
}
