import { join } from 'node:path';
import {
  Catalog,
  type CatalogParts,
  EndpointMaker,
  installedComponents,
  KeyPlace,
  Publisher,
  Vault,
  type ComponentRegistry,
} from '@millrace/catalog';
import { builtinComponents } from '@millrace/components';
import type { Config } from '@millrace/config';
import {
  describeDatabaseError,
  FolderBlobStore,
  openDatabase,
  PostgresAuditLog,
  PostgresCredentialUses,
  PostgresDraftStore,
  PostgresEndpointStore,
  PostgresEventStore,
  PostgresFlowStore,
  PostgresHistory,
  PostgresHolds,
  PostgresJournal,
  PostgresLanes,
  PostgresOperations,
  PostgresOperationStore,
  instanceSecret,
  PostgresOutbox,
  PostgresPinStore,
  PostgresRefusalStore,
  PostgresResumptionStore,
  PostgresAnswerStore,
  PostgresCollections,
  AnswerBell,
  PostgresRunStarter,
  PostgresRunStore,
  PostgresScheduleStore,
  PostgresSealedStore,
  PostgresTestStore,
  PostgresUseBook,
  StepData,
  type BlobStore,
  type Database,
} from '@millrace/postgres';
import { createLogger, Metrics, type Log } from '@millrace/telemetry';
import { Bell } from './bell.js';
import { Answers } from './answers/answers.js';
import { newId } from './ids.js';
import { processName } from './process-name.js';
import { StartError } from './start-error.js';

/** What every app stands on: configuration, log, stores, and what is live. Opened once per process. */
export interface Platform {
  readonly config: Config;
  readonly log: Log;
  /** What this process counts of itself. */
  readonly metrics: Metrics;
  readonly databaseUrl: string;
  readonly database: Database;
  readonly events: PostgresEventStore;
  readonly journal: PostgresJournal;
  readonly blobs: BlobStore;
  readonly runs: PostgresRunStore;
  readonly starter: PostgresRunStarter;
  readonly schedules: PostgresScheduleStore;
  readonly outbox: PostgresOutbox;
  readonly collections: PostgresCollections;
  /** Rung when something became due in this process; a runner here listens. */
  readonly bell: Bell;
  readonly resumptions: PostgresResumptionStore;
  /** Signs resume URLs and status URLs. */
  readonly resumeKey: Buffer;
  readonly answerStore: PostgresAnswerStore;
  /** Callers who wait in this process. */
  readonly answers: Answers;
  readonly lanes: PostgresLanes;
  readonly holds: PostgresHolds;
  readonly flows: PostgresFlowStore;
  readonly drafts: PostgresDraftStore;
  readonly tests: PostgresTestStore;
  readonly pins: PostgresPinStore;
  readonly history: PostgresHistory;
  readonly operations: PostgresOperations;
  /** What people asked to be done to many. */
  readonly orders: PostgresOperationStore;
  readonly refusals: PostgresRefusalStore;
  /** Who changed what. */
  readonly auditLog: PostgresAuditLog;
  readonly catalog: Catalog;
  readonly publisher: Publisher;
  readonly vault: Vault;
  readonly endpoints: PostgresEndpointStore;
  readonly endpointMaker: EndpointMaker;
  readonly credentialUses: PostgresCredentialUses;
  /** Counts the uses of credentials that have a rate. */
  readonly useBook: PostgresUseBook;
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
  const events = new PostgresEventStore(pool);
  // A folder for each database: what one of them does not know may belong to another.
  const blobs = new FolderBlobStore(join(config.blobs, (await instanceSecret(pool, 'blobs')).toString('hex').slice(0, 16)));
  const stepData = new StepData(blobs, config.maxInline);
  const instance = newId();
  const runStores = openRunStores(database, stepData, instance);
  const answerStore = new PostgresAnswerStore(pool, stepData);
  const answers = openAnswers(answerStore, { instance, url: databaseUrl, maxWaiting: config.maxWaiting, log });
  const refusals = new PostgresRefusalStore(pool, warning(log, 'A refusal could not be recorded'));
  const credentialUses = new PostgresCredentialUses(pool, warning(log, 'The use of a credential could not be recorded'));
  const useBook = new PostgresUseBook(pool);
  const auditLog = new PostgresAuditLog(pool);
  const published = await openPublished({ config, dataSource, components, keys, log, auditLog });
  return {
    config,
    log,
    metrics: measuring(database, answers),
    databaseUrl,
    database,
    events,
    ...runStores,
    blobs,
    schedules: new PostgresScheduleStore(pool),
    outbox: new PostgresOutbox(pool),
    collections: new PostgresCollections(pool),
    holds: new PostgresHolds(pool),
    resumptions: new PostgresResumptionStore(pool),
    resumeKey: await instanceSecret(pool, 'resume'),
    answerStore,
    answers,
    ...published,
    tests: new PostgresTestStore(pool, stepData),
    pins: new PostgresPinStore(pool),
    refusals,
    auditLog,
    credentialUses,
    useBook,
    publicUrl: config.publicUrl ?? '',
    close: async () => {
      published.catalog.close();
      await answers.close();
      const { journal } = runStores;
      await Promise.all([events.drained(), journal.drained(), refusals.drained(), credentialUses.flush(), useBook.drained()]);
      await database.close();
    },
  };
}

/** Metrics, with what every process has: connections, and callers who wait. */
function measuring({ pool }: Database, answers: Answers): Metrics {
  const metrics = new Metrics();
  const connections = metrics.gauge(
    'millrace_database_connections',
    'Connections to the database, and queries that wait for one.',
    'state',
  );
  const callers = metrics.gauge('millrace_waiting_callers', 'Callers who wait for the answer of a run.');
  metrics.whenRead(() => {
    connections.set(pool.totalCount - pool.idleCount, 'busy');
    connections.set(pool.idleCount, 'idle');
    connections.set(pool.waitingCount, 'wanted');
    callers.set(answers.size);
  });
  return metrics;
}

type RunStores = Pick<Platform, 'bell' | 'lanes' | 'journal' | 'runs' | 'starter' | 'history' | 'operations' | 'orders'>;

/** What begins, carries on and ends runs, and rings when one has its turn. */
function openRunStores({ pool }: Database, data: StepData, instance: string): RunStores {
  const bell = new Bell();
  const lanes = new PostgresLanes(pool, () => bell.ring());
  return {
    bell,
    lanes,
    journal: new PostgresJournal(pool, data, instance, lanes),
    runs: new PostgresRunStore(pool, processName(), data),
    starter: new PostgresRunStarter(pool),
    history: new PostgresHistory(pool, data, lanes),
    operations: new PostgresOperations(pool, data),
    orders: new PostgresOperationStore(pool, data, lanes),
  };
}

interface PublishedParts {
  readonly config: Config;
  readonly dataSource: Database['dataSource'];
  readonly components: ComponentRegistry;
  readonly keys: KeyPlace;
  readonly log: Log;
  readonly auditLog: PostgresAuditLog;
}

type PublishedStores = Pick<Platform, 'flows' | 'drafts' | 'vault' | 'endpoints' | 'endpointMaker' | 'catalog' | 'publisher'>;

/** What people make, where it is stored, and what is live of it. */
async function openPublished({ config, dataSource, components, keys, log, auditLog }: PublishedParts): Promise<PublishedStores> {
  const { credentials, variable } = config;
  const flows = new PostgresFlowStore(dataSource);
  const drafts = new PostgresDraftStore(dataSource);
  const vault = new Vault({ store: new PostgresSealedStore(dataSource), keys, variable });
  const made = new PostgresEndpointStore(dataSource);
  const folder = config.source === 'folder' ? config.flows : undefined;
  const endpoints = join(config.flows, 'endpoints.json');
  const sources = { flows: folder, credentials, endpoints, variable, components };
  const onFolderChange = folderAudit(auditLog, log);
  const catalog = await Catalog.open({ ...sources, store: flows, vault, made, drafts, log, onFolderChange });
  const publisher = new Publisher({ catalog, flows, drafts, folder });
  return { flows, drafts, vault, endpoints: made, endpointMaker: new EndpointMaker({ store: made, vault, catalog }), catalog, publisher };
}

/** Who changes a file is not known here; that it was changed is. */
function folderAudit(auditLog: PostgresAuditLog, log: Log): NonNullable<CatalogParts['onFolderChange']> {
  const failed = warning(log, 'A change of the flows folder could not be kept in the audit log');
  return (action, subject, details) => {
    auditLog.keep({ id: newId(), action, subject, details, via: 'folder', person: null, address: null }).catch(failed);
  };
}

/** For what is written behind: nobody waits for it, and somebody should know. */
function warning(log: Log, what: string): (error: unknown) => void {
  return (error) => log.warn({ reason: (error as Error).message }, what);
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
