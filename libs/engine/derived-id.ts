import { stepEnvironment } from './determinism.js';

/**
 * A UUIDv7 (RFC 9562, section 5.7) of a time, the rest of it derived from what names the thing: asking twice gives the
 * same id. `time` is in milliseconds since the epoch.
 */
export function derivedId(runId: string, name: string, time: number): string {
  const rest = stepEnvironment(runId, name, time).uuid();
  const hex = Math.floor(time).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${rest.slice(15)}`;
}
