import { setTimeout as delay } from 'node:timers/promises';
import { InjectQueue } from '@nestjs/bullmq';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { RunHints } from '@millrace/engine';
import type { Queue } from 'bullmq';
import { HINTS, type Hint } from './hint.js';

/** How long a hint may take to be queued. The sweep finds the runs of a hint that was given up. */
const TIMEOUT_MS = 2_000;
const PAUSE_MS = 10;

/** Puts hints into BullMQ. Ids that are offered while one hint is on its way travel together in the next. */
@Injectable()
export class HintProducer implements RunHints, BeforeApplicationShutdown {
  private closing = false;
  private waiting: string[] = [];
  /** Until the last hint was taken or given up, and a while beyond. */
  private resting: Promise<void> | undefined;
  /** Of all that is offered meanwhile. */
  private next: Promise<void> | undefined;

  constructor(@InjectQueue(HINTS) private readonly queue: Queue<Hint>) {
    // Connection errors are reported to whoever offers; without a listener they would end the process.
    queue.on('error', () => undefined);
  }

  /** Resolves when the hint is queued; rejects when it is not, which loses nothing. */
  offer(runIds: readonly string[]): Promise<void> {
    if (runIds.length === 0 || this.closing) return Promise.resolve();
    this.waiting.push(...runIds);
    if (this.resting === undefined) return this.sendWaiting();
    this.next ??= this.resting.then(() => this.sendWaiting());
    return this.next;
  }

  /** The first hint goes out at once; a stream of them is gathered, for each costs the queue as much as a commit. */
  private sendWaiting(): Promise<void> {
    this.next = undefined;
    const sent = this.send(this.waiting.splice(0));
    this.resting = this.rest(sent);
    return sent;
  }

  private async rest(sent: Promise<void>): Promise<void> {
    await sent.catch(() => undefined);
    await delay(PAUSE_MS);
    this.resting = undefined;
  }

  /** What is offered from now on waits for the next sweep. */
  beforeApplicationShutdown(): void {
    this.closing = true;
  }

  private async send(runIds: string[]): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`The queue did not take a hint within ${TIMEOUT_MS} ms.`)), TIMEOUT_MS);
    });
    try {
      await Promise.race([this.queue.add('runs', { runIds }), late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
