export { HINTS, type Hint } from './hint.js';
export { HintProducer } from './hint-producer.js';
export { openQueue, QueueModule, type QueueBackend, type QueueOptions } from './queue.module.js';
