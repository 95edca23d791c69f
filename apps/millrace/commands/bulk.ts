import type { BulkView } from '../../control-api/index.js';
import { inCommands } from '../client/index.js';
import { CommandError } from '../command.js';
import { printJson } from './output.js';

/**
 * What is done to many: counted first, and done only when the count was confirmed. Whoever names each of them has confirmed.
 * Resolves to the exit status.
 */
export async function confirmed(
  deed: string,
  { confirm, json }: { readonly confirm?: string; readonly json?: boolean },
  named: number,
  ask: (confirm: number | undefined) => Promise<BulkView>,
  /** What to know before it is confirmed, and once it is done, a line each. */
  warned: (answer: BulkView) => Promise<readonly string[]> = () => Promise.resolve([]),
): Promise<number> {
  const most = confirm === undefined ? named || undefined : wholeNumber(confirm);
  const answer = await ask(most);
  const { count, done, left, problems } = answer;
  if (json) {
    printJson(answer);
    return problems.length > 0 ? 1 : 0;
  }
  if (most === undefined) {
    for (const line of await warned(answer)) console.log(line);
    console.log(count === 0 ? 'There are none.' : `${count} would be ${deed}. Say --confirm ${count} to do it.`);
    return 0;
  }
  for (const { id, message } of problems) console.error(`${id}: ${inCommands(message)}`);
  console.log(`${done} of ${count} ${done === 1 ? 'was' : 'were'} ${deed}.${left > 0 ? ` ${left} are left: say it again.` : ''}`);
  if (done > 0) for (const line of await warned(answer)) console.log(line);
  return problems.length > 0 ? 1 : 0;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new CommandError(`--confirm takes how many it may be about, not ${JSON.stringify(text)}.`);
}
