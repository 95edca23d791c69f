export { newId } from './ids.js';
export { PLATFORM, PlatformModule } from './platform.module.js';
export { loadComponents, logFor, openPlatform, type Platform, type PlatformOptions } from './platform.js';
export { ensureFreePort } from './port.js';
export { isDeadProcess, processName } from './process-name.js';
export { run, runAlone, type Modules, type Running, type ServedDatabase } from './run.js';
export { serve, type Server } from './serve.js';
export { StartError } from './start-error.js';
export { controlToken } from './token.js';
