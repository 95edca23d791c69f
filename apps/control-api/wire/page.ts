import type { JsonSchema } from '@millrace/component-sdk';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

/** Query parameters that lists share. */
export const pageQuery = {
  before: { type: 'string', format: 'uuid', description: 'Only what is older than this id; `next` of the page before.' },
  limit: { type: 'integer', minimum: 1, maximum: MAX_LIMIT, description: `How many at the most; default ${DEFAULT_LIMIT}.` },
} as const satisfies Record<string, JsonSchema>;

export const nextSchema = {
  type: ['string', 'null'],
  description: 'The `before` of the next page; null on the last one.',
} as const satisfies JsonSchema;

/** Items, newest first. */
export interface Page<T> {
  readonly items: T[];
  readonly next: string | null;
}

/** Asks for one item more than wanted, which tells whether there is another page. */
export async function page<T extends { readonly id: string }>(
  limit: number = DEFAULT_LIMIT,
  load: (limit: number) => Promise<readonly T[]>,
): Promise<Page<T>> {
  const found = await load(limit + 1);
  const items = found.slice(0, limit);
  return { items, next: found.length > limit ? (items.at(-1)?.id ?? null) : null };
}
