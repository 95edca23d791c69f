import type { Pool } from 'pg';
import { DataSource } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { DraftEntity } from './entities/draft.entity.js';
import { FlowVersionEntity } from './entities/flow-version.entity.js';
import { FlowEntity } from './entities/flow.entity.js';
import { SealedCredentialEntity } from './entities/sealed-credential.entity.js';
import { Initial1763700000000 } from './migrations/0001-initial.js';
import { WaitsAndCalls1763710000000 } from './migrations/0002-waits-and-calls.js';
import { AwaitedAnswers1763790000000 } from './migrations/0010-awaited-answers.js';
import { Drafts1764000000004 } from './migrations/0004-drafts.js';
import { SealedCredentials1763700600000 } from './migrations/0006-sealed-credentials.js';
import { Operators1763770000000 } from './migrations/0008-operators.js';
import { Triggers1763720000000 } from './migrations/0003-triggers.js';
import { ensurePartitions } from './partitions.js';

/**
 * Every statement of ours looks rows up by key, and most are prepared while tables are still empty: left to its
 * statistics Postgres would keep plans that scan whole tables. https://www.postgresql.org/docs/current/runtime-config-query.html
 */
const PINNED_PLANS = '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off';

const MIGRATION_LOCK = 0x6d696772;

export interface DatabaseOptions {
  /** `postgres://…` */
  readonly url: string;
  /** Connections at the most. */
  readonly poolSize: number;
}

/** An open database: TypeORM for entities and migrations, its pg pool for the statements of the hot paths. */
export interface Database {
  readonly dataSource: DataSource;
  readonly pool: Pool;
  close(): Promise<void>;
}

/** Connects and brings the schema up to date. Several processes may do so at once. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const dataSource = new DataSource({
    type: 'postgres',
    url: options.url,
    poolSize: options.poolSize,
    entities: [FlowEntity, FlowVersionEntity, DraftEntity, SealedCredentialEntity],
    migrations: [
      Initial1763700000000,
      SealedCredentials1763700600000,
      WaitsAndCalls1763710000000,
      Triggers1763720000000,
      Operators1763770000000,
      AwaitedAnswers1763790000000,
      Drafts1764000000004,
    ],
    migrationsTransactionMode: 'each',
    extra: { idleTimeoutMillis: 10_000, connectionTimeoutMillis: 10_000, application_name: 'millrace', options: PINNED_PLANS },
    poolErrorHandler: () => undefined,
  });
  await dataSource.initialize();
  const pool = (dataSource.driver as PostgresDriver).master as Pool;
  await migrate(dataSource, pool);
  return { dataSource, pool, close: () => dataSource.destroy() };
}

async function migrate(dataSource: DataSource, pool: Pool): Promise<void> {
  const lock = await pool.connect();
  try {
    await lock.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await dataSource.runMigrations();
    await ensurePartitions(pool, Date.now());
  } finally {
    await lock.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    lock.release();
  }
}
