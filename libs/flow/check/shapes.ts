import type { JsonSchema } from '@millrace/component-sdk';
import type { FlowDraft } from '../format/parse.js';
import type { Trigger } from '../types.js';

const text = { type: 'string' } as const;
const texts = { type: 'object', additionalProperties: true } as const;
const file = {
  type: 'object',
  properties: { name: text, filename: {}, type: text, size: { type: 'integer' }, offset: { type: 'integer' } },
} as const;

/** What every run knows of what started it. */
const common = { id: text, receivedAt: text };

/** Fields of `trigger` that only requests have. */
export const requestFields = { headers: texts, query: texts, method: text, files: { type: 'array', items: file } } as const;

/** The shape of `trigger` as one event has it. The body is as open as the trigger's own schema leaves it. */
export function triggerShape(trigger: Trigger | undefined): JsonSchema {
  return { type: 'object', properties: fieldsOf(trigger) };
}

/** The shape of `trigger` as the steps see it: with `batch`, the list of the events' bodies, and nothing that only one event has. */
export function runShape({ trigger, batch }: FlowDraft): JsonSchema {
  if (batch === undefined) return triggerShape(trigger);
  const { body = {} } = fieldsOf(trigger);
  const items = { type: 'array', items: body } as const;
  return { type: 'object', properties: { ...common, body: { type: 'object', properties: { items }, additionalProperties: false } } };
}

function fieldsOf(trigger: Trigger | undefined): Record<string, JsonSchema> {
  // What a trigger that could not be read would have given is not known.
  if (trigger === undefined) return { body: {}, event: {}, ...requestFields, ...common };
  if (trigger.type === 'schedule') return { body: scheduleBody, ...common };
  if (trigger.type === 'event') return { body: {}, event: text, ...common };
  if (trigger.type === 'call') return { body: bodyShape(trigger.input), ...common };
  return { body: bodyShape(trigger.schema), ...requestFields, ...common };
}

const scheduleBody = {
  type: 'object',
  properties: { scheduledAt: text, previousAt: text },
  additionalProperties: false,
} as const satisfies JsonSchema;

function bodyShape(schema: JsonSchema | boolean | undefined): JsonSchema {
  return typeof schema === 'object' ? openUnlessClosed(schema) : {};
}

/** A schema for incoming bodies constrains what it names and allows the rest, so that only `false` closes it. */
function openUnlessClosed(schema: JsonSchema): JsonSchema {
  const { properties, items, additionalProperties = true, ...rest } = schema;
  const opened = properties && Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, openNested(inner)]));
  return { ...rest, ...(opened && { properties: opened }), ...(items && { items: openNested(items) }), additionalProperties };
}

function openNested(schema: JsonSchema): JsonSchema {
  return typeof schema === 'object' && schema !== null ? openUnlessClosed(schema) : schema;
}

/** What is found at a path below a value of this shape, as far as it is plainly told: objects and their properties. */
export function shapeAt(shape: JsonSchema | undefined, path: readonly string[]): JsonSchema | undefined {
  const [name, ...rest] = path;
  if (name === undefined || typeof shape !== 'object') return shape;
  return Object.hasOwn(shape.properties ?? {}, name) ? shapeAt(shape.properties?.[name], rest) : undefined;
}
