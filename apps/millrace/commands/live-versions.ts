import type { FlowList } from '../../control-api/index.js';
import type { Client } from '../client/index.js';

/** The live version of each flow that has one. */
export async function liveVersions(client: Client): Promise<ReadonlyMap<string, number>> {
  const { items } = await client.get<FlowList>('flows');
  return new Map(items.filter(({ version }) => version > 0).map(({ id, version }) => [id, version]));
}
