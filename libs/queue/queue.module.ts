import { BullModule } from '@nestjs/bullmq';
import { Module, type DynamicModule } from '@nestjs/common';
import { createPostgresBackend, runMigrations, setDefaultBackendFactory } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import { HINTS } from './hint.js';
import { HintProducer } from './hint-producer.js';

export interface QueueOptions {
  readonly databaseUrl: string;
  /** With it the queue is on Redis, without it on Postgres. Same code otherwise. */
  readonly redisUrl: string | undefined;
}

/** A finished hint is worth nothing, and keeping a count of them halves BullMQ's throughput on Postgres. */
const DEFAULT_JOB_OPTIONS = { removeOnComplete: true, removeOnFail: true, attempts: 1 };

const POOL_END_MS = 1_000;

/** BullMQ through Nest, on the backend that the configuration says. */
@Module({})
export class QueueModule {
  static on({ connection }: QueueBackend): DynamicModule {
    return {
      module: QueueModule,
      global: true,
      imports: [
        BullModule.forRoot({ connection: connection as never, defaultJobOptions: DEFAULT_JOB_OPTIONS }),
        BullModule.registerQueue({ name: HINTS }),
      ],
      providers: [HintProducer],
      exports: [BullModule, HintProducer],
    };
  }
}

/** A prepared backend. Close it after the application: BullMQ leaves connections alone that it did not open. */
export interface QueueBackend {
  readonly connection: object;
  close(): Promise<void>;
}

/** Chooses and prepares the backend. Call it before Nest starts, for BullMQ has one choice of backend per process. */
export async function openQueue(options: QueueOptions): Promise<QueueBackend> {
  return options.redisUrl ? redis(options.redisUrl) : postgres(options.databaseUrl);
}

/**
 * A client of ours, because one that BullMQ opened itself cannot be closed while Redis is away: it waits for an
 * answer to its good-bye. `maxRetriesPerRequest: null` is what BullMQ asks for; the producer has its own time limit.
 */
function redis(url: string): QueueBackend {
  setDefaultBackendFactory();
  const client = new Redis(url, { maxRetriesPerRequest: null });
  // Those who use it report that it is away; without a listener its errors would be printed.
  client.on('error', () => undefined);
  return { connection: client, close: () => Promise.resolve(client.disconnect()) };
}

/** One small pool for the queue and its worker: left to itself every BullMQ object opens its own connections. */
async function postgres(url: string): Promise<QueueBackend> {
  setDefaultBackendFactory(createPostgresBackend);
  const pool = new pg.Pool({
    connectionString: url,
    max: 4,
    idleTimeoutMillis: 10_000,
    keepAlive: true,
    options: '-c search_path=bullmq',
    application_name: 'millrace-queue',
  });
  pool.on('error', () => undefined);
  const client = await pool.connect();
  try {
    await runMigrations(client as never);
  } finally {
    client.release();
  }
  return { connection: pool, close: () => end(pool) };
}

/**
 * Ends the pool, without waiting for ever for a connection that is never given back: BullMQ leaves the one to LISTEN on
 * where it is when it is closed while still opening it (`getListenClient` in its `postgres-connection.js`).
 */
async function end(pool: pg.Pool): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, POOL_END_MS);
  });
  await Promise.race([pool.end(), late]).finally(() => clearTimeout(timer));
}
