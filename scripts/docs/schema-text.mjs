/** What a JSON Schema takes, in a few words: `text`, `list of whole number`, `"a" or "b"`. */
export function typeText(schema = {}) {
  if (schema.$ref !== undefined) return schema.$ref.split('/').at(-1);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' or ');
  const alternatives = schema.anyOf ?? schema.oneOf;
  // An alternative without a type narrows (`required`, `pattern`); it says nothing of what a value is.
  if (!schema.type && alternatives) return unique(alternatives.map(typeText)).join(' or ');
  return unique([schema.type ?? 'anything'].flat().map((type) => NAMES[type]?.(schema) ?? type)).join(' or ');
}

const NAMES = {
  string: () => 'text',
  integer: () => 'whole number',
  boolean: () => 'true or false',
  anything: () => 'anything',
  array: ({ items }) => (items ? `list of ${typeText(items)}` : 'list'),
  object: ({ additionalProperties: values }) => (typeof values === 'object' ? `object of ${typeText(values)}` : 'object'),
};

function unique(texts) {
  return [...new Set(texts)];
}

/** Limits worth knowing before running into them. */
export function limitText({ minLength, maxLength, minItems, maxItems, minimum, maximum, format, default: preset }) {
  const limits = [
    range('characters', minLength, maxLength),
    range('items', minItems, maxItems),
    range('', minimum, maximum),
    format && `Format ${format}.`,
    preset === undefined ? undefined : `Default ${JSON.stringify(preset)}.`,
  ];
  return limits.filter(Boolean).join(' ');
}

function range(noun, from, to) {
  if (from === undefined && to === undefined) return undefined;
  const bounds = from === undefined ? `At most ${to}` : to === undefined ? `At least ${from}` : `${from} to ${to}`;
  return `${bounds}${noun && ` ${noun}`}.`;
}
