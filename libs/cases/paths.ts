/** What a path of a case names: a step of the flow, in loops of one item or of all (`each[*].post`). */
export function fits(pattern: string, path: string): boolean {
  return pattern === path || (pattern.includes('[*]') && pattern === path.replaceAll(/\[\d+\]/g, '[*]'));
}

/** The entry that names a path: the exact one before the one for all items. */
export function entryFor<T>(entries: Readonly<Record<string, T>>, path: string): readonly [string, T] | undefined {
  const key = [path, path.replaceAll(/\[\d+\]/g, '[*]')].find((candidate) => Object.hasOwn(entries, candidate));
  return key === undefined ? undefined : [key, entries[key] as T];
}
