import { isStepError, type ComponentContext, type StepError } from '@millrace/component-sdk';
import type { Credential } from '@millrace/credentials';
import type { CredentialFailure } from '@millrace/postgres';

/** Told how the other side took a credential. */
export type UseReport = (name: string, failure?: CredentialFailure) => void;

type Fetch = ComponentContext['fetch'];

/** What says that it is the credential: RFC 9110, 15.5.2 and 15.5.4. */
const DENIED = new Set([401, 403]);

/** A `fetch` that reports whether its credential was taken. Says nothing where that is not known: not answered, or refused for another reason. */
export function reporting(fetch: Fetch, credential: Credential | undefined, used: UseReport): Fetch {
  if (credential === undefined) return fetch;
  const { name } = credential;
  return async (url, init) => {
    try {
      const response = await fetch(url, init);
      used(name, DENIED.has(response.status) ? denied(response.status) : undefined);
      return response;
    } catch (error) {
      if (isStepError(error) && isAboutCredential(error)) used(name, { code: error.code, reason: error.message });
      throw error;
    }
  };
}

function isAboutCredential({ code, status }: StepError): boolean {
  return code.startsWith('credential.') || (status !== undefined && DENIED.has(status));
}

function denied(status: number): CredentialFailure {
  return { code: `http.${status}`, reason: `The other side answered ${status}: it does not take this credential.` };
}
