import { readFile } from 'node:fs/promises';
import { webhookRules } from '@millrace/engine';
import { checkEndpoints, type CheckedEndpoints, type Endpoint, type Problem } from '@millrace/flow';
import { schemaCheck } from './components.js';
import type { CredentialBook } from './credentials.js';
import type { LiveEndpoint, LiveFlow } from './live.js';

/** The declared endpoints: the text of each may be wrong, and its last good one then stays in force. */
export interface EndpointBook {
  readonly names: ReadonlySet<string>;
  readonly endpoints: ReadonlyMap<string, Endpoint>;
  readonly problems: readonly Problem[];
}

export const NO_ENDPOINTS: EndpointBook = { names: new Set(), endpoints: new Map(), problems: [] };

/** Reads and checks `endpoints.json`; a file that is not there declares none. Rejects when it cannot be read. */
export async function readEndpoints(path: string, credentials: CredentialBook, before: EndpointBook): Promise<EndpointBook> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new Error(`${path} cannot be read (${error.message}). Make it readable, or move it away.`, { cause: error });
  });
  if (text === undefined) return NO_ENDPOINTS;
  return inForce(checkEndpoints(text, { credentials: credentials.known }), before);
}

/** A URL must not close, nor change how it verifies, because of a slip in the file. */
function inForce({ names, endpoints, readable, problems }: CheckedEndpoints, before: EndpointBook): EndpointBook {
  if (!readable) return { ...before, problems };
  const kept = [...names].flatMap((name) => {
    const endpoint = endpoints.get(name) ?? before.endpoints.get(name);
    return endpoint ? [[name, endpoint] as const] : [];
  });
  return { names, endpoints: new Map(kept), problems };
}

/** Every declared endpoint with the flows that listen to it. */
export function livenEndpoints(book: EndpointBook, credentials: CredentialBook, flows: Iterable<LiveFlow>): Map<string, LiveEndpoint> {
  const listening = [...flows].filter(({ rules }) => rules !== undefined);
  const liveOf = (name: string): LiveEndpoint =>
    liven(
      name,
      book,
      credentials,
      listening.filter(({ endpoint }) => endpoint === name),
    );
  return new Map([...book.names].map((name) => [name, liveOf(name)]));
}

function liven(name: string, book: EndpointBook, credentials: CredentialBook, listeners: readonly LiveFlow[]): LiveEndpoint {
  const problems = book.problems.filter(({ path }) => path === `/${name}` || path.startsWith(`/${name}/`));
  const base = { id: `endpoints/${name}`, name, enabled: true as const, listeners, problems };
  const endpoint = book.endpoints.get(name);
  const credential = endpoint?.credential === undefined ? undefined : credentials.get(endpoint.credential);
  // A URL must never be open because its credential could not be had.
  if (!endpoint || (endpoint.credential !== undefined && !credential)) return { ...base, rules: undefined, credential: undefined };
  return { ...base, rules: webhookRules({ type: 'webhook', ...endpoint }, schemaCheck), credential };
}
