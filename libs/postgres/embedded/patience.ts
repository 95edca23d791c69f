import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedPostgresError } from './errors.js';

const PAUSE_MS = 15;
const SAY_SO_AFTER_MS = 3_000;
const PATIENCE_MS = 120_000;

/** The outcome of one attempt: a result, or the reason to try again. */
export type Attempt<T> = { readonly done: T } | { readonly again: string };

/**
 * Repeats `attempt` until it is done, saying once why that takes long. Recovery after a crash replays up to about 1 GB of log.
 * @throws EmbeddedPostgresError `postgres.start-timeout` after two minutes
 */
export async function patiently<T>(attempt: () => Promise<Attempt<T>>, log: (line: string) => void): Promise<T> {
  const began = Date.now();
  let said = false;
  for (;;) {
    const outcome = await attempt();
    if ('done' in outcome) return outcome.done;
    const waited = Date.now() - began;
    if (waited > PATIENCE_MS) throw tooLate(outcome.again);
    if (!said && waited > SAY_SO_AFTER_MS) {
      said = true;
      log(`Waiting for Postgres to be ready (${outcome.again}).`);
    }
    await delay(PAUSE_MS);
  }
}

function tooLate(reason: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'postgres.start-timeout',
    `Postgres is not ready after two minutes (${reason}). It may still be recovering after a crash: ` +
      'postgres.log in MILLRACE_HOME says so. Start again to go on waiting for it.',
  );
}
