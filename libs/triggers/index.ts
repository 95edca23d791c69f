export { Collector, type CollectorParts } from './collector.js';
export { startByHand, type ByHand, type ByHandParts, type StartedByHand } from './by-hand.js';
export { CredentialWatch } from './credential-watch.js';
export { Emitter, type EmittedNow, type EmitterParts } from './emitter.js';
export { Scheduler, type SchedulerParts } from './scheduler.js';
export { Operator, type OperatorParts } from './operator.js';
export type { RepeatParts } from './repeat.js';
export { replayOf } from './replay.js';
export { planRerun, rerunOf, retryOf, type Repeated, type RerunPlan, type RerunRequest } from './rerun.js';
