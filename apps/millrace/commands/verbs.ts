import { withClient, type Client } from '../client/index.js';
import { CommandError } from '../command.js';

/** What a command does to the one thing that its second word names. */
export type Verb<V> = (client: Client, name: string, values: V) => Promise<void>;

export interface Verbs<V> {
  /** Without any word. */
  list(client: Client, values: V): Promise<void>;
  readonly verbs: Readonly<Record<string, Verb<V>>>;
  /** What to say to whoever writes anything else. */
  readonly mistake: string;
}

/** Runs a command that lists things or, with a verb and a name, does something to one of them. */
export function runVerb<V extends { readonly url?: string }>(
  { list, verbs, mistake }: Verbs<V>,
  values: V,
  words: readonly string[],
): Promise<void> {
  const [verb, name, ...rest] = words;
  if (verb === undefined) return withClient(values.url, (client) => list(client, values));
  const run = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  if (run === undefined || name === undefined || rest.length > 0) throw new CommandError(mistake);
  return withClient(values.url, (client) => run(client, name, values));
}
