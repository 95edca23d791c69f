export { flowPathOf } from './arguments.js';
export { resultSummary, resultText, runSuites, type CaseResult } from './results.js';
export { openSuites, type Suite, type Suites } from './suite.js';
