const LATE_MS = 2;

/** Sleeps until the earliest of the times it was given, or for `idleMs` at the most. */
export class Alarm {
  private timer: NodeJS.Timeout | undefined;
  private wake: (() => void) | undefined;
  private at = Infinity;
  /** When the timer in hand goes off. */
  private armed = Infinity;

  constructor(private readonly idleMs: number) {}

  /** Resolves at the earliest time that `ring` named since the last sleep. */
  async sleep(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.wake = resolve;
      this.arm(Math.min(this.at, Date.now() + this.idleMs));
    });
    this.at = Infinity;
    this.wake = undefined;
  }

  /** Makes sure of being awake at `at` (milliseconds since the epoch). */
  ring(at: number): void {
    if (at >= this.at) return;
    this.at = at;
    if (this.wake && at < this.armed) this.arm(at);
  }

  /** Timers may fire up to a millisecond early, and what is not due yet is not found: late beats a whole round lost. */
  private arm(at: number): void {
    this.armed = at;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.wake?.(), Math.max(0, at + LATE_MS - Date.now()));
  }
}
