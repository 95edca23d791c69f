import { readCredentials, type CredentialBook } from '@millrace/catalog';
import type { Config } from '@millrace/config';
import type { Credential } from '@millrace/credentials';
import { createClient } from '../../client/client.js';
import { findInstance } from '../../client/instance.js';
import { CommandError } from '../../command.js';
import type { Stage, Undo } from './stage.js';

/**
 * An instance that runs already. Events are signed with the secrets of this machine's configuration, which must be the
 * instance's too; what its flows send goes to wherever its own credentials lead.
 */
export async function openRunningStage(config: Config, url: string, later: Undo): Promise<Stage> {
  const client = createClient(await findInstance(config, url));
  later(() => client.close());
  const book = await readCredentials(config.credentials, config.variable);
  return {
    client,
    about: `${client.instance.url}, running already: its flows send to wherever its credentials lead`,
    credential: (name) => credentialOf(book, name, config.credentials),
    arrivals: () => undefined,
    output: () => '',
  };
}

function credentialOf(book: CredentialBook, name: string, path: string): Credential {
  const credential = book.get(name);
  if (credential) return credential;
  const missing = book.known.get(name)?.missing;
  if (missing === undefined) throw new CommandError(`${path} does not define "${name}" well. millrace validate says more.`);
  throw new CommandError(`The credential ${name} needs the environment variable ${missing}: set it here as on the server.`);
}
