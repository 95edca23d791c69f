import 'reflect-metadata';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { HintProducer, HINTS, openQueue, QueueModule, type Hint, type QueueBackend } from '@millrace/queue';
import type { Job } from 'bullmq';

/** The server behind a queue, as far as a test may lay hands on it. */
export interface QueueServer {
  readonly databaseUrl: string;
  readonly redisUrl: string | undefined;
  /** Stops it, and lets it come back at the same address. */
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** Hints as they arrived. */
let arrived: (readonly string[])[] = [];
/** Jobs wait for this before they are done. */
let ready: Promise<void> = Promise.resolve();

/** The pause after a lost connection is 15 s by BullMQ's default, which is only waiting here. */
@Processor(HINTS, { concurrency: 1, runRetryDelay: 500 })
class Collector extends WorkerHost {
  async process(job: Job<Hint>): Promise<void> {
    arrived.push(job.data.runIds);
    await ready;
  }

  /** Without a listener BullMQ would end the process; what it reports is that the server is away. */
  @OnWorkerEvent('error')
  onError(): void {}
}

@Module({ providers: [Collector] })
class CollectorModule {}

const idsOf = (count: number, prefix: string): string[] => Array.from({ length: count }, (_, i) => `${prefix}-${i}`);

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** What every backend of the queue has to do. One backend per spec file: BullMQ has one choice of it per process. */
export function describeQueue(name: string, start: () => Promise<QueueServer>): void {
  describe(`the queue on ${name}`, () => {
    let server: QueueServer;
    let backend: QueueBackend;
    let app: INestApplicationContext;
    let hints: HintProducer;

    beforeAll(async () => {
      server = await start();
      backend = await openQueue(server);
      app = await NestFactory.createApplicationContext({ module: CollectorModule, imports: [QueueModule.on(backend)] }, { logger: false });
      hints = app.get(HintProducer);
    }, 60_000);

    afterAll(async () => {
      await app.close();
      await backend.close();
    }, 60_000);

    beforeEach(() => {
      arrived = [];
      ready = Promise.resolve();
    });

    it('brings every id that was offered, once', async () => {
      const ids = idsOf(300, 'all');
      await Promise.all(ids.map((id) => hints.offer([id])));
      await until(() => arrived.flat().length >= ids.length);
      expect(arrived.flat().sort()).toEqual(ids.sort());
    });

    it('lets ids that are offered while a hint is on its way travel together', async () => {
      const ids = idsOf(300, 'together');
      await Promise.all(ids.map((id) => hints.offer([id])));
      await until(() => arrived.flat().length >= ids.length);
      expect(arrived.length).toBeLessThan(30);
    });

    it('gives a worker one hint at a time', async () => {
      let open = (): void => undefined;
      ready = new Promise((resolve) => (open = resolve));
      await hints.offer(['one']);
      await until(() => arrived.length === 1);
      await hints.offer(['two']);
      await hints.offer(['three']);
      expect(arrived).toEqual([['one']]);
      open();
      await until(() => arrived.length === 3);
      expect(arrived).toEqual([['one'], ['two'], ['three']]);
    });

    it('rejects an offer while its server is away, and goes on by itself when it is back', async () => {
      await server.kill();
      await expect(hints.offer(['lost'])).rejects.toThrow();
      await server.start();
      const offered = await persistently(() => hints.offer(['after']));
      expect(offered).toBe(true);
      await until(() => arrived.flat().includes('after'));
    }, 60_000);
  });
}

/** Offers until one is taken; for a while the connections may still be the old ones. */
async function persistently(offer: () => Promise<void>): Promise<boolean> {
  for (let tries = 0; tries < 20; tries += 1) {
    const taken = await offer().then(
      () => true,
      () => false,
    );
    if (taken) return true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return false;
}
