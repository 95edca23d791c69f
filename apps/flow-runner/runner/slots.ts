/** Counts what a runner works on, and lets others wait for room. */
export class Slots {
  private taken = 0;
  private waiting: (() => void)[] = [];

  constructor(readonly capacity: number) {}

  get free(): number {
    return this.capacity - this.taken;
  }

  /** True while somebody waits for room: older runs, before which a new one must not push in. */
  get contended(): boolean {
    return this.waiting.length > 0;
  }

  take(): void {
    this.taken += 1;
  }

  release(): void {
    this.taken -= 1;
    for (const wake of this.waiting.splice(0)) wake();
  }

  /** Resolves when a slot became free. All who wait are told, so look again: another may have taken it meanwhile. */
  async room(): Promise<number> {
    while (this.free <= 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
    return this.free;
  }
}
