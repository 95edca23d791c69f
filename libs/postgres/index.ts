export { PostgresActivity, type FlowActivity } from './activity.js';
export { AnswerBell, type BellParts } from './answer-bell.js';
export { PostgresAnswerStore, type StoredAnswer } from './answer-store.js';
export { PostgresAuditLog, type AuditEntry, type AuditFilter } from './audit-log.js';
export { PostgresChanges, type ChangeRow } from './changes.js';
export { BLOB_SHARDS, type BlobStore, type StoredBlob } from './blobs/blob-store.js';
export { FolderBlobStore } from './blobs/folder-blob-store.js';
export { StepData, type Beginning, type BlobRef, type ListedRow } from './blobs/step-data.js';
export { BlobSweep } from './blobs/sweep.js';
export { openDatabase, type Database, type DatabaseOptions } from './database.js';
export { PostgresCredentialUses, type CredentialFailure, type CredentialUse } from './credential-uses.js';
export { PostgresDraftStore, type DraftSaved, type DraftStale, type NewDraft } from './draft-store.js';
export type { DraftEntity } from './entities/draft.entity.js';
export { PostgresEndpointStore, type EndpointChange } from './endpoint-store.js';
export type { EndpointEntity } from './entities/endpoint.entity.js';
export { describeDatabaseError, isDatabaseAway, isTooSlow } from './errors.js';
export { PostgresEventStore } from './event-store.js';
export { DraftMovedOn, PostgresFlowStore, textHash, type Publication, type Published, type VersionSummary } from './flow-store.js';
export type { FlowEntity } from './entities/flow.entity.js';
export { PostgresCollections, type CollectedBy } from './collection-store.js';
export type { EventFilter, EventRun, EventSummary, Outcome } from './event-list.js';
export { readActive, readStanding, type Active, type Standing } from './gauges.js';
export { PostgresHistory, type BegunEvent } from './history.js';
export type { RefusalFilter, RefusalRow } from './refusal-list.js';
export type { RunFilter, WaitFilter } from './run-list.js';
export { firstPage, type Found } from './scan.js';
export type { SealedCredentialEntity } from './entities/sealed-credential.entity.js';
export type { Chosen, OperationKind, Selection } from './chosen.js';
export {
  MAX_ITEMS,
  PostgresOperationStore,
  type Counted,
  type Deed,
  type OperationItem,
  type OperationOptions,
  type OperationOrder,
  type Ordered,
  type StoredOperation,
} from './operation-store.js';
export { makeFolder } from './make-folder.js';
export { PostgresOperations, type DeadLetterCause, type DeadLetterFilter } from './operations.js';
export type { Rerun } from './rerun-rows.js';
export type { RunSummary } from './run-summary.js';
export type { FlowVersionEntity, VersionOrigin } from './entities/flow-version.entity.js';
export { PostgresLanes, type LaneLimits } from './lanes.js';
export { PostgresHolds, type RunPace, type RunPlace } from './holds.js';
export { PostgresJournal } from './journal-store.js';
export { PostgresHealthSamples } from './health-samples.js';
export { PostgresPlaceActivity, type PlaceActivity } from './place-activity.js';
export { readMadeNames, type MadeNames } from './made-names.js';
export { ensurePartitions, idMs, lowestId } from './partitions.js';
export { PostgresPinStore, type StoredPin } from './pin-store.js';
export { PostgresTestStore, type NewTest, type StoredTest, type Test } from './test-store.js';
export { PostgresRefusalStore } from './refusal-store.js';
export { PostgresSealedStore, type SealedChange } from './sealed-store.js';
export { instanceSecret } from './instance-secret.js';
export { PostgresResumptionStore } from './resumption-store.js';
export { dropHistory, type RetentionRound } from './retention.js';
export { PostgresRunStarter, type StartedRun } from './run-starter.js';
export { PostgresOutbox, type Delivery, type StoredEmission } from './outbox.js';
export { PostgresRunStore } from './run-store.js';
export { PostgresUseBook } from './use-book.js';
export { PostgresScheduleStore, type StoredSchedule, type Timing } from './schedule-store.js';
export type { Start } from './starts.js';
export { acquireHomeLock, startEmbeddedPostgres, type EmbeddedPostgres } from './embedded/index.js';
