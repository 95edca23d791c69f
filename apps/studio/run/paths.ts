/** The id of the step at a path: `each[3].notify` is `notify`, `each[3]` is `each`, `both~2`, a later attempt, is `both`. */
export function stepIdOf(path: string): string {
  return (path.split('.').at(-1) ?? path).replace(/(~\d+)?(\[\d+\])?$/, '');
}

/** The iterations that a path stands in: `each[3].notify` is `each:3`. */
export function iterationsIn(path: string): string {
  return [...path.matchAll(/\[(\d+)\]/g)].map((match) => `${path.slice(0, match.index)}:${match[1]}`).join(',');
}
