import type { RunView } from '../../control-api/index.js';
import { followRun, type Client } from '../client/index.js';
import { standing } from '../print/run.js';

/**
 * Follows a run until it ends. Says on standard error which run it is and, whenever that changes, what keeps it from going on: it may
 * be for long, or until a person acts.
 */
export async function waitFor(client: Pick<Client, 'get'>, id: string): Promise<RunView> {
  console.error(`Waiting for the run ${id}. Ctrl-C leaves it alone; millrace runs show ${id} shows it.`);
  let said = '';
  return followRun(client, id, (run) => {
    const now = standing(run).join('\n');
    if (now !== '' && now !== said) console.error(now);
    said = now;
  });
}
