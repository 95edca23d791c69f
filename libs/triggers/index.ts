export { startByHand, type ByHand, type ByHandParts, type StartedByHand } from './by-hand.js';
export { CredentialWatch } from './credential-watch.js';
export { Emitter, type EmittedNow, type EmitterParts } from './emitter.js';
export { Scheduler, type SchedulerParts } from './scheduler.js';
