import type { JsonSchema } from '@millrace/component-sdk';

/** Parts of the flow schema that several places refer to. */
export const conditionSchema = { $ref: '#/$defs/condition' } as const satisfies JsonSchema;
export const stepsSchema = { $ref: '#/$defs/steps' } as const satisfies JsonSchema;
export const durationSchema = { $ref: '#/$defs/duration' } as const satisfies JsonSchema;
