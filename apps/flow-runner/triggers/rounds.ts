import { Alarm } from '../runner/alarm.js';
import type { Outage } from '../runner/outage.js';

/** How often a round is made when nothing asks for an earlier one. */
const EVERY_MS = 1_000;

/** Makes rounds, one at a time, until it is stopped. A round may answer in how many milliseconds the next one is due. */
export class Rounds {
  private readonly alarm = new Alarm(EVERY_MS);
  private stopped = false;
  private loop: Promise<void> | undefined;

  constructor(
    private readonly round: () => Promise<number | undefined | void>,
    /** Tells of rounds that fail; they are made as often as others. */
    private readonly outage: Outage,
  ) {}

  start(): void {
    this.loop = this.run();
  }

  /** Makes the next round now. */
  ring(): void {
    this.alarm.ring(Date.now());
  }

  /** Resolves when the round in progress has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.ring();
    await this.loop;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      try {
        const wait = await this.round();
        this.outage.worked(this);
        if (wait !== undefined) this.alarm.ring(Date.now() + wait);
      } catch (error) {
        this.outage.failed(this, error as Error);
      }
      if (!this.stopped) await this.alarm.sleep();
    }
  }
}
