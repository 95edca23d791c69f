export { createLogger, type Log } from './logger.js';
export { Metrics, type GaugeBy } from './metrics.js';
export { NestLog } from './nest-log.js';
