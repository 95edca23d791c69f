import type { JsonText } from './json-text.js';

/** Long enough to open a tree branch by branch. */
const KEPT_MS = 20_000;
/** How much is kept together, in bytes; what was looked at last is kept whatever its size. */
const KEPT_BYTES = 48 * 1024 * 1024;

interface Kept {
  readonly text: Promise<JsonText>;
  readonly timer: NodeJS.Timeout;
  bytes: number;
}

/** The large values that were looked at last: each is fetched once for all its pieces. */
export class KeptValues {
  private readonly kept = new Map<string, Kept>();

  constructor(private readonly mostBytes = KEPT_BYTES) {}

  get(key: string, load: () => Promise<JsonText>): Promise<JsonText> {
    const known = this.kept.get(key);
    if (known) return this.again(key, known);
    const text = load();
    const timer = setTimeout(() => this.kept.delete(key), KEPT_MS);
    timer.unref();
    const kept: Kept = { text, timer, bytes: 0 };
    this.kept.set(key, kept);
    text.then(
      ({ bytes }) => this.measured(kept, bytes.length),
      () => this.forget(key),
    );
    return text;
  }

  private again(key: string, kept: Kept): Promise<JsonText> {
    kept.timer.refresh();
    this.kept.delete(key);
    this.kept.set(key, kept);
    return kept.text;
  }

  /** The oldest first. */
  private measured(kept: Kept, bytes: number): void {
    kept.bytes = bytes;
    let all = [...this.kept.values()].reduce((sum, one) => sum + one.bytes, 0);
    for (const [key, one] of [...this.kept].slice(0, -1)) {
      if (all <= this.mostBytes) return;
      all -= one.bytes;
      this.forget(key);
    }
  }

  private forget(key: string): void {
    clearTimeout(this.kept.get(key)?.timer);
    this.kept.delete(key);
  }
}
