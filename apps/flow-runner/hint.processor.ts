import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Inject, type BeforeApplicationShutdown } from '@nestjs/common';
import { PLATFORM, type Platform } from '@millrace/platform';
import { HINTS, type Hint } from '@millrace/queue';
import type { Job } from 'bullmq';
import { Runner } from './runner/runner.js';

/** Takes hints one at a time, and each only while there is room: that is the backpressure. Done means claimed, not finished. */
@Processor(HINTS, { concurrency: 1 })
export class HintProcessor extends WorkerHost implements BeforeApplicationShutdown {
  private away = false;

  constructor(
    @Inject(Runner) private readonly runner: Runner,
    @Inject(PLATFORM) private readonly platform: Platform,
  ) {
    super();
  }

  async process(job: Job<Hint>): Promise<void> {
    await this.runner.takeHinted(job.data.runIds);
  }

  /** By force: a hint that is cut off loses nothing, and a Redis that is away never answers a polite good-bye. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.worker.close(true);
  }

  /** BullMQ reports every attempt to come back; people are told once. */
  @OnWorkerEvent('error')
  onError(error: Error): void {
    if (this.away || this.runner.isDraining) return;
    this.away = true;
    this.platform.log.warn({ reason: error.message }, 'The queue is away; the sweep finds the runs meanwhile');
  }

  @OnWorkerEvent('active')
  onActive(): void {
    if (this.away) this.platform.log.info('The queue is back');
    this.away = false;
  }
}
