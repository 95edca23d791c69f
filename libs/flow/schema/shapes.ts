import type { JsonSchema } from '@millrace/component-sdk';

const text = { type: 'string' } as const;

/** What `error` holds in `catch` and `onError`. */
export const errorShape = {
  type: 'object',
  properties: { code: text, message: text, step: text, status: {}, attempt: {} },
} as const satisfies JsonSchema;
