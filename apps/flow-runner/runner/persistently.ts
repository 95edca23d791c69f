const PAUSE_MS = 250;

export interface Persistence {
  /** Whether trying again cannot help, or is no longer ours to do. */
  isFinal(error: unknown): boolean;
  onRetry(error: Error): void;
}

/** Tries again four times a second until it works or the error is final, which it rejects with. */
export async function persistently<T>(attempt: () => Promise<T>, { isFinal, onRetry }: Persistence): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (isFinal(error)) throw error;
      onRetry(error as Error);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
