export { formatProblems, hasErrors } from './problems.js';
export type { Problem } from './problems.js';
export { problemCodes } from './problem-codes.js';
export type { ProblemCode } from './problem-codes.js';
export * from './types.js';
export { formatDuration, longestDuration, parseDuration, parseSize } from './units.js';
export { joinPointer, keyNodeAt, nodeAt, positionsOf, propertiesOf, readJsonc, splitPointer, textLimits, valueOf } from './text.js';
export type { JsonDocument, JsonNode, Position } from './text.js';
export { suggestion } from './names.js';

export { compileExpression } from './expressions/expression.js';
export type { CompiledExpression } from './expressions/expression.js';
export { compileTemplate, resolveTemplate } from './expressions/template.js';
export type { CompiledTemplate } from './expressions/template.js';
export { compileCondition, evaluateCondition, evaluateValue } from './expressions/condition.js';
export { ExpressionFault, ExpressionSyntaxError } from './expressions/faults.js';
export { takesCase } from './steps/case.js';
export type { ExpressionEnv, Scope } from './expressions/scope.js';

export { headerValuePattern } from './format/headers.js';
export { parseFlow } from './format/parse.js';
export { webhookDefaults } from './format/trigger.js';
export { scheduleDefaults } from './format/triggers.js';
export { defaultItemName } from './steps/forEach.js';
export { askLimits } from './steps/ask.js';
export { previousName, repeatDefaults } from './steps/repeat.js';
export { resumeSchema, waitDefaults } from './steps/wait.js';
export { eventNamePattern, matchesEvent } from './events.js';
export { nextTime } from './schedule.js';
export { allSteps, checkFlow, checkTriggerOf } from './check/check.js';
export type { CheckedTrigger, CheckOptions } from './check/check.js';
export { flowInfo, flowInfos } from './check/flow-info.js';
export { checkEndpoints } from './endpoints/check.js';
export type { CheckedEndpoints } from './endpoints/check.js';
export { schemaCompiler } from './check/schemas.js';
export { stepKind } from './steps/kinds.js';
export type { Catalog, CredentialInfo, FlowInfo, StepKindName } from './steps/kind.js';

export { endpointsSchema, endpointsSchemaText } from './schema/endpoints-schema.js';
export { flowSchema, flowSchemaText } from './schema/flow-schema.js';

export { inRunOrder, isInItem, stepIdOf } from './run-order.js';
export type { DoneStep } from './run-order.js';

export * from './edit/index.js';
