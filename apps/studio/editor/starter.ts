import type { EventView } from '../api/wire.js';
import { freeName } from '../flow/free-name.js';
import { newTrigger, type TriggerType } from './trigger/types.js';

/** What a flow that does not exist yet begins with. */
export interface Start {
  readonly name: string;
  readonly type?: TriggerType;
  /** The shared endpoint that it listens to. */
  readonly endpoint?: string | undefined;
}

/** The text of a flow that does not exist yet. */
export function starterText(id: string, { name, type = 'webhook', endpoint }: Start): string {
  const trigger = { ...newTrigger(type), ...(endpoint !== undefined && { endpoint }) };
  return `${JSON.stringify({ format: 1, id, name, trigger, steps: [] }, null, 2)}\n`;
}

/** The shared endpoint that took an event; undefined when it came to a flow's own URL. */
export function endpointOf(flowId: string): string | undefined {
  return /^endpoints\/(.+)$/.exec(flowId)?.[1];
}

/** An id that no flow has, from words: lower case, digits and hyphens. */
export function flowIdFrom(words: string, taken: readonly string[]): string {
  const plain =
    words
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^[^a-z]+|-+$/g, '')
      .slice(0, 50) || 'flow';
  return freeName(plain, taken);
}

/** What a flow that is built from an event is called: what the event calls itself, else where it came in. */
export function nameFrom({ body, flowId }: Pick<EventView, 'body' | 'flowId'>): string {
  const said = body.kind === 'parsed' ? (body.value as { type?: unknown; event?: unknown } | null) : null;
  const type = [said?.type, said?.event].find((value) => typeof value === 'string' && value.length < 60);
  return sentence(typeof type === 'string' ? type : `${endpointOf(flowId) ?? flowId} flow`);
}

function sentence(words: string): string {
  const spaced = words.replace(/[^A-Za-z0-9]+/g, ' ').trim();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
