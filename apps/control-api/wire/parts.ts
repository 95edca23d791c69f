import type { JsonSchema } from '@millrace/component-sdk';

/** Schemas that several answers share. Types are inferred from them, so that document and code cannot differ. */
export const id = { type: 'string', format: 'uuid' } as const satisfies JsonSchema;
export const time = { type: 'string', format: 'date-time' } as const satisfies JsonSchema;
export const timeOrNull = { type: ['string', 'null'], format: 'date-time' } as const satisfies JsonSchema;
/** A text that the database looks for or keeps: PostgreSQL takes every character but U+0000. */
export const storable = { type: 'string', pattern: '^[^\\u0000]*$' } as const satisfies JsonSchema;
/** The largest `integer` of PostgreSQL, which versions and revisions are. */
export const MAX_INTEGER = 2_147_483_647;
export const textOrNull = { type: ['string', 'null'] } as const satisfies JsonSchema;
export const headers = { type: 'object', additionalProperties: { type: 'string' } } as const satisfies JsonSchema;
export const anyJson = { description: 'Any JSON value; null when there is none.' } as const satisfies JsonSchema;

/** An object with exactly these members. */
export function exactly<const P extends Readonly<Record<string, JsonSchema>>>(title: string, properties: P) {
  return { title, type: 'object', properties, required: Object.keys(properties) as (keyof P)[], additionalProperties: false } as const;
}
