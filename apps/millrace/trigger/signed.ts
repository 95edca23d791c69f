import { readCredentials } from '@millrace/catalog';
import { isStepError } from '@millrace/component-sdk';
import type { Config } from '@millrace/config';
import type { Credential, OutgoingRequest } from '@millrace/credentials';
import type { FlowView } from '../../control-api/index.js';
import { CommandError } from '../command.js';
import type { Payload } from './payload.js';

/** How a flow with a URL is started. */
export type HookTrigger = Pick<NonNullable<FlowView['trigger']>, 'methods' | 'credential'> & { readonly url: string };

/** The credential that the flow's URL asks for, from the credentials file here; nothing for an open URL. */
export async function triggerCredential(
  { credential: name }: HookTrigger,
  { credentials, variable }: Pick<Config, 'credentials' | 'variable'>,
): Promise<Credential | undefined> {
  if (name === null) return undefined;
  const book = await readCredentials(credentials, variable);
  const credential = book.get(name);
  if (credential) return credential;
  if (!book.defined.has(name)) {
    throw new CommandError(
      `The flow asks for the credential ${name}, which ${credentials} does not define. If it is sealed in the instance, nobody can read its secret: define it here with a variable to sign with.`,
    );
  }
  const missing = book.known.get(name)?.missing;
  throw new CommandError(
    missing === undefined
      ? `The flow asks for the credential ${name}, which ${credentials} does not define well. millrace validate says more.`
      : `The credential ${name} needs the environment variable ${missing}: set it here as on the server.`,
  );
}

/**
 * The request as the provider would send it: signed for the public address, because some schemes sign the address, and
 * then brought to the instance by the way that we reach it.
 */
export function signedRequest(
  trigger: HookTrigger,
  { body, contentType }: Payload,
  credential: Credential | undefined,
  instanceUrl: string,
): OutgoingRequest {
  const method = trigger.methods.includes('POST') ? 'POST' : (trigger.methods[0] ?? 'POST');
  const plain: OutgoingRequest = { method, url: trigger.url, headers: { 'content-type': contentType }, body };
  const signed = credential ? applied(credential, plain) : plain;
  const { search } = new URL(signed.url);
  const path = trigger.url.slice(trigger.url.lastIndexOf('/flows/'));
  return { ...signed, url: `${instanceUrl}${path}${search}` };
}

function applied(credential: Credential, request: OutgoingRequest): OutgoingRequest {
  try {
    return credential.apply(request, { now: new Date() });
  } catch (error) {
    if (isStepError(error)) throw new CommandError(error.message);
    throw error;
  }
}
