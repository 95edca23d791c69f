import { loadConfig } from '@millrace/config';
import { createClient, type Client } from './client.js';
import { findInstance } from './instance.js';

export { errorMessage, type Client } from './client.js';
export { followRun } from './follow.js';

/** Finds the instance, does the work, closes the connections. */
export async function withClient<T>(url: string | undefined, work: (client: Client) => Promise<T>): Promise<T> {
  const client = createClient(await findInstance(loadConfig(), url));
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}
