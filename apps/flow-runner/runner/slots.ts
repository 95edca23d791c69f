/** Counts what a runner works on, and lets others wait for room. */
export class Slots {
  private taken = 0;
  private waiting: (() => void)[] = [];

  constructor(readonly capacity: number) {}

  get free(): number {
    return this.capacity - this.taken;
  }

  take(): void {
    this.taken += 1;
  }

  release(): void {
    this.taken -= 1;
    this.waiting.shift()?.();
  }

  /** Resolves when at least one slot is free. */
  async room(): Promise<number> {
    while (this.free <= 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
    return this.free;
  }
}
