import type { Json } from '@millrace/component-sdk';
import type { StepRow } from './records.js';

/** About how many bytes a value takes as JSON: exact to the quotes and escapes, and cheap, since nothing is written for it. */
export function sizeOf(value: Json | undefined): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object') return value === undefined ? 0 : 5;
  if (value === null) return 4;
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + sizeOf(item) + 1, 2);
  let sum = 2;
  for (const key in value) sum += key.length + 4 + sizeOf(value[key]);
  return sum;
}

/** About how many bytes a row adds to the journal; a cursor stands for those of all the items that its loop has finished. */
export function bytesOf({ kind, input, output }: StepRow): number {
  return kind === 'cursor' ? ((output as { bytes?: number }).bytes ?? 0) : sizeOf(input) + sizeOf(output);
}
