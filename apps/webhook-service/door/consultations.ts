/** How many refusals are explained within a minute: by one address at one flow, at one flow, and in this process. */
const LIMITS = { address: 6, flow: 30, process: 120 };
const WINDOW_MS = 60_000;
/** How many may wait to be explained; each holds its body meanwhile. */
const MOST_WAITING = 8;
const MOST_BYTES = 1024 * 1024;
/** Between two of them everything else goes on. */
const PAUSE_MS = 50;

/** A refusal that the doctor may be asked about. */
export interface Case {
  readonly flowId: string;
  readonly caller: string | undefined;
  /** Of the body. */
  readonly bytes: number;
}

/**
 * Lets the doctor see some refusals, one at a time and after their callers were answered. Explaining costs many times
 * what refusing does, so whoever sends wrong signatures on purpose must not be able to buy more than a little of it.
 */
export class Consultations {
  private readonly waiting: (() => void)[] = [];
  private readonly counts = new Map<string, number>();
  private endsAt = 0;
  private busy = false;

  /** Runs `consult` later; false, and nothing happens, when it is one too many or its body too large. `now` in milliseconds since the epoch. */
  offer({ flowId, caller, bytes }: Case, now: number, consult: () => void): boolean {
    if (bytes > MOST_BYTES || this.waiting.length >= MOST_WAITING) return false;
    if (!this.admits(flowId, caller, now)) return false;
    this.waiting.push(consult);
    if (!this.busy) this.next(0);
    return true;
  }

  private admits(flowId: string, caller: string | undefined, now: number): boolean {
    if (now >= this.endsAt) {
      this.counts.clear();
      this.endsAt = now + WINDOW_MS;
    }
    const keys: [string, number][] = [
      ['', LIMITS.process],
      [flowId, LIMITS.flow],
      [`${flowId}\n${caller ?? ''}`, LIMITS.address],
    ];
    if (keys.some(([key, limit]) => (this.counts.get(key) ?? 0) >= limit)) return false;
    for (const [key] of keys) this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    return true;
  }

  private next(afterMs: number): void {
    this.busy = true;
    // Not held open for: a process that ends has better things to wait for.
    setTimeout(() => this.run(), afterMs).unref();
  }

  private run(): void {
    const consult = this.waiting.shift();
    if (consult === undefined) {
      this.busy = false;
      return;
    }
    try {
      consult();
    } finally {
      this.next(PAUSE_MS);
    }
  }
}
