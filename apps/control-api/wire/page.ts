import type { JsonSchema } from '@millrace/component-sdk';
import { firstPage, lowestId, type Found } from '@millrace/postgres';
import { MAX_ID } from './id-time.js';
import { storable } from './parts.js';

export const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

/** Query parameters that lists share. */
export const pageQuery = {
  before: { type: 'string', format: 'uuid', description: 'Only what is older than this id; `next` of the page before.' },
  limit: { type: 'integer', minimum: 1, maximum: MAX_LIMIT, description: `How many at the most; default ${DEFAULT_LIMIT}.` },
} as const satisfies Record<string, JsonSchema>;

/** Query parameters of lists that can be searched. */
export const searchQuery = {
  since: { type: 'string', format: 'date-time', description: 'Only what came at this moment or later.' },
  until: { type: 'string', format: 'date-time', description: 'Only what came before this moment.' },
  q: {
    ...storable,
    maxLength: 200,
    description: 'Only what has this text in its request, letter by letter (the case counts), or whose id begins or ends with it.',
  },
  ...pageQuery,
} as const satisfies Record<string, JsonSchema>;

interface Searched {
  readonly before?: string;
  readonly since?: string;
  readonly until?: string;
  readonly q?: string;
}

/** The parameters as bounds on ids, which begin with their time: the older one of `before` and `until` counts. */
export function bounds({ before, since, until, q }: Searched): { before?: string; since?: number; search?: string } {
  const bound = until === undefined ? before : [before ?? MAX_ID, lowestId(Date.parse(until))].sort()[0];
  return { before: bound, since: since === undefined ? undefined : Date.parse(since), search: q === '' ? undefined : q };
}

export const nextSchema = {
  type: ['string', 'null'],
  description:
    'The `before` of the next page; null on the last one. A page of a search may hold fewer than asked for, even none, and have a next one.',
} as const satisfies JsonSchema;

/** Items, newest first. */
export type Page<T> = Found<T>;

/** Asks for one item more than wanted, which tells whether there is another page. */
export function page<T extends { readonly id: string }>(
  limit: number = DEFAULT_LIMIT,
  load: (limit: number) => Promise<readonly T[]>,
): Promise<Page<T>> {
  return firstPage(limit, load);
}
