import { join } from 'node:path';
import { Catalog, installedComponents, KeyPlace, Publisher, Vault, type ComponentRegistry } from '@millrace/catalog';
import { builtinComponents } from '@millrace/components';
import type { Config } from '@millrace/config';
import {
  describeDatabaseError,
  FolderBlobStore,
  openDatabase,
  PostgresCredentialUses,
  PostgresDraftStore,
  PostgresEventStore,
  PostgresFlowStore,
  PostgresHistory,
  PostgresJournal,
  PostgresOperations,
  instanceSecret,
  PostgresOutbox,
  PostgresRefusalStore,
  PostgresResumptionStore,
  PostgresAnswerStore,
  AnswerBell,
  PostgresRunStarter,
  PostgresRunStore,
  PostgresScheduleStore,
  PostgresSealedStore,
  StepData,
  type BlobStore,
  type Database,
} from '@millrace/postgres';
import { createLogger, type Log } from '@millrace/telemetry';
import { Bell } from './bell.js';
import { Answers } from './answers/answers.js';
import { newId } from './ids.js';
import { processName } from './process-name.js';
import { StartError } from './start-error.js';

/** What every app stands on: configuration, log, stores, and what is live. Opened once per process. */
export interface Platform {
  readonly config: Config;
  readonly log: Log;
  readonly databaseUrl: string;
  readonly database: Database;
  readonly events: PostgresEventStore;
  readonly journal: PostgresJournal;
  readonly blobs: BlobStore;
  readonly runs: PostgresRunStore;
  readonly starter: PostgresRunStarter;
  readonly schedules: PostgresScheduleStore;
  readonly outbox: PostgresOutbox;
  /** Rung when something became due in this process; a runner here listens. */
  readonly bell: Bell;
  readonly resumptions: PostgresResumptionStore;
  /** Signs resume URLs and status URLs. */
  readonly resumeKey: Buffer;
  readonly answerStore: PostgresAnswerStore;
  /** Callers who wait in this process. */
  readonly answers: Answers;
  readonly flows: PostgresFlowStore;
  readonly drafts: PostgresDraftStore;
  readonly history: PostgresHistory;
  readonly operations: PostgresOperations;
  readonly refusals: PostgresRefusalStore;
  readonly catalog: Catalog;
  readonly publisher: Publisher;
  readonly vault: Vault;
  readonly credentialUses: PostgresCredentialUses;
  /** Where this server can be reached; known once it listens. */
  publicUrl: string;
  /** Waits for what is being written, then closes everything that was opened here. */
  close(): Promise<void>;
}

export interface PlatformOptions {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly log?: Log;
}

/** Connects, migrates, loads plugins, publishes the flows folder. */
export async function openPlatform({ config, databaseUrl, log = logFor(config) }: PlatformOptions): Promise<Platform> {
  const keys = await keyPlace(config);
  const [database, components] = await Promise.all([connect(databaseUrl, config.poolSize), loadComponents(config, log)]);
  const { pool, dataSource } = database;
  const flows = new PostgresFlowStore(dataSource);
  const drafts = new PostgresDraftStore(dataSource);
  const events = new PostgresEventStore(pool);
  // A folder for each database: what one of them does not know may belong to another.
  const blobs = new FolderBlobStore(join(config.blobs, (await instanceSecret(pool, 'blobs')).toString('hex').slice(0, 16)));
  const stepData = new StepData(blobs, config.maxInline);
  const instance = newId();
  const journal = new PostgresJournal(pool, stepData, instance);
  const answerStore = new PostgresAnswerStore(pool, stepData);
  const answers = openAnswers(answerStore, { instance, url: databaseUrl, maxWaiting: config.maxWaiting, log });
  const refusals = new PostgresRefusalStore(pool, (error) =>
    log.warn({ reason: (error as Error).message }, 'A refusal could not be recorded'),
  );
  const { credentials, variable } = config;
  const vault = new Vault({ store: new PostgresSealedStore(dataSource), keys, variable });
  const credentialUses = new PostgresCredentialUses(pool, (error) =>
    log.warn({ reason: (error as Error).message }, 'The use of a credential could not be recorded'),
  );
  const folder = config.source === 'folder' ? config.flows : undefined;
  const endpoints = join(config.flows, 'endpoints.json');
  const catalog = await Catalog.open({ flows: folder, credentials, endpoints, variable, components, store: flows, vault, log });
  return {
    config,
    log,
    databaseUrl,
    database,
    events,
    journal,
    blobs,
    runs: new PostgresRunStore(pool, processName(), stepData),
    starter: new PostgresRunStarter(pool),
    schedules: new PostgresScheduleStore(pool),
    outbox: new PostgresOutbox(pool),
    bell: new Bell(),
    resumptions: new PostgresResumptionStore(pool),
    resumeKey: await instanceSecret(pool, 'resume'),
    answerStore,
    answers,
    flows,
    drafts,
    history: new PostgresHistory(pool, stepData),
    operations: new PostgresOperations(pool, stepData),
    refusals,
    catalog,
    publisher: new Publisher({ catalog, flows, drafts, folder }),
    vault,
    credentialUses,
    publicUrl: config.publicUrl ?? '',
    close: async () => {
      catalog.close();
      await answers.close();
      await Promise.all([events.drained(), journal.drained(), refusals.drained(), credentialUses.flush()]);
      await database.close();
    },
  };
}

/** A key that is none is the operator's to put right, before anything was sealed with another. A damaged file is told by what needs it. */
async function keyPlace({ home, key }: Config): Promise<KeyPlace> {
  const place = new KeyPlace(home, key);
  await place.read().catch((error: Error & { code?: string }) => {
    if (place.isGiven) throw new StartError(error.code ?? 'seal.key-invalid', error.message);
  });
  return place;
}

interface AnswersOptions {
  readonly instance: string;
  readonly url: string;
  readonly maxWaiting: number;
  readonly log: Log;
}

/** Other processes ring by NOTIFY; while nobody listens the answers are found by looking. */
function openAnswers(store: PostgresAnswerStore, { instance, url, maxWaiting, log }: AnswersOptions): Answers {
  const bell = new AnswerBell({
    url,
    instance,
    onRing: (runId) => void answers.ring(runId),
    onLost: ({ message }) => log.warn({ reason: message }, 'Answers of other processes cannot be listened for; they are looked for'),
  });
  const answers: Answers = new Answers({ store, bell, maxWaiting, log }, instance);
  return answers;
}

/** A database that cannot be reached is the operator's to mend, and no stack helps with that. */
async function connect(url: string, poolSize: number): Promise<Database> {
  try {
    return await openDatabase({ url, poolSize });
  } catch (error) {
    const { host, pathname } = new URL(url);
    const where = `${host || 'its socket'}${pathname}`;
    throw new StartError(
      'start.database-unreachable',
      `The database at ${where} cannot be used: ${describeDatabaseError(error)}. Check DATABASE_URL.`,
    );
  }
}

export function logFor(config: Config): Log {
  return createLogger({ level: config.logLevel, format: config.logFormat });
}

/** The components of this installation; a broken plugin is reported and left out. */
export async function loadComponents(config: Config, log: Log): Promise<ComponentRegistry> {
  const { registry, problems } = await installedComponents(builtinComponents, config);
  for (const { plugin, message } of problems) log.warn(`Plugin ${plugin}: ${message}`);
  return registry;
}
