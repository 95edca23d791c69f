import { makeFolder } from '@millrace/postgres';
import { StartError } from './start-error.js';

/** Makes MILLRACE_HOME where it is not there yet. Throws a StartError where it cannot be. */
export async function makeHome(home: string): Promise<void> {
  await makeFolder(home).catch((error: unknown) => {
    throw homeUnusable(home, error);
  });
}

/** Why nothing can be kept in MILLRACE_HOME. */
export function homeUnusable(home: string, error: unknown): StartError {
  if (error instanceof StartError) return error;
  return new StartError(
    'start.home-unusable',
    `MILLRACE_HOME (${home}) cannot be used: ${(error as Error).message}. Set it to a folder of yours.`,
  );
}
