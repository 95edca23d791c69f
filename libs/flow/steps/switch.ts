import type { Json } from '@millrace/component-sdk';
import { complain, optional, present, readFields, readJson, readList, required } from '../format/reader.js';
import type { Cursor } from '../format/reader.js';
import { stepsSchema } from '../schema/parts.js';
import type { SwitchCase, SwitchStep } from '../types.js';
import { defineStepKind } from './kind.js';
import type { ExpressionSite, ReadContext, StepChecker } from './kind.js';

/** Many branches: the first case that fits, else `default`. It has no output of its own. */
export const switchKind = defineStepKind<SwitchStep>({
  key: 'switch',
  settings: ['retry', 'timeout', 'onError'],
  keys: ['switch', 'cases', 'default'],
  required: ['switch', 'cases'],
  schema: {
    switch: {
      oneOf: [{ type: 'string' }, { const: true }],
      description: 'The value that cases compare with, `{{ trigger.body.kind }}`; or true, and each case is a condition of its own.',
    },
    cases: {
      type: 'array',
      description: 'Tried in order; the first that fits is taken.',
      items: {
        type: 'object',
        required: ['when', 'steps'],
        properties: {
          when: { description: 'A value, or a list of values; with `"switch": true` a condition.' },
          steps: { ...stepsSchema, description: 'Steps that run when this case is taken.' },
        },
        patternProperties: { '^x-': {} },
        additionalProperties: false,
      },
    },
    default: { ...stepsSchema, description: 'Steps that run when no case fits.' },
  },
  read(fields, base, context) {
    const value = required(fields, 'switch', readSubject);
    const cases = required(
      fields,
      'cases',
      readList((at) => readCase(at, context)),
    );
    const fallback = optional(fields, 'default', context.readSteps);
    return present({ ...base, switch: value ?? true, cases: cases ?? [], default: fallback });
  },
  inner: (step) => [
    ...step.cases.map(({ steps }, index) => ({ steps, where: step.switch === true ? `/cases/${index}/when` : '/switch' })),
    { steps: step.default ?? [], unless: '/switch' },
  ],
  expressions: (step) => [...subjectSites(step), ...step.cases.map(({ when }, index) => caseSite(step, when, index))],
  output: () => 'none',
  ends: (step, endsList) => endsList(step.default ?? []) && step.cases.every(({ steps }) => endsList(steps)),
  check: reportRepeatedCases,
});

function readSubject(at: Cursor): string | true | undefined {
  if (at.node.type === 'string') return String(at.node.value);
  if (at.node.type === 'boolean' && at.node.value === true) return true;
  return complain(at, 'flow.wrong-type', 'Switch takes an expression, such as `{{ trigger.body.kind }}`, or true.');
}

// An unreadable case keeps its place, so that the pointers of its siblings stay right.
function readCase(at: Cursor, { readSteps }: ReadContext): SwitchCase {
  const fields = readFields(at, { what: 'a case', keys: ['when', 'steps'] });
  const when = fields && required(fields, 'when', readJson);
  const steps = fields && required(fields, 'steps', readSteps);
  return { when: when ?? null, steps: steps ?? [] };
}

// A missing value fits no case: no need of a default.
function subjectSites(step: SwitchStep): ExpressionSite[] {
  return typeof step.switch === 'string' ? [{ pointer: '/switch', value: step.switch, use: 'condition' }] : [];
}

function caseSite(step: SwitchStep, when: Json, index: number): ExpressionSite {
  const site = { pointer: `/cases/${index}/when`, value: when };
  return step.switch === true ? { ...site, use: 'condition' } : { ...site, use: 'constant', comparedWith: '/switch' };
}

function reportRepeatedCases(step: SwitchStep, checker: StepChecker): void {
  const seen = new Set<string>();
  for (const [index, { when }] of step.cases.entries()) {
    const values = (Array.isArray(when) && step.switch !== true ? when : [when]).map((value) => JSON.stringify(value));
    if (values.length > 0 && values.every((value) => seen.has(value))) {
      checker.report('flow.duplicate-case', 'An earlier case always takes this; remove one.', `/cases/${index}/when`);
    }
    for (const value of values) seen.add(value);
  }
}
