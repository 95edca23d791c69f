import type { Component, ComponentContext } from '@millrace/component-sdk';
import { isStepError, StepError } from '@millrace/component-sdk';
import type { Catalog } from '@millrace/catalog';
import type { Credential } from '@millrace/credentials';
import { openEventFile, type Host, type Invocation, type ReadEvent } from '@millrace/engine';
import { bindFetch, redact, type HttpClient } from '@millrace/http-client';
import type { Log } from '@millrace/telemetry';
import type { CredentialWatch } from '@millrace/triggers';
import { metered, type RateParts } from './credential-rate.js';
import { reporting, type UseReport } from './credential-use.js';
import type { Triggers } from './triggers/triggers.js';

interface HostParts {
  readonly catalog: Catalog;
  readonly http: HttpClient;
  readonly log: Log;
  readonly triggers: Pick<Triggers, 'emitter' | 'watch' | 'ring'>;
  readonly readEvent: ReadEvent;
  /** Told of every answer to a request that a credential signed. */
  readonly used: UseReport;
  readonly rates: RateParts;
}

/** Runs components for the engine: credentials, the guarded way out, events, logs that name run and step. */
export function componentHost({ catalog, http, log, triggers, readEvent, used, rates }: HostParts): Host {
  return {
    component: (name) => catalog.components.get(name),
    context: (component, invocation) => {
      const credential = credentialFor(catalog, component, invocation);
      const { signal, timeoutMs, idempotencyKey, run, path } = invocation;
      const bound = bindFetch(http, { credential, signal, timeoutMs, idempotencyKey });
      const counted = run.dry ? bound : metered(bound, credential?.name, rates);
      return {
        credential: credential?.view,
        openFile: (file) => openEventFile(readEvent, run.eventId, file),
        fetch: watched(reporting(counted, credential, used), invocation, triggers.watch),
        emit: emitting(triggers, invocation),
        signal,
        idempotencyKey,
        log: stepLog(log, { runId: run.id, flow: run.flowId, step: path }),
      };
    },
    redact: (text, name) => redact(text, catalog.secretsOf(name ?? '')),
  };
}

type Fetch = ComponentContext['fetch'];

/** Notes how the other side took the credential. */
function watched(fetch: Fetch, { credential, run, path }: Invocation, watch: CredentialWatch): Fetch {
  if (credential === undefined || run.test) return fetch;
  const note = (status: number): void => watch.answered(credential, status, { flow: run.flowId, run: run.id, step: path });
  return async (url, init) => {
    try {
      const response = await fetch(url, init);
      note(response.status);
      return response;
    } catch (error) {
      if (isStepError(error) && error.status !== undefined) note(error.status);
      throw error;
    }
  };
}

/** The events of a step are told apart by their order, which is the same when the step is tried again. */
function emitting(triggers: HostParts['triggers'], { run, idempotencyKey }: Invocation): NonNullable<ComponentContext['emit']> {
  let count = 0;
  return async (name, data) => {
    count += 1;
    const key = `${idempotencyKey}#${count}`;
    const { eventId = '' } = await triggers.emitter.emit({
      name,
      data,
      key,
      flowId: run.flowId,
      runId: run.id,
      depth: (run.depth ?? 0) + 1,
    });
    triggers.ring();
    return { eventId };
  };
}

function credentialFor(catalog: Catalog, component: Component, { credential: name, path }: Invocation): Credential | undefined {
  if (name === undefined) return undefined;
  const credential = catalog.credentials.get(name);
  if (credential) return credential;
  const missing = catalog.credentials.known.get(name)?.missing;
  throw new StepError({
    code: 'credential.unavailable',
    message: missing
      ? `${path} needs the credential ${name}, whose secret is missing: set the environment variable ${missing}, restart, and re-run.`
      : `${path} (${component.name}) needs the credential ${name}, which cannot be used: ${unusable(catalog, name)}`,
    blame: 'operator',
    arrived: 'no',
  });
}

function unusable(catalog: Catalog, name: string): string {
  return (
    catalog.credentials.known.get(name)?.broken ??
    'there is none of that name. Define it in the credentials file, or with millrace credentials set.'
  );
}

/** pino takes fields first; components say the message first. */
function stepLog(log: Log, bindings: Record<string, unknown>): ReturnType<Host['context']>['log'] {
  const at = (level: 'debug' | 'info' | 'warn' | 'error') => (message: string, fields?: Record<string, unknown>) =>
    log[level]({ ...bindings, ...fields }, message);
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
