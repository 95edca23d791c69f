import { setTimeout as delay } from 'node:timers/promises';
import type { RunView } from '../../control-api/index.js';
import { followRun, type Client } from '../client/index.js';
import { CommandError } from '../command.js';

const PATIENCE_MS = 30_000;

/** The run once it has ended. Gives up, with a sentence, when it takes longer than any run of the demo should. */
export function follow(client: Client, runId: string, signal: AbortSignal): Promise<RunView> {
  const deadline = Date.now() + PATIENCE_MS;
  return followRun(client, runId, undefined, async (milliseconds) => {
    if (Date.now() > deadline) throw new CommandError(`Run ${runId} has not ended within ${PATIENCE_MS / 1000} s.`);
    await delay(milliseconds, undefined, { signal });
  });
}
