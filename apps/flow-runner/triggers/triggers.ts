import type { Platform } from '@millrace/platform';
import { newId } from '@millrace/platform';
import { CredentialWatch, Emitter, Scheduler } from '@millrace/triggers';
import { Rounds } from './rounds.js';

/** What starts runs beside requests, as far as a runner does it: ticks schedules, delivers emitted events. */
export class Triggers {
  readonly emitter: Emitter;
  readonly watch: CredentialWatch;
  private readonly schedules: Rounds;
  private readonly deliveries: Rounds;

  constructor(platform: Platform) {
    const { catalog, outbox, schedules: store, bell, config, log } = platform;
    const flows = () => catalog.flows();
    const ring = (): void => bell.ring();
    this.emitter = new Emitter({ outbox, flows, newId, ring, log, publicUrl: () => platform.publicUrl, maxBytes: config.maxBody });
    const scheduler = new Scheduler({ store, flows, newId, ring, log, now: () => store.now() });
    this.schedules = new Rounds(() => scheduler.tick(), log, 'Schedules cannot be looked at');
    this.deliveries = new Rounds(() => this.emitter.round(), log, 'Events cannot be delivered');
    this.watch = new CredentialWatch((data, key) => {
      this.emitter.tell('credential.failing', data, key).catch((error: unknown) => {
        log.warn({ reason: (error as Error).message }, 'It could not be told that a credential is failing');
      });
    }, Date.now);
  }

  start(): void {
    this.schedules.start();
    this.deliveries.start();
  }

  /** An event was written down: it is delivered now. */
  ring(): void {
    this.deliveries.ring();
  }

  async stop(): Promise<void> {
    await Promise.all([this.schedules.stop(), this.deliveries.stop()]);
  }
}
