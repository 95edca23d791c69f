const DAY_MS = 86_400_000;
/** Names remembered at the same time; the oldest are forgotten first, and then said again. */
const MAX_REMEMBERED = 10_000;

/** What is worth a line in the log, but not one for every request. */
export class OnceADay {
  private readonly said = new Map<string, number>();

  /** True the first time, and again when a day has passed since it was true. `now` is in milliseconds since the epoch. */
  isDue(name: string, now: number): boolean {
    const last = this.said.get(name);
    if (last !== undefined && now - last < DAY_MS) return false;
    this.said.delete(name);
    this.said.set(name, now);
    if (this.said.size > MAX_REMEMBERED) this.said.delete(this.said.keys().next().value!);
    return true;
  }
}
