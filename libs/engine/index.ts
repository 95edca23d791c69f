export * from './accept.js';
export {
  allow,
  charge,
  decideUses,
  hold,
  roomIn,
  UNUSED,
  type UseRequest,
  type Allowance,
  type RateState,
  type UseRate,
  type UseWish,
} from './allowances.js';
export * from './collections.js';
export * from './determinism.js';
export { idempotencyKey } from './execute.js';
export { MemoryStore } from './memory/memory-store.js';
export { MemoryUseBook } from './memory/memory-use-book.js';
export { derivedId } from './derived-id.js';
export {
  givenRows,
  isOnEveryWay,
  newestOutputs,
  type GivenStep,
  type PinnedOutput,
  type Recording,
  type TestedStep,
  type TestStart,
} from './given.js';
export { defaultLimits, type Limits } from './limits.js';
export type * from './plan.js';
export { planFlow } from './planner.js';
export { AWAITED, awaitedIn, type Awaited, type WaitingRow } from './awaited.js';
export { countPassedOver, passedOver, type FailureRow, type PassedOver } from './passed-over.js';
export { stepIn } from './plan-chain.js';
export * from './ports.js';
export * from './records.js';
export { itemsAround } from './trail.js';
export { attemptNow, attemptPath, plainPath } from './tries.js';
export { failedStep, recordedRows, rowsBefore, type Reuse } from './rerun.js';
export * from './retry.js';
export { isResponse } from './steps/respond.js';
export { errorRecord } from './steps/step.js';
export { POISON_CRASHES } from './steps/use.js';
export { parseJsonValue } from './triggers/bodies/json.js';
export { mediaType } from './triggers/bodies/media-type.js';
export { bodyFault } from './triggers/bodies/fit.js';
export { BodyRefusal } from './triggers/bodies/refusal.js';
export { parseBody, readContent, type Content } from './triggers/body.js';
export { codingOf, decodeBody, notAccepted } from './triggers/coding.js';
export {
  answerBytes,
  webhookRules,
  type AwaitRule,
  type Decision,
  type DedupeKey,
  type FixedAnswer,
  type RateRule,
  type Misfit,
  type SchemaCheck,
  type WebhookRules,
} from './triggers/rules.js';
export * from './triggers/collect.js';
export * from './triggers/emission.js';
export { openEventFile, type ReadEvent } from './triggers/event-files.js';
export { laneOfEvent, laneRule, type LaneRule } from './triggers/lanes.js';
export * from './triggers/schedule.js';
export { eventBytes, fileBytes, parseTrigger, triggerOf } from './triggers/webhook.js';
export * from './walk.js';
