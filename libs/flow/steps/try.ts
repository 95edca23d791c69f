import { complain, optional, present, readList, required } from '../format/reader.js';
import type { Fields } from '../format/reader.js';
import { readErrorCode, errorCodePattern } from '../format/settings.js';
import { stepsSchema } from '../schema/parts.js';
import { errorShape } from '../schema/shapes.js';
import type { TryStep } from '../types.js';
import { defineStepKind } from './kind.js';
import type { InnerList } from './kind.js';

/**
 * Runs steps; `catch` takes over from one that fails, `finally` runs either way. It has no output of its own.
 * `catch` sees `error` and the steps of `try`; `finally` sees those of both and no `error`, as there may be none.
 */
export const tryKind = defineStepKind<TryStep>({
  key: 'try',
  settings: ['retry', 'timeout', 'onError'],
  keys: ['try', 'catch', 'on', 'finally'],
  required: ['try'],
  schema: {
    try: { ...stepsSchema, description: 'Steps that may fail.' },
    catch: { ...stepsSchema, description: 'Steps that run when one of them failed for good; they see `error`.' },
    on: {
      type: 'array',
      minItems: 1,
      items: { type: 'string', pattern: errorCodePattern },
      description: 'The error codes that `catch` takes, such as `http.4xx` or `timeout`; all where this is absent.',
    },
    finally: { ...stepsSchema, description: 'Steps that run either way.' },
  },
  together: { anyOf: [{ required: ['catch'] }, { required: ['finally'] }], dependencies: { on: ['catch'] } },
  read(fields, base, { readSteps }) {
    const attempt = required(fields, 'try', readSteps);
    refuseHalves(fields);
    return present({
      ...base,
      try: attempt ?? [],
      catch: optional(fields, 'catch', readSteps),
      on: optional(fields, 'on', readList(readErrorCode)),
      finally: optional(fields, 'finally', readSteps),
    });
  },
  inner: innerLists,
  expressions: () => [],
  output: () => 'none',
  ends: (step, endsList) => endsList(step.finally ?? []) || (endsList(step.try) && (step.catch === undefined || endsList(step.catch))),
});

function refuseHalves({ at, keys, values }: Fields): void {
  const on = values.get('on');
  if (on !== undefined && !keys.has('catch')) {
    complain(
      { ...on, node: keys.get('on') ?? on.node },
      'flow.key-no-effect',
      '`on` says which errors `catch` takes; add `catch` or remove `on`.',
    );
  }
  if (on?.node.type === 'array' && on.node.children?.length === 0) {
    complain(on, 'flow.bad-value', 'An empty list catches nothing; name at least one code, or remove `on` to catch all.');
  }
  if (keys.has('try') && !keys.has('catch') && !keys.has('finally')) {
    at.report(
      'flow.missing-key',
      '`try` needs `catch` or `finally`; without them, write its steps as they are.',
      { offset: at.node.offset, length: 1 },
      at.pointer,
    );
  }
}

function innerLists(step: TryStep): InnerList[] {
  const rescue = step.catch ?? [];
  return [
    { steps: step.try },
    { steps: rescue, names: { error: errorShape }, mayFollow: [step.try] },
    { steps: step.finally ?? [], mayFollow: [step.try, rescue], alongside: [step.try, rescue] },
  ];
}
