import type { Clock } from '@millrace/engine';

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** Time that stands still while steps work and jumps to when something is due. */
export class CaseClock implements Clock {
  private readonly timers = new Set<Timer>();

  constructor(private time: number) {}

  now(): number {
    return this.time;
  }

  /** Without jitter: the same pauses every time. */
  random(): number {
    return 0;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.time + ms, callback };
    this.timers.add(timer);
    return () => void this.timers.delete(timer);
  }

  advanceTo(time: number): void {
    this.time = Math.max(this.time, time);
    for (const timer of [...this.timers]) if (timer.at <= this.time && this.timers.delete(timer)) timer.callback();
  }
}
