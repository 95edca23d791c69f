import { readFile } from 'node:fs/promises';
import { webhookRules } from '@millrace/engine';
import { checkEndpoints, type CheckedEndpoints, type Endpoint, type Problem } from '@millrace/flow';
import type { EndpointEntity } from '@millrace/postgres';
import { schemaCheck } from './components.js';
import type { CredentialBook } from './credentials.js';
import type { LiveEndpoint, LiveFlow } from './live.js';

/** An endpoint as it was declared: by the file, or made through the API, which goes before the file. */
export interface DefinedEndpoint {
  readonly name: string;
  readonly source: 'file' | 'made';
  /** Made, and the file declares the same name. */
  readonly shadowsFile: boolean;
  /** As it was made; of the file what is in force. Undefined where nothing sound was ever declared. */
  readonly definition: object | undefined;
  /** 0 for one of the file. */
  readonly revision: number;
  readonly updatedAt: Date | undefined;
}

/** The declared endpoints: the text of each may be wrong, and its last good one then stays in force. */
export interface EndpointBook {
  readonly names: ReadonlySet<string>;
  readonly endpoints: ReadonlyMap<string, Endpoint>;
  readonly defined: ReadonlyMap<string, DefinedEndpoint>;
  readonly problems: readonly Problem[];
}

export const NO_ENDPOINTS: EndpointBook = { names: new Set(), endpoints: new Map(), defined: new Map(), problems: [] };

/** Reads and checks `endpoints.json`; a file that is not there declares none. Rejects when it cannot be read. */
export async function readEndpoints(path: string, credentials: CredentialBook, before: EndpointBook): Promise<EndpointBook> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new Error(`${path} cannot be read (${error.message}). Make it readable, or move it away.`, { cause: error });
  });
  if (text === undefined) return NO_ENDPOINTS;
  const checked = checkEndpoints(text, { credentials: credentials.known });
  if (!checked.readable) return { ...before, problems: checked.problems };
  const endpoints = inForce(checked, before);
  const defined = [...checked.names].map((name) => [name, ofFile(name, endpoints.get(name))] as const);
  return { names: checked.names, endpoints, defined: new Map(defined), problems: checked.problems };
}

function ofFile(name: string, definition: Endpoint | undefined): DefinedEndpoint {
  return { name, source: 'file', shadowsFile: false, definition, revision: 0, updatedAt: undefined };
}

/** Checks what was made through the API: it was sound then, and a credential may have gone since. */
export function checkMade(made: readonly EndpointEntity[], credentials: CredentialBook, before: EndpointBook): EndpointBook {
  const text = JSON.stringify(Object.fromEntries(made.map(({ name, definition }) => [name, definition])));
  const checked = checkEndpoints(text, { credentials: credentials.known });
  const defined = made.map(({ name, ...row }): DefinedEndpoint => ({ name, source: 'made', shadowsFile: false, ...row }));
  return {
    names: checked.names,
    endpoints: inForce(checked, before),
    defined: new Map(defined.map((one) => [one.name, one])),
    problems: checked.problems,
  };
}

/** Of a name in both the one that was made counts, whole, as with sealed credentials. */
export function beforeFile(made: EndpointBook, file: EndpointBook): EndpointBook {
  const shadows = (one: DefinedEndpoint): DefinedEndpoint => ({ ...one, shadowsFile: file.names.has(one.name) });
  const ofTheFile = file.problems.filter(({ path }) => !made.names.has(path.split('/')[1] ?? ''));
  return {
    names: new Set([...file.names, ...made.names]),
    endpoints: new Map([...[...file.endpoints].filter(([name]) => !made.names.has(name)), ...made.endpoints]),
    defined: new Map([...file.defined, ...[...made.defined].map(([name, one]) => [name, shadows(one)] as const)]),
    problems: [...ofTheFile, ...made.problems],
  };
}

/** A URL must not close, nor change how it verifies, because of a slip in what declares it. */
function inForce({ names, endpoints }: CheckedEndpoints, before: EndpointBook): ReadonlyMap<string, Endpoint> {
  const kept = [...names].flatMap((name) => {
    const endpoint = endpoints.get(name) ?? before.endpoints.get(name);
    return endpoint ? [[name, endpoint] as const] : [];
  });
  return new Map(kept);
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
