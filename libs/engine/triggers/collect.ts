import { StepError, type Json } from '@millrace/component-sdk';
import { parseDuration, type Flow } from '@millrace/flow';
import type { CollectSettings, Collecting } from '../collections.js';
import type { EventRecord, TriggerView } from '../records.js';
import { acceptKey } from './rules.js';
import { parseTrigger } from './webhook.js';

export interface CollectRule extends CollectSettings {
  /** Events of equal keys are collected together. Throws a StepError for an event that has none. */
  key(trigger: TriggerView): string;
}

/** The bodies of one batch take no more bytes than this: it is full then, whatever its size. */
export const MOST_BATCH_BYTES = 16 * 1024 * 1024;

/** What a full batch holds where its flow does not say. */
export const DEFAULT_BATCH_SIZE = 10_000;

/** Compiles what a checked flow says; undefined where each event has a run of its own. */
export function collectRule({ debounce, batch }: Pick<Flow, 'debounce' | 'batch'>): CollectRule | undefined {
  if (debounce) {
    const { key, window, maxWait } = debounce;
    const maxWaitMs = maxWait === undefined ? undefined : parseDuration(maxWait);
    return { kind: 'debounce', windowMs: parseDuration(window), maxWaitMs, key: keyOf(key, 'debounce.key') };
  }
  if (!batch) return undefined;
  const { key, window, size = DEFAULT_BATCH_SIZE } = batch;
  return { kind: 'batch', windowMs: parseDuration(window), size, key: keyOf(key, 'batch.key') };
}

/** An event for a flow that collects. Throws a StepError where its key cannot be made. */
export function collecting(
  flow: { readonly id: string; readonly version: number },
  { key, ...settings }: CollectRule,
  trigger: TriggerView,
  depth = 0,
): Collecting {
  return { ...settings, flowId: flow.id, version: flow.version, key: key(trigger), depth };
}

/** Events that lack what they are told apart by are not thrown together: one of them would stand for the others. */
function keyOf(source: string | undefined, where: string): CollectRule['key'] {
  if (source === undefined) return () => '';
  const resolve = acceptKey(source, where);
  return (trigger) => keyText(resolve(trigger), where);
}

function keyText(value: Json, where: string): string {
  if (value !== null && value !== '') return typeof value === 'string' ? value : JSON.stringify(value);
  const message = `\`${where}\` is ${value === null ? 'null' : 'an empty text'}; give a default with \`??\` if such events belong together.`;
  throw new StepError({ code: 'collect.key-missing', message, blame: 'remote' });
}

/** The event of a batch: its body is `{ items }`, the bodies of its events in their order, as expressions of each would see them. */
export async function batchEvent(flowId: string, id: string, receivedAt: number, events: readonly EventRecord[]): Promise<EventRecord> {
  const items: unknown[] = [];
  for (const event of events) items.push((await parseTrigger(event)).body);
  return {
    id,
    flowId,
    receivedAt,
    method: 'BATCH',
    url: '',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ items })),
    origin: { kind: 'batch', count: events.length },
  };
}
