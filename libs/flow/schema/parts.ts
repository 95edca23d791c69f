import type { JsonSchema } from '@millrace/component-sdk';

/** Parts of the flow schema that several places refer to. */
export const conditionSchema = { $ref: '#/definitions/condition' } as const satisfies JsonSchema;
export const stepsSchema = { $ref: '#/definitions/steps' } as const satisfies JsonSchema;
export const durationSchema = { $ref: '#/definitions/duration' } as const satisfies JsonSchema;

/** An object of the format: its keys and those of other tools, which begin with `x-`. */
export function closed(properties: Readonly<Record<string, JsonSchema>>, required: readonly string[] = []): JsonSchema {
  return { type: 'object', required, properties, patternProperties: { '^x-': {} }, additionalProperties: false };
}
