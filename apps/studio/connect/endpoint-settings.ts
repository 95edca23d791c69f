import type { Json } from '@millrace/component-sdk';
import { objectOf, type JsonObject } from '../flow/structure.js';

/** One setting of an endpoint, as a line of a form. */
export interface EndpointField {
  /** JSON pointer into the definition. */
  readonly pointer: string;
  readonly label: string;
  /** `list`: texts with commas between them. */
  readonly kind: 'text' | 'number' | 'list' | 'json';
  readonly description?: string;
}

/** What can be said of requests, in the order in which it is looked at. */
export const ENDPOINT_FIELDS: readonly EndpointField[] = [
  { pointer: '/methods', label: 'Methods', kind: 'list', description: 'Such as POST, PUT; POST, unless said.' },
  { pointer: '/limit', label: 'Largest body', kind: 'text', description: 'Such as 5mb; 1mb, unless said. Larger ones are answered 413.' },
  {
    pointer: '/accept',
    label: 'Types',
    kind: 'list',
    description: 'Such as application/json. Others are answered 415; all are taken, unless said.',
  },
  { pointer: '/encodings', label: 'Codings', kind: 'list', description: 'Of gzip, deflate and br, those that are undone.' },
  { pointer: '/rateLimit/limit', label: 'Requests', kind: 'number', description: 'What goes beyond is answered 429.' },
  { pointer: '/rateLimit/per', label: 'Within', kind: 'text', description: 'Such as 1m.' },
  {
    pointer: '/rateLimit/key',
    label: 'Counted by',
    kind: 'text',
    description: 'Such as {{ trigger.body.shop }}: each value by itself. All together, unless said.',
  },
  {
    pointer: '/dedupe/key',
    label: 'Once for each',
    kind: 'text',
    description: 'Such as {{ trigger.body.id }}. Repeated ones are answered 200 and run nothing.',
  },
  { pointer: '/dedupe/window', label: 'Remembered for', kind: 'text', description: 'Such as 7d.' },
  {
    pointer: '/respond',
    label: 'Answer',
    kind: 'json',
    description: 'Such as { "status": 204 } or { "status": 200, "body": "ok" }; 202 with the ids, unless said.',
  },
];

/** A setting as the text of its field. */
export function shownSetting(definition: JsonObject, { pointer, kind }: EndpointField): string {
  const value = keysOf(pointer).reduce<Json | undefined>((json, key) => objectOf(json)[key], definition);
  if (value === undefined) return '';
  if (kind === 'list' && Array.isArray(value)) return value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * The definition with a setting as it was typed; an empty text takes it away, and what is left empty with it. What cannot be read as
 * what it should be stays text: the check says what is wrong with it.
 */
export function withSetting(definition: JsonObject, { pointer, kind }: EndpointField, text: string): JsonObject {
  return replaced(definition, keysOf(pointer), text.trim() === '' ? undefined : read(kind, text));
}

function read(kind: EndpointField['kind'], text: string): Json {
  if (kind === 'list') {
    return text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  }
  if (kind === 'text') return text;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function replaced(json: JsonObject, [key = '', ...rest]: readonly string[], value: Json | undefined): JsonObject {
  const next = rest.length === 0 ? value : replaced(objectOf(json[key]), rest, value);
  const isEmpty = next === undefined || (rest.length > 0 && Object.keys(next as JsonObject).length === 0);
  if (!isEmpty) return { ...json, [key]: next };
  const { [key]: _gone, ...others } = json;
  return others;
}

function keysOf(pointer: string): readonly string[] {
  return pointer.split('/').slice(1);
}
