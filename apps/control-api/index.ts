export { controlModule } from './control.module.js';
export { openApiDocument } from './openapi/document.js';
export type { ActivityView, FlowActivityView } from './wire/activity.js';
export type { AuditEntryView, AuditPage } from './wire/audit.js';
export type { ComponentList, ComponentView } from './wire/component.js';
export type { BodyView, EventItem, EventPage, EventView } from './wire/event.js';
export type { DraftItem, DraftList, DraftView } from './wire/draft.js';
export type { EndpointActivityView, EndpointItem, EndpointList, KeptEndpoint, RemovedEndpoint } from './wire/endpoint.js';
export type { FlowItem, FlowList, FlowState, FlowView } from './wire/flow.js';
export type {
  CredentialItem,
  CredentialList,
  NewSecret,
  RemovedCredential,
  RotatedKey,
  SealedCredential,
  SealKeyView,
  TestedCredential,
} from './wire/credential.js';
export type { SchemeList, SchemeView } from './wire/scheme.js';
export type { RefusalDetail, RefusalPage, RefusalView } from './wire/refusal.js';
export type { AttemptView, CancelView, ListedRun, RunItem, RunPage, RunView, StepView } from './wire/run.js';
export type { BulkView, CausesView, CauseView, ReplayView, RerunPlanView, RerunView } from './wire/operate.js';
export type { OutputsView, PinList, PinView, SampleView, StepOutputView, TestPlanView, TestStartedView, TestView } from './wire/test.js';
export type { OperationItemView, OperationPage, OperationView, OrderedView } from './wire/operation.js';
export type { SettingsView } from './wire/settings.js';
export type { StatusView } from './wire/status.js';
export type {
  ArchivedView,
  CheckedView,
  PauseView,
  PublishedView,
  SourceView,
  VersionItem,
  VersionPage,
  VersionView,
} from './wire/version.js';
export type { Changes } from './wire/stream.js';
export type { Beginning, ValueChild, ValueMatches, ValueView } from './wire/value.js';
export type { EmittedView, ScheduleList, ScheduleView, StartedView } from './wire/trigger.js';
