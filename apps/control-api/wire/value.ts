import type { Infer } from '@millrace/component-sdk';
import { anyJson, exactly } from './parts.js';
import { defineQuery } from './query.js';

const pointer = {
  at: {
    type: 'string',
    pattern: '^(/[^\\u0000]*)?$',
    maxLength: 2000,
    description: 'JSON pointer (RFC 6901) into the value; default all of it.',
  },
  from: { type: 'integer', minimum: 0, description: 'The first child to show; `next` of the page before.' },
} as const;

export const eventValueQuery = defineQuery(pointer);

const stepPath = { type: 'string', description: 'The path of the step, such as `each[3].notify`. Required.' } as const;
const stepPart = { enum: ['input', 'output'], description: 'Default `output`.' } as const;

export const stepValueQuery = defineQuery({
  path: stepPath,
  part: stepPart,
  ...pointer,
});

const outline = {
  type: { enum: ['null', 'boolean', 'number', 'string', 'array', 'object'] },
  size: { type: 'integer', description: 'Of its JSON, in bytes.' },
  count: { type: 'integer', description: 'Items, members or characters.' },
  whole: { type: 'boolean', description: 'Whether `value` is all of it.' },
  value: { ...anyJson, description: 'Null unless it is whole.' },
} as const;

const childSchema = exactly('ValueChild', { key: { type: 'string' }, ...outline });

export const valueSchema = exactly('Value', {
  ...outline,
  text: { type: ['string', 'null'], description: 'The beginning of a text that is too large.' },
  items: { type: 'array', items: childSchema, description: 'Some children of an array or object that is too large.' },
  next: { type: ['integer', 'null'], description: 'The `from` of the next children.' },
});

export const stepBeginningQuery = defineQuery({ path: stepPath, part: stepPart });

export const beginningSchema = exactly('Beginning', {
  text: { type: 'string', description: 'The first 64 kB, as they were written.' },
  size: { type: 'integer', description: 'Of all of it, in bytes.' },
});

export type Beginning = Infer<typeof beginningSchema>;

const find = {
  q: {
    type: 'string',
    minLength: 1,
    maxLength: 200,
    description: 'A path such as `items[3].sku`, or a text of a key or a value; the case does not count. Required.',
  },
} as const;

export const eventValueSearchQuery = defineQuery(find);
export const stepValueSearchQuery = defineQuery({ path: stepPath, part: stepPart, ...find });

const matchSchema = exactly('ValueMatch', {
  at: { type: 'string', description: 'JSON pointer of what was found.' },
  type: outline.type,
  count: outline.count,
  text: { type: ['string', 'null'], description: 'A scalar as JSON, cut; null for arrays and objects.' },
});

export const valueMatchesSchema = exactly('ValueMatches', {
  items: { type: 'array', items: matchSchema },
  more: { type: 'boolean', description: 'There are more than are named.' },
});

export type ValueMatch = Infer<typeof matchSchema>;
export type ValueMatches = Infer<typeof valueMatchesSchema>;
export type ValueChild = Infer<typeof childSchema>;
export type ValueView = Infer<typeof valueSchema>;
