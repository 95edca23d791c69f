const name = '[a-z0-9]+([.-][a-z0-9]+)*';

/** What the name of an event looks like: `order.paid`, `flow.failed`. */
export const eventNamePattern = `^${name}$`;

/** What a trigger may listen to: a name, a beginning such as `order.*`, or `*` for every event. */
export const eventPattern = `^(\\*|${name}(\\.\\*)?)$`;

/** Whether an event of this name starts a flow that listens to `pattern`: `order.*` takes `order.paid` and not `order`. */
export function matchesEvent(pattern: string, event: string): boolean {
  if (pattern === '*') return true;
  return pattern.endsWith('.*') ? event.startsWith(pattern.slice(0, -1)) : event === pattern;
}
