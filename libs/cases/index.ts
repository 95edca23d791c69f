export { fakeCredentials, type FakeCredentials } from './credentials.js';
export { judge, type Difference } from './judge.js';
export { parseCases, type CaseProblem, type ReadCases } from './parse.js';
export { differenceText } from './report.js';
export { runCase, StuckCase, type CaseRun, type CaseWorld } from './run-case.js';
export { casesSchema, casesSchemaText } from './schema.js';
export type { CaseEvent, Expectation, FlowCase, Reply, SentRequest } from './types.js';
