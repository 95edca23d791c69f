import type { RunView } from '../../apps/control-api/index.js';
import type { TestInstance } from './instance.js';

/** A flow file with a webhook trigger. `trigger` holds what the trigger has beside its type. */
export function webhookFlow(id: string, trigger: object, steps: readonly object[] = [], rest: object = {}): Record<string, object> {
  return { [id]: { format: 1, id, trigger: { type: 'webhook', ...trigger }, steps, ...rest } };
}

/** How long something that happens by itself may take, on a busy machine. */
const PATIENCE_MS = 30_000;

/** Asks again until `found` has something; rejects after a generous while, saying what was awaited. */
export async function eventually<T>(what: string, found: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const value = await found();
    if (value !== undefined) return value;
    if (Date.now() > deadline) throw new Error(`Waited in vain for ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Resolves once it has printed this: what it prints comes by another way than its answers, and so perhaps after them. */
export async function printed({ output }: TestInstance, text: string | RegExp): Promise<void> {
  const there = (): boolean => (typeof text === 'string' ? output().includes(text) : text.test(output()));
  await eventually(`it to print ${text}`, async () => (there() ? true : undefined));
}

/** A POST of JSON. */
export function json(body: unknown): RequestInit {
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

const ENDS = ['succeeded', 'failed', 'cancelled', 'filtered'];

/** The run once it ended. */
export function endOf({ api }: TestInstance, runId: string): Promise<RunView> {
  return eventually(`the end of run ${runId}`, async () => {
    const run = await api<RunView>(`runs/${runId}`);
    return ENDS.includes(run.status) ? run : undefined;
  });
}
