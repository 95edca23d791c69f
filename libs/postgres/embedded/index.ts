export { EmbeddedPostgresError, type EmbeddedPostgresErrorCode } from './errors.js';
export { acquireHomeLock, type HomeLock } from './home-lock.js';
export { startEmbeddedPostgres, type EmbeddedPostgres, type StartOptions } from './start.js';
export type { ExitInfo } from './supervise.js';
