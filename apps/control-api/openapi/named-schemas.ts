/** A value in which schemas stand by reference, and the schemas. */
export interface NamedSchemas {
  readonly value: unknown;
  readonly schemas: Readonly<Record<string, unknown>>;
}

/**
 * Replaces every schema that has a title by a reference to it under `#/components/schemas`. Two different schemas with
 * one title are a defect of the caller and throw.
 */
export function withNamedSchemas(value: unknown): NamedSchemas {
  const found = new Map<string, { readonly source: string; readonly schema: unknown }>();
  const visit = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(visit);
    if (typeof node !== 'object' || node === null) return node;
    const copy = Object.fromEntries(Object.entries(node).map(([key, child]) => [key, visit(child)]));
    return isNamed(node) ? reference(node.title, copy) : copy;
  };
  const reference = (title: string, { description, ...schema }: Record<string, unknown>): object => {
    const source = JSON.stringify(schema);
    const known = found.get(title);
    if (known !== undefined && known.source !== source) throw new Error(`Two schemas have the title ${title}.`);
    found.set(title, { source, schema });
    return { $ref: `#/components/schemas/${title}`, ...(description === undefined ? {} : { description }) };
  };
  const referring = visit(value);
  const names = [...found.keys()].sort();
  return { value: referring, schemas: Object.fromEntries(names.map((name) => [name, found.get(name)?.schema])) };
}

function isNamed(node: object): node is { title: string } {
  return 'title' in node && typeof node.title === 'string' && 'type' in node;
}
