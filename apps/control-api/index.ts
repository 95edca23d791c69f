export { controlModule } from './control.module.js';
export { openApiDocument } from './openapi/document.js';
export type {
  CredentialItem,
  CredentialList,
  NewSecret,
  RemovedCredential,
  RotatedKey,
  SealedCredential,
  SealKeyView,
} from './wire/credential.js';
export type { EventPage, EventView } from './wire/event.js';
export type { FlowList, FlowView } from './wire/flow.js';
export type { DraftItem, DraftList, DraftView } from './wire/draft.js';
export type { RefusalDetail, RefusalPage } from './wire/refusal.js';
export type { AttemptView, CancelView, RunItem, RunPage, RunView, StepView } from './wire/run.js';
export type { BulkView, ReplayView, RerunView } from './wire/operate.js';
export type { StatusView } from './wire/status.js';
export type { CheckedView, PauseView, PublishedView, SourceView, VersionItem, VersionPage, VersionView } from './wire/version.js';
