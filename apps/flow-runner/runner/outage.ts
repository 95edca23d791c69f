import type { Log } from '@millrace/telemetry';

/** When an outage is spoken of again after its first line; from there after twice as long each time, up to the longest. */
const SILENCE_MS = 15_000;
const LONGEST_SILENCE_MS = 600_000;

/** What is said of an outage. */
export interface OutageWords {
  /** `The journal cannot be written` */
  readonly failing: string;
  /** `The journal can be written again` */
  readonly over: string;
}

/**
 * Something that does not work just now and is tried again, by several at a time as a rule. The log gets one line when it
 * begins, with the time up to which it is tried, some after growing pauses if it lasts, and one when the last who tried is
 * done: how long it took, and how many gave up.
 */
export class Outage {
  private readonly trying = new Set<unknown>();
  private began = 0;
  private silentUntil = 0;
  private silenceMs = SILENCE_MS;
  private givenUp = 0;

  constructor(
    private readonly log: Log,
    private readonly words: OutageWords,
    /** Until when it is tried (milliseconds since the epoch), as far as that is known. */
    private readonly endsAt: () => number | undefined = () => undefined,
  ) {}

  /** It did not work for `who`, who tries again. */
  failed(who: unknown, { message: reason }: Error): void {
    const now = Date.now();
    if (this.trying.size === 0) this.begin(now);
    this.trying.add(who);
    if (now < this.silentUntil) return;
    this.log.warn({ reason, ...this.until() }, `${this.words.failing}${this.began === now ? '' : ' yet'}; trying again`);
    this.silentUntil = now + this.silenceMs;
    this.silenceMs = Math.min(2 * this.silenceMs, LONGEST_SILENCE_MS);
  }

  /** It worked for `who`. Says nothing of somebody for whom it had not failed. */
  worked(who: unknown): void {
    if (this.trying.delete(who)) this.endWithLast();
  }

  /** `who` does not try again, although it never worked. */
  gaveUp(who: unknown): void {
    if (!this.trying.delete(who)) return;
    this.givenUp += 1;
    this.endWithLast();
  }

  private begin(now: number): void {
    this.began = now;
    this.silentUntil = now;
    this.silenceMs = SILENCE_MS;
    this.givenUp = 0;
  }

  private until(): { readonly until?: string } {
    const at = this.endsAt();
    return at === undefined ? {} : { until: new Date(at).toISOString() };
  }

  private endWithLast(): void {
    if (this.trying.size > 0) return;
    const seconds = Math.round((Date.now() - this.began) / 1000);
    const { givenUp, words } = this;
    if (givenUp === 0) this.log.info({ seconds }, words.over);
    else this.log.warn({ seconds, givenUp }, `${words.failing}: given up`);
  }
}
