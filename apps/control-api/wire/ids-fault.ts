/** What is wrong when a body says both which items exactly, and filters: one of them would be passed over. */
export function idsFault(ids: readonly string[] | undefined, filters: Readonly<Record<string, unknown>>): string | undefined {
  const given = Object.keys(filters).filter((name) => filters[name] !== undefined);
  if (ids === undefined || given.length === 0) return undefined;
  return `\`ids\` says exactly which: leave ${quoted(given)} out, or \`ids\`.`;
}

/** Names of members, as sentences write them. */
export function quoted(names: readonly string[], between = ', '): string {
  return names.map((name) => `\`${name}\``).join(between);
}
