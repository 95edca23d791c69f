import { loadConfig } from '@millrace/config';
import { createClient, notMillrace, type Client } from './client.js';
import { findInstance } from './instance.js';

export { errorMessage, type Client } from './client.js';
export { followRun } from './follow.js';
export { inCommands } from './wording.js';

/** Finds the instance, does the work, closes the connections. */
export async function withClient<T>(url: string | undefined, work: (client: Client) => Promise<T>): Promise<T> {
  const client = createClient(await findInstance(loadConfig(), url));
  try {
    return await work(client);
  } catch (error) {
    throw (await isOfStranger(error, client)) ? notMillrace() : error;
  } finally {
    await client.close();
  }
}

/** JSON of another server is read like ours until something in it is missing. Where it is Millrace, that is a defect of ours. */
async function isOfStranger(error: unknown, client: Client): Promise<boolean> {
  if (!(error instanceof TypeError)) return false;
  const description = await client.get<{ info?: { title?: unknown } }>('openapi.json').catch(() => undefined);
  return description?.info?.title !== 'Millrace';
}
