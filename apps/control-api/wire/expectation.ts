import type { ErrorObject } from 'ajv';

const FORMATS: Readonly<Record<string, string>> = {
  uuid: 'must be a UUID',
  'date-time': 'must be a time such as 2026-01-31T12:00:00Z',
};

/** What a value must be, by the keyword of the schema that it breaks. */
const EXPECTATIONS: Readonly<Record<string, (error: ErrorObject) => string>> = {
  format: ({ params }) => FORMATS[(params as { format: string }).format] ?? 'does not fit',
  pattern: () => 'has a character or a form that cannot be used here',
  enum: ({ params }) => `must be one of ${(params as { allowedValues: string[] }).allowedValues.join(', ')}`,
  minimum: bound,
  maximum: bound,
  type: ({ params }) => `must be one ${(params as { type: string }).type}`,
};

/** What a value had to be, to go on a sentence that begins with its name. */
export function expectation(error: ErrorObject | undefined): string {
  return error === undefined ? 'does not fit' : (EXPECTATIONS[error.keyword]?.(error) ?? error.message ?? 'does not fit');
}

function bound({ keyword, params }: ErrorObject): string {
  return `must be ${String((params as { limit: number }).limit)} or ${keyword === 'minimum' ? 'more' : 'less'}`;
}
