import type { JsonSchema } from '@millrace/component-sdk';
import { errorCodePattern } from '../format/settings.js';
import { kinds } from '../steps/kinds.js';
import type { StepKind } from '../steps/kind.js';
import { flowIdPattern, stepIdPattern } from '../types.js';
import type { StepSettings } from '../types.js';
import { durationPattern } from '../units.js';
import { flowControlSchemas } from './flow-control.js';
import { closed, conditionSchema, durationSchema, stepsSchema } from './parts.js';
import { triggerSchemas } from './triggers.js';

const retry = closed({
  attempts: { type: 'integer', minimum: 1, maximum: 100, description: 'Tries in all, the first one included.' },
  delay: { ...durationSchema, description: 'Pause before the second try.' },
  backoff: { enum: ['fixed', 'exponential'], description: 'Whether the pause stays or doubles.' },
  maxDelay: { ...durationSchema, description: 'The longest pause.' },
  jitter: { type: 'boolean', description: 'Spread the pauses, so that many runs do not try at the same moment.' },
  on: {
    type: 'array',
    items: { type: 'string', pattern: errorCodePattern },
    description: 'Error codes to try again on, such as `http.429`, `http.5xx` or `timeout`.',
  },
  deadline: { ...durationSchema, description: 'No further try begins later than this after the first one began.' },
});

const settings: Readonly<Record<keyof StepSettings, JsonSchema>> = {
  retry: { ...retry, description: 'When a failed step is tried again; of a step with steps inside, all of them are.' },
  timeout: { ...durationSchema, description: 'How long one try may take; of a step with steps inside, all of it.' },
  onError: { enum: ['fail', 'continue'], description: 'What a failure for good does to the run.' },
  onCrash: {
    enum: ['repeat', 'stop'],
    description: 'What a crash in the middle of the step does: run it again, or stop and ask a person.',
  },
};

const common: Readonly<Record<string, JsonSchema>> = {
  id: { type: 'string', pattern: stepIdPattern, description: 'Unique in the file; later steps read `steps.<id>`.' },
  name: { type: 'string', description: 'For people.' },
  note: { type: 'string', description: 'For people.' },
  when: { ...conditionSchema, description: 'The step is skipped unless this holds.' },
};

function stepSchema(kind: StepKind): JsonSchema {
  const shared = Object.fromEntries(kind.settings.map((key) => [key, settings[key]]));
  return { ...closed({ ...common, ...shared, ...kind.schema }, ['id', ...kind.required]), ...kind.together };
}

const steps = Object.values(kinds as unknown as Record<string, StepKind>);

/** JSON Schema (draft-07, which editors know best) of a flow file: completion and hints. `checkFlow` knows more. */
export const flowSchema: JsonSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Millrace flow',
  description: 'One flow: what starts it and the steps it takes. Comments and trailing commas are allowed.',
  ...closed(
    {
      $schema: { type: 'string' },
      format: { const: 1, description: 'The version of this format.' },
      id: { type: 'string', pattern: flowIdPattern, description: 'Equal to the name of the file, without `.json`.' },
      name: { type: 'string', description: 'For people.' },
      note: { type: 'string', description: 'For people.' },
      enabled: { type: 'boolean', default: true, description: 'False pauses the flow.' },
      trigger: { $ref: '#/definitions/trigger' },
      defaults: { ...closed(settings), description: 'Settings for every step that does not set them itself.' },
      ...flowControlSchemas,
      steps: { ...stepsSchema, description: 'What the flow does, in this order.' },
      onError: { ...stepsSchema, description: 'Steps that run when a step failed for good; they see `error`.' },
    },
    ['format', 'id', 'trigger', 'steps'],
  ),
  definitions: {
    trigger: { anyOf: Object.keys(triggerSchemas).map((type) => ({ $ref: `#/definitions/${type}-trigger` })) },
    ...Object.fromEntries(Object.entries(triggerSchemas).map(([type, schema]) => [`${type}-trigger`, schema])),
    steps: { type: 'array', items: { $ref: '#/definitions/step' } },
    step: { anyOf: steps.map(({ key }) => ({ $ref: `#/definitions/${key}-step` })) },
    condition: { type: ['string', 'boolean'] },
    duration: { type: 'string', pattern: durationPattern },
    ...Object.fromEntries(steps.map((kind) => [`${kind.key}-step`, stepSchema(kind)])),
  },
};

/** The text of `flows/flow.schema.json`. */
export function flowSchemaText(): string {
  return `${JSON.stringify(flowSchema, undefined, 2)}\n`;
}
