import { checkComponent } from '../check/component.js';
import { optional, present, readJson, readMap, readText, required } from '../format/reader.js';
import type { UseStep } from '../types.js';
import { defineStepKind } from './kind.js';

/** Runs a component; its output is what the component gives. */
export const useKind = defineStepKind<UseStep>({
  key: 'use',
  keys: ['use', 'credential', 'with'],
  required: ['use'],
  schema: {
    use: { type: 'string', description: 'The component, `<vendor>.<verb-noun>`, such as `slack.send-message`.' },
    credential: { type: 'string', description: 'The name of a credential in credentials.json.' },
    with: { type: 'object', description: 'The props of the component. Strings may hold `{{ expressions }}`.' },
  },
  read(fields, base) {
    const use = required(fields, 'use', readText);
    const credential = optional(fields, 'credential', readText);
    const props = optional(fields, 'with', readMap(readJson));
    return use === undefined ? undefined : present({ ...base, use, credential, with: props });
  },
  settings: ['retry', 'timeout', 'onError', 'onCrash'],
  expressions: (step) => (step.with === undefined ? [] : [{ pointer: '/with', value: { ...step.with }, use: 'value' }]),
  output: (step, { catalog: { components } }) => components.get(step.use)?.output ?? 'unknown',
  check: checkComponent,
});
