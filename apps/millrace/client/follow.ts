import { setTimeout as sleep } from 'node:timers/promises';
import type { RunView } from '../../control-api/index.js';
import type { Client } from './client.js';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

const ACTIVE: readonly RunView['status'][] = ['queued', 'running', 'waiting'];

/** Asks for the run, less and less often, until it has ended; `look` gets it each time that it goes on yet. */
export async function followRun(
  client: Pick<Client, 'get'>,
  id: string,
  look: (run: RunView) => void = () => undefined,
  pause: (milliseconds: number) => Promise<unknown> = sleep,
): Promise<RunView> {
  for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(wait * 1.5, LONGEST_PAUSE_MS)) {
    const run = await client.get<RunView>(`runs/${id}`);
    if (!ACTIVE.includes(run.status)) return run;
    look(run);
    await pause(wait);
  }
}
