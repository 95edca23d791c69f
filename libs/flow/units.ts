const durationUnits = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const sizeUnits = { b: 1, kb: 1024, mb: 1024 * 1024 } as const;

/** The longest duration a flow may name: a year. */
export const longestDuration = 365 * durationUnits.d;

/** What a duration looks like: `500ms`, `30s`, `1.5m`, `24h`, `3d`. */
export const durationPattern = '^\\d+(\\.\\d+)?(ms|s|m|h|d)$';

/** What a size looks like: `512b`, `64kb`, `1mb`, in units of 1024. */
export const sizePattern = '^\\d+(\\.\\d+)?(b|kb|mb)$';

/** Milliseconds of a duration such as `500ms`, `30s`, `2m`, `24h` or `3d`. Throws a RangeError that says how to write one. */
export function parseDuration(text: string): number {
  const milliseconds = quantity(text, durationPattern, durationUnits);
  if (milliseconds === undefined)
    throw new RangeError(`\`${text}\` is not a duration; write a number and ms, s, m, h or d, such as \`30s\`.`);
  if (milliseconds > longestDuration) throw new RangeError(`\`${text}\` is longer than a year, the longest duration there is.`);
  return milliseconds;
}

/** The duration as a flow would write it, in the largest unit that divides it: `90s`, `2h`. */
export function formatDuration(milliseconds: number): string {
  const [unit, size] = Object.entries(durationUnits).findLast(([, candidate]) => milliseconds % candidate === 0) ?? ['ms', 1];
  return `${milliseconds / size}${unit}`;
}

/** Bytes of a size such as `512b`, `64kb` or `1mb` (units of 1024). Throws a RangeError that says how to write one. */
export function parseSize(text: string): number {
  const bytes = quantity(text, sizePattern, sizeUnits);
  if (bytes === undefined) throw new RangeError(`\`${text}\` is not a size; write a number and b, kb or mb, such as \`1mb\`.`);
  return bytes;
}

function quantity(text: string, pattern: string, units: Readonly<Record<string, number>>): number | undefined {
  if (!new RegExp(pattern).test(text)) return undefined;
  const unit = text.replace(/^[\d.]+/, '');
  return Math.round(Number.parseFloat(text) * (units[unit] ?? Number.NaN));
}
