import type { Json } from '@millrace/component-sdk';
import { objectOf } from '../flow/structure.js';
import type { Choice } from './choices.js';
import type { Loaded } from './loaded.js';
import { joined } from './value-tree.js';

/** How many fields a first request begins with. */
const FIELDS = 3;
const DEEPEST = 3;
/** What nobody would recognise an event by. */
const LONGEST = 200;

/** What names and distinguishes things, the most telling first. */
const TELLING: readonly RegExp[] = [
  /^(id|uuid|guid|key|number|ref|reference)$/i,
  /(_id|Id|_number|Number)$/,
  /e?mail/i,
  /name|type|event|status/i,
];

interface Found {
  readonly key: string;
  readonly path: string;
  readonly rank: number;
}

/**
 * The step of a choice, for a flow that has none yet: a request begins with what identifies the loaded event, so that there is
 * something to send and to see. Otherwise as it is.
 */
export function prefilled({ name, step }: Choice, { trigger }: Pick<Loaded, 'trigger'>): Json {
  if (name !== 'http.request') return step;
  const fields = identifying(objectOf(trigger)['body']);
  if (fields.length === 0) return step;
  const body = Object.fromEntries(fields.map(({ key, path }) => [key, `{{ ${path} }}`]));
  return { ...objectOf(step), with: { ...objectOf(objectOf(step)['with']), body } };
}

/** The fields by which a person tells this event from others: by their names, those near the top first. Each name once. */
export function identifying(body: Json | undefined): readonly { readonly key: string; readonly path: string }[] {
  const found = fieldsOf(body, 'trigger.body', 0).sort((a, b) => a.rank - b.rank);
  return found.filter(({ key }, at) => found.findIndex((one) => one.key === key) === at).slice(0, FIELDS);
}

function fieldsOf(value: Json | undefined, path: string, depth: number): Found[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || depth === DEEPEST) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    const inner = joined(path, key, false);
    if (typeof child === 'object') return fieldsOf(child, inner, depth + 1);
    if (typeof child === 'boolean' || (typeof child === 'string' && (child === '' || child.length > LONGEST))) return [];
    const telling = TELLING.findIndex((name) => name.test(key));
    return [{ key, path: inner, rank: (telling < 0 ? TELLING.length : telling) + depth * TELLING.length }];
  });
}
