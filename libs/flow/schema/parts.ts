import type { JsonSchema } from '@millrace/component-sdk';

/** Parts of the flow schema that several places refer to. */
export const conditionSchema = { $ref: '#/definitions/condition' } as const satisfies JsonSchema;
export const stepsSchema = { $ref: '#/definitions/steps' } as const satisfies JsonSchema;
export const durationSchema = { $ref: '#/definitions/duration' } as const satisfies JsonSchema;
