export { HintProcessor } from './hint.processor.js';
export { RunnerModule } from './runner.module.js';
export { Runner } from './runner/runner.js';
