import { useQuery, useQueryClient } from '@tanstack/react-query';
import { get, queryText, send, sendJson } from '../api/client.js';
import { usePressMutation } from '../api/press-mutation.js';
import type {
  CredentialItem,
  EndpointActivityView,
  EndpointItem,
  EndpointList,
  KeptEndpoint,
  NewSecret,
  RefusalDetail,
  RemovedCredential,
  RemovedEndpoint,
  SchemeList,
  SealedCredential,
  SettingsView,
  TestedCredential,
} from '../api/wire.js';

export const useEndpoints = () =>
  useQuery({ queryKey: ['endpoints'], queryFn: ({ signal }) => get<EndpointList>('endpoints', {}, signal) });

export const useEndpoint = (name: string) =>
  useQuery({ queryKey: ['endpoints', name], queryFn: ({ signal }) => get<EndpointItem>(`endpoints/${name}`, {}, signal) });

export const useEndpointActivity = (name: string) =>
  useQuery({
    queryKey: ['events', 'activity', name],
    queryFn: ({ signal }) => get<EndpointActivityView>(`endpoints/${name}/activity`, {}, signal),
  });

export const useCredential = (name: string) =>
  useQuery({
    queryKey: ['credentials', name],
    queryFn: ({ signal }) => get<CredentialItem>(`credentials/${encodeURIComponent(name)}`, {}, signal),
  });

/** How vendors sign; only another build knows others. */
export const useSchemes = () =>
  useQuery({ queryKey: ['schemes'], queryFn: ({ signal }) => get<SchemeList>('schemes', {}, signal), staleTime: Infinity });

export const useSettings = () => useQuery({ queryKey: ['settings'], queryFn: ({ signal }) => get<SettingsView>('settings', {}, signal) });

/** With what was found out about a credential that failed. */
export const useExplained = (id: string) =>
  useQuery({ queryKey: ['explained', id], queryFn: ({ signal }) => get<RefusalDetail>(`refusals/${id}`, {}, signal) });

const CHANGED = [['endpoints'], ['credentials']] as const;

/** Changes what endpoints and credentials there are; both are looked at anew then. */
function useChange<A, T>(change: (given: A) => Promise<T>) {
  const client = useQueryClient();
  return usePressMutation({
    mutationFn: change,
    onSettled: () => Promise.all(CHANGED.map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
}

/** Removes what is looked at: nothing is left to ask for, and no list shows it any more. */
function useRemoval<T>(remove: () => Promise<T>) {
  const client = useQueryClient();
  return usePressMutation({
    mutationFn: remove,
    onSuccess: () => Promise.all(CHANGED.map((queryKey) => client.resetQueries({ queryKey, exact: true }))),
  });
}

/** What an endpoint is to be; `generate` makes a secret for it. */
export interface EndpointBody {
  readonly definition: object;
  readonly generate?: object;
  readonly revision: number;
}

export const useKeepEndpoint = () =>
  useChange(({ name, body }: { readonly name: string; readonly body: EndpointBody }) =>
    sendJson<KeptEndpoint>('PUT', `endpoints/${name}`, body),
  );

export const useRemoveEndpoint = (name: string) => useRemoval(() => send<RemovedEndpoint>('DELETE', `endpoints/${name}`));

/** `secret`: one that the other side made; without it one is made here. */
export interface SecretOrder {
  readonly secret?: string;
  readonly keepOldFor?: string;
}

/** `of`: `endpoints/<name>` or `credentials/<name>`. */
export const useGiveSecret = (of: string) => useChange((order: SecretOrder) => sendJson<NewSecret>('POST', `${of}/secret`, order));

/** A credential that is to be made: with the secret in its definition, or with one that the server makes. */
export interface CredentialOrder {
  readonly name: string;
  readonly definition: object;
  readonly generate: boolean;
}

/** Makes a new one only: what has the name already stays as it is. */
export const useMakeCredential = () =>
  useChange(({ name, definition, generate }: CredentialOrder) =>
    sendJson<SealedCredential>(
      'PUT',
      `credentials/${encodeURIComponent(name)}${queryText({ generate: generate || undefined })}`,
      definition,
      {
        headers: { 'if-none-match': '*' },
      },
    ),
  );

export const useRemoveCredential = (name: string) =>
  useRemoval(() => send<RemovedCredential>('DELETE', `credentials/${encodeURIComponent(name)}`));

/** Removes what goes before the credentials file: that holds again then, and is still looked at. */
export const useUnsealCredential = (name: string) =>
  useChange((_: void) => send<RemovedCredential>('DELETE', `credentials/${encodeURIComponent(name)}`));

export const useTestCredential = (name: string) =>
  usePressMutation({
    mutationFn: (url: string) =>
      sendJson<TestedCredential>('POST', `credentials/${encodeURIComponent(name)}/test`, url === '' ? {} : { url }),
  });
