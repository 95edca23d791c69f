export { appendCase } from './append.js';
export { flowPathOf } from './arguments.js';
export { caseFromRun } from './from-run.js';
export { resultSummary, resultText, runSuites, type CaseResult } from './results.js';
export { openSuites, type Suite, type Suites } from './suite.js';
