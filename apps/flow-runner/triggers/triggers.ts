import type { Platform } from '@millrace/platform';
import { newId } from '@millrace/platform';
import { Collector, CredentialWatch, Emitter, Operator, Scheduler } from '@millrace/triggers';
import { Outage } from '../runner/outage.js';
import { Rounds } from './rounds.js';

/** What starts runs beside requests, as far as a runner does it: schedules, emitted events, collections, operations. */
export class Triggers {
  readonly emitter: Emitter;
  readonly watch: CredentialWatch;
  private readonly schedules: Rounds;
  private readonly deliveries: Rounds;
  private readonly collections: Rounds;
  private readonly operations: Rounds;

  constructor(platform: Platform) {
    const { catalog, outbox, schedules: store, bell, config, log } = platform;
    const flows = () => catalog.flows();
    const ring = (): void => bell.ring();
    const outage = (failing: string, over: string): Outage => new Outage(log, { failing, over });
    this.emitter = new Emitter({ outbox, flows, newId, ring, log, publicUrl: () => platform.publicUrl, maxBytes: config.maxBody });
    const scheduler = new Scheduler({ store, flows, newId, ring, log, now: () => store.now() });
    this.schedules = new Rounds(() => scheduler.tick(), outage('Schedules cannot be looked at', 'Schedules are looked at again'));
    this.deliveries = new Rounds(() => this.emitter.round(), outage('Events cannot be delivered', 'Events are delivered again'));
    const collector = new Collector({ collections: platform.collections, flow: (id) => catalog.flow(id), newId, ring, log });
    this.collections = new Rounds(
      () => collector.round(),
      outage('Collected events cannot be looked at', 'Collected events are looked at again'),
    );
    const { history, orders, collections } = platform;
    const operator = new Operator({ store: orders, catalog, history, collections, newId, ring, log });
    this.operations = new Rounds(() => operator.round(), outage('Operations cannot be worked on', 'Operations are worked on again'));
    this.watch = new CredentialWatch((data, key) => {
      this.emitter.tell('credential.failing', data, key).catch((error: unknown) => {
        log.warn({ reason: (error as Error).message }, 'It could not be told that a credential is failing');
      });
    }, Date.now);
  }

  start(): void {
    this.schedules.start();
    this.deliveries.start();
    this.collections.start();
    this.operations.start();
  }

  /** An event was written down: it is delivered now. */
  ring(): void {
    this.deliveries.ring();
  }

  async stop(): Promise<void> {
    const all = [this.schedules, this.deliveries, this.collections, this.operations];
    await Promise.all(all.map((rounds) => rounds.stop()));
  }
}
