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

export const stepValueQuery = defineQuery({
  path: { type: 'string', description: 'The path of the step, such as `each[3].notify`. Required.' },
  part: { enum: ['input', 'output'], description: 'Default `output`.' },
  ...pointer,
});

const outline = {
  type: { enum: ['null', 'boolean', 'number', 'string', 'array', 'object'] },
  size: { type: 'integer', description: 'Of its JSON, in characters.' },
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

export type ValueChild = Infer<typeof childSchema>;
export type ValueView = Infer<typeof valueSchema>;
