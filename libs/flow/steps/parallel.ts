import type { JsonSchema } from '@millrace/component-sdk';
import { complain, keyCursors, optional, present, readChoice, readMap, readPattern, required } from '../format/reader.js';
import type { Cursor, Reader } from '../format/reader.js';
import { stepsSchema } from '../schema/parts.js';
import { stepIdPattern } from '../types.js';
import type { ParallelStep, Step } from '../types.js';
import { defineStepKind } from './kind.js';
import type { InnerList, OutputShape } from './kind.js';

/** The most branches of one step. */
export const mostBranches = 50;

/** Runs named branches side by side and joins them. Its output is `{ <branch>: the last step's output }`. */
export const parallelKind = defineStepKind<ParallelStep>({
  key: 'parallel',
  settings: ['retry', 'timeout', 'onError'],
  keys: ['parallel', 'onBranchError'],
  required: ['parallel'],
  schema: {
    parallel: {
      type: 'object',
      minProperties: 1,
      maxProperties: mostBranches,
      patternProperties: { [stepIdPattern]: stepsSchema },
      additionalProperties: false,
      description: 'Lists of steps by name, run side by side. They do not see each other.',
    },
    onBranchError: {
      enum: ['fail-fast', 'wait-all'],
      default: 'fail-fast',
      description: 'When a branch fails, the others stop at their next step, or finish first.',
    },
  },
  read(fields, base, { readSteps }) {
    const branches = required(fields, 'parallel', (at) => readBranches(at, readSteps));
    const onBranchError = optional(fields, 'onBranchError', readChoice(['fail-fast', 'wait-all']));
    return present({ ...base, parallel: branches ?? {}, onBranchError });
  },
  inner: (step) => innerLists(Object.values(step.parallel)),
  expressions: () => [],
  output: (step, { ofList }) => ({
    type: 'object',
    properties: Object.fromEntries(Object.entries(step.parallel).map(([name, steps]) => [name, schemaOf(ofList(steps))])),
    additionalProperties: false,
  }),
  ends: (step, endsList) => Object.values(step.parallel).some(endsList),
});

const readBranchName = readPattern(
  stepIdPattern,
  'flow.bad-id',
  'is not a name; write a lower-case letter, then letters, digits and underscores.',
);

function readBranches(at: Cursor, readSteps: Reader<Step[]>): Record<string, Step[]> | undefined {
  if (at.node.type === 'object') checkBranchNames(at);
  return readMap(readSteps)(at);
}

function checkBranchNames(at: Cursor): void {
  const keys = keyCursors(at);
  if (keys.length < 1 || keys.length > mostBranches)
    complain(at, 'flow.bad-value', `Parallel takes 1 to ${mostBranches} branches by name.`);
  keys.forEach(readBranchName);
}

function innerLists(branches: readonly (readonly Step[])[]): InnerList[] {
  return branches.map((steps, index) => ({ steps, alongside: branches.slice(0, index) }));
}

function schemaOf(shape: OutputShape): JsonSchema {
  return typeof shape === 'string' ? {} : shape;
}
