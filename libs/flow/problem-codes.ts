interface CodeEntry {
  readonly severity: 'error' | 'warning';
  readonly means: string;
}

function error(means: string): CodeEntry {
  return { severity: 'error', means };
}

function warning(means: string): CodeEntry {
  return { severity: 'warning', means };
}

/** Every code a problem can have. Codes are stable: tools may match them. */
export const problemCodes = {
  'flow.syntax': error('the text is not JSON with comments'),
  'flow.too-large': error('the file is larger than a flow may be'),
  'flow.too-deep': error('the file nests deeper than a flow may'),
  'flow.duplicate-key': error('a key stands twice in one object'),
  'flow.forbidden-key': error('a key that is never allowed'),
  'flow.newer-format': error('the file is of a format this build does not know'),
  'flow.unknown-key': error('a key that the format does not have'),
  'flow.key-no-effect': error('a key that means nothing where it stands'),
  'flow.conflicting-keys': error('keys that exclude each other'),
  'flow.missing-key': error('a key that must be there'),
  'flow.wrong-type': error('a value of the wrong kind'),
  'flow.bad-value': error('a value of the right kind that is not allowed'),
  'flow.bad-id': error('an id that is not written as ids are'),
  'flow.id-differs': error('the id is not the name of the file'),
  'flow.duplicate-step': error('two steps have the same id'),
  'flow.no-step-kind': error('a step without a key that says what it is'),
  'flow.two-step-kinds': error('a step with two keys that say what it is'),
  'flow.bad-condition': error('a condition that is not one whole expression'),
  'flow.expression-not-allowed': error('an expression where only a constant is allowed'),
  'flow.not-acceptable': error('an expression that cannot run while a request is accepted'),
  'flow.constant-key': error('a key that would be the same for every event'),
  'flow.bad-schema': error('a JSON Schema that is not one'),
  'flow.second-respond': error('a step that would answer a caller again'),
  'flow.missing-respond': error('a caller who waits for a `respond` step that the flow does not have'),
  'flow.unread-url': warning('a wait for a webhook whose URL nothing reads'),
  'flow.unreachable': warning('a step that can never run'),
  'flow.duplicate-case': warning('a case that an earlier one always takes'),
  'call.unknown-flow': error('a flow that does not exist'),
  'call.cycle': error('flows that would call each other without end'),
  'component.unknown': error('a component that is not installed'),
  'component.unknown-prop': error('a prop that the component does not have'),
  'component.missing-prop': error('a prop that the component needs'),
  'component.bad-prop': error('a prop whose value the component does not take'),
  'credential.unknown': error('a credential that is not defined'),
  'credential.required': error('a component that needs a credential'),
  'credential.not-taken': error('a component that takes no credential'),
  'credential.wrong-type': error('a credential of a type that cannot be used here'),
  'credential.broken': error('a credential whose definition is wrong'),
  'credential.missing-secret': error('a credential whose variable is not set'),
  'endpoint.unknown': error('a shared endpoint that endpoints.json does not declare'),
  'endpoint.cannot-await': error('a shared endpoint whose callers would wait for a run'),
  'endpoint.key-elsewhere': error('a key that belongs to the shared endpoint and not to a flow that listens to it'),
  'expression.syntax': error('an expression that cannot be read'),
  'expression.never-equal': warning('a comparison with what the value never is'),
  'reference.unknown-root': error('a name that expressions do not see'),
  'reference.unknown-step': error('a step that does not exist'),
  'reference.not-before': error('a step that does not surely run earlier'),
  'reference.no-resume': error('a step that does not wait for a webhook'),
  'reference.outside-loop': error('what exists once per item, read outside the loop'),
  'reference.no-output': error('a step that has no output'),
  'reference.unknown-field': error('a field that the value does not have'),
  'reference.may-be-missing': warning('a step that may have been skipped, without a default'),
} as const satisfies Record<string, CodeEntry>;

export type ProblemCode = keyof typeof problemCodes;
