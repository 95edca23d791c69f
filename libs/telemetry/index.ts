export { createLogger, type Log } from './logger.js';
export { NestLog } from './nest-log.js';
