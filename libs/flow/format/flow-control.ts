import type { Batch, Concurrency, Debounce, Rate } from '../types.js';
import { parseDuration } from '../units.js';
import { complain, optional, present, readChoice, readDuration, readFields, readText, readWhole, required } from './reader.js';
import type { Cursor } from './reader.js';

const second = 1000;
const day = 24 * 60 * 60 * second;

/** Bounds of what a flow may ask for. Durations in milliseconds. */
export const flowControlLimits = {
  /** Runs at a time. */
  concurrency: 10_000,
  /** Runs within `per`. */
  rate: 1_000_000,
  shortestPer: second,
  longestPer: day,
  /** Of `debounce` and `batch`: how long events may be held back. */
  longestWindow: 7 * day,
  /** Events of one batch: the run sees all of them at once. */
  batch: 10_000,
} as const;

export function readConcurrency(at: Cursor): Concurrency | undefined {
  const fields = readFields(at, { what: 'concurrency', keys: ['key', 'limit'] });
  if (fields === undefined) return undefined;
  const key = optional(fields, 'key', readText);
  const limit = required(fields, 'limit', readWhole(1, flowControlLimits.concurrency));
  return limit === undefined ? undefined : present({ key, limit });
}

export function readRate(at: Cursor): Rate | undefined {
  const fields = readFields(at, { what: 'rate', keys: ['limit', 'per'] });
  if (fields === undefined) return undefined;
  const limit = required(fields, 'limit', readWhole(1, flowControlLimits.rate));
  const per = required(fields, 'per', readDuration(flowControlLimits.shortestPer, flowControlLimits.longestPer));
  return limit === undefined || per === undefined ? undefined : { limit, per };
}

export const readPriority = readChoice(['high', 'normal', 'low']);

const readWindow = readDuration(1, flowControlLimits.longestWindow);

export function readDebounce(at: Cursor): Debounce | undefined {
  const fields = readFields(at, { what: 'debounce', keys: ['key', 'window', 'maxWait'] });
  if (fields === undefined) return undefined;
  const key = optional(fields, 'key', readText);
  const window = required(fields, 'window', readWindow);
  const maxWait = optional(fields, 'maxWait', (from) => readMaxWait(from, window));
  return window === undefined ? undefined : present({ key, window, maxWait });
}

function readMaxWait(at: Cursor, window: string | undefined): string | undefined {
  const maxWait = readWindow(at);
  if (maxWait === undefined || window === undefined || parseDuration(maxWait) >= parseDuration(window)) return maxWait;
  return complain(at, 'flow.bad-value', `This is shorter than the window of ${window}; the run would never wait for it.`);
}

export function readBatch(at: Cursor): Batch | undefined {
  const fields = readFields(at, { what: 'batch', keys: ['key', 'window', 'size'] });
  if (fields === undefined) return undefined;
  const key = optional(fields, 'key', readText);
  const window = required(fields, 'window', readWindow);
  const size = optional(fields, 'size', readWhole(1, flowControlLimits.batch));
  return window === undefined ? undefined : present({ key, window, size });
}
