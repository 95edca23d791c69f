import type { Pool } from 'pg';
import { DataSource } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { DraftEntity } from './entities/draft.entity.js';
import { EndpointEntity } from './entities/endpoint.entity.js';
import { FlowVersionEntity } from './entities/flow-version.entity.js';
import { FlowEntity } from './entities/flow.entity.js';
import { SealedCredentialEntity } from './entities/sealed-credential.entity.js';
import { Initial1763700000000 } from './migrations/0001-initial.js';
import { WaitsAndCalls1763710000000 } from './migrations/0002-waits-and-calls.js';
import { Lanes1764100000011 } from './migrations/0011-lanes.js';
import { FlowRates1764300000012 } from './migrations/0012-flow-rates.js';
import { FlowPriorities1764400000043 } from './migrations/0043-flow-priorities.js';
import { HeldRuns1764500000044 } from './migrations/0044-held-runs.js';
import { HealthSamples1764600000045 } from './migrations/0045-health-samples.js';
import { RepeatedRuns1764700000047 } from './migrations/0047-repeated-runs.js';
import { LeftToCallers1764700000048 } from './migrations/0048-left-to-callers.js';
import { AuditLog1764800000049 } from './migrations/0049-audit-log.js';
import { ToldRows1764700000050 } from './migrations/0050-told-rows.js';
import { AwaitedAnswers1763790000000 } from './migrations/0010-awaited-answers.js';
import { Drafts1764000000004 } from './migrations/0004-drafts.js';
import { Endpoints1764300000015 } from './migrations/0015-endpoints.js';
import { SealedCredentials1763700600000 } from './migrations/0006-sealed-credentials.js';
import { Operators1763770000000 } from './migrations/0008-operators.js';
import { Tests1764000000017 } from './migrations/0017-tests.js';
import { Operations1764200000018 } from './migrations/0018-operations.js';
import { Triggers1763720000000 } from './migrations/0003-triggers.js';
import { CredentialRates1764200000013 } from './migrations/0013-credential-rates.js';
import { Collections1764400000014 } from './migrations/0014-collections.js';
import { ensurePartitions } from './partitions.js';

/**
 * Every statement of ours looks rows up by key, and most are prepared while tables are still empty: left to its
 * statistics Postgres would keep plans that scan whole tables. https://www.postgresql.org/docs/current/runtime-config-query.html
 */
const PINNED_PLANS = '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off';

const MIGRATION_LOCK = 0x6d696772;

/**
 * How long a statement may go unanswered, in milliseconds, unless it says otherwise. A server that is killed or stopped can leave
 * connections behind that are open and silent, and whoever asks over one would wait for ever, with one connection fewer for the others.
 */
const ANSWER_MS = 20_000;

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
  await migrated(sourceOf(options, {}));
  const dataSource = sourceOf(options, { query_timeout: ANSWER_MS });
  await dataSource.initialize();
  return { dataSource, pool: poolOf(dataSource), close: () => dataSource.destroy() };
}

function sourceOf({ url, poolSize }: DatabaseOptions, limits: { readonly query_timeout?: number }): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    poolSize,
    entities: [FlowEntity, FlowVersionEntity, DraftEntity, SealedCredentialEntity, EndpointEntity],
    migrations: [
      Initial1763700000000,
      SealedCredentials1763700600000,
      WaitsAndCalls1763710000000,
      Triggers1763720000000,
      Operators1763770000000,
      AwaitedAnswers1763790000000,
      Drafts1764000000004,
      Tests1764000000017,
      Lanes1764100000011,
      FlowRates1764300000012,
      FlowPriorities1764400000043,
      HeldRuns1764500000044,
      HealthSamples1764600000045,
      RepeatedRuns1764700000047,
      LeftToCallers1764700000048,
      AuditLog1764800000049,
      ToldRows1764700000050,
      Operations1764200000018,
      CredentialRates1764200000013,
      Collections1764400000014,
      Endpoints1764300000015,
    ],
    migrationsTransactionMode: 'each',
    extra: { idleTimeoutMillis: 10_000, connectionTimeoutMillis: 10_000, application_name: 'millrace', options: PINNED_PLANS, ...limits },
    poolErrorHandler: () => undefined,
  });
}

function poolOf(dataSource: DataSource): Pool {
  return (dataSource.driver as PostgresDriver).master as Pool;
}

/** Over connections of its own: a change of the schema takes as long as it takes, and so does waiting for that of another process. */
async function migrated(dataSource: DataSource): Promise<void> {
  await dataSource.initialize();
  await migrate(dataSource).finally(() => dataSource.destroy());
}

async function migrate(dataSource: DataSource): Promise<void> {
  const pool = poolOf(dataSource);
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
