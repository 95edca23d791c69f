/** Does something for a key at once, and then no more often than every `ms` milliseconds; what is asked for meanwhile comes after that. */
export class Seldom {
  private readonly resting = new Map<string, { timer: ReturnType<typeof setTimeout>; asked: boolean }>();

  constructor(
    private readonly ms: number,
    private readonly act: (key: string) => void,
  ) {}

  ask(key: string): void {
    const rest = this.resting.get(key);
    if (rest) rest.asked = true;
    else this.now(key);
  }

  stop(): void {
    for (const { timer } of this.resting.values()) clearTimeout(timer);
    this.resting.clear();
  }

  private now(key: string): void {
    this.resting.set(key, { timer: setTimeout(() => this.rested(key), this.ms), asked: false });
    this.act(key);
  }

  private rested(key: string): void {
    const asked = this.resting.get(key)?.asked;
    this.resting.delete(key);
    if (asked) this.now(key);
  }
}
