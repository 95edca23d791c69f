import { suggestion } from '../names.js';
import { optional, present, readBoolean, readJson, readPattern, required } from '../format/reader.js';
import { flowIdPattern } from '../types.js';
import type { CallStep } from '../types.js';
import { defineStepKind } from './kind.js';
import type { Catalog, StepChecker } from './kind.js';

const readFlowId = readPattern(
  flowIdPattern,
  'flow.bad-id',
  'is not the id of a flow; write it as its file is called, without an expression.',
);

/** Runs another flow. Awaited, its output is that flow's output, else `{ runId }`. */
export const callKind = defineStepKind<CallStep>({
  key: 'call',
  keys: ['call', 'input', 'await'],
  required: ['call'],
  schema: {
    call: { type: 'string', pattern: flowIdPattern, description: 'The id of the flow to run.' },
    input: { description: 'What that flow sees as `trigger.body`. Strings may hold `{{ expressions }}`.' },
    await: { type: 'boolean', default: true, description: 'Wait for its end and take its output; false starts it and goes on.' },
  },
  read(fields, base) {
    const call = required(fields, 'call', readFlowId);
    const input = optional(fields, 'input', readJson);
    const waits = optional(fields, 'await', readBoolean);
    return call === undefined ? undefined : present({ ...base, call, input, await: waits });
  },
  settings: ['retry', 'timeout', 'onError'],
  expressions: (step) => (step.input === undefined ? [] : [{ pointer: '/input', value: step.input, use: 'value' }]),
  output: (step) =>
    step.await === false ? { type: 'object', properties: { runId: { type: 'string' } }, additionalProperties: false } : 'unknown',
  check: checkCall,
});

function checkCall({ call }: CallStep, checker: StepChecker): void {
  const { flowId, catalog } = checker;
  const circle = circleFrom(call, flowId, catalog);
  if (circle !== undefined) {
    const names = [flowId, ...circle].map((id) => `\`${id}\``).join(' calls ');
    checker.report('call.cycle', `This never ends: ${names}; remove one of these calls.`, '/call');
  } else if (catalog.flows !== undefined && !catalog.flows.has(call)) {
    checker.report('call.unknown-flow', `There is no flow \`${call}\`.${suggestion(call, catalog.flows.keys())}`, '/call');
  }
}

/** The calls that lead from one flow back to another: `[from, …, back]`; the shortest, if there are any. */
function circleFrom(from: string, back: string, { flows }: Catalog): string[] | undefined {
  if (back === '') return undefined;
  const paths = [[from]];
  const seen = new Set([from]);
  for (const path of paths) {
    const last = path.at(-1) ?? '';
    if (last === back) return path;
    for (const next of flows?.get(last)?.calls ?? []) {
      if (!seen.has(next)) paths.push([...path, next]);
      seen.add(next);
    }
  }
  return undefined;
}
