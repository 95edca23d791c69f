/** The iterations that a path stands in: `each[3].notify` is `each:3`. */
export function iterationsIn(path: string): string {
  return [...path.matchAll(/\[(\d+)\]/g)].map((match) => `${path.slice(0, match.index)}:${match[1]}`).join(',');
}
