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
  private sending: Promise<void> | undefined;

  constructor(@InjectQueue(HINTS) private readonly queue: Queue<Hint>) {
    // Connection errors are reported to whoever offers; without a listener they would end the process.
    queue.on('error', () => undefined);
  }

  /** Resolves when the hint is queued; rejects when it is not, which loses nothing. */
  async offer(runIds: readonly string[]): Promise<void> {
    if (runIds.length === 0 || this.closing) return;
    this.waiting.push(...runIds);
    while (this.waiting.length > 0) {
      this.sending ??= this.send(this.waiting.splice(0)).finally(() => this.rest());
      await this.sending;
    }
  }

  /** The first hint goes out at once; a stream of them is gathered, for each costs the queue as much as a commit. */
  private async rest(): Promise<void> {
    await delay(PAUSE_MS);
    this.sending = undefined;
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
