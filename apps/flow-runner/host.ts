import type { Component } from '@millrace/component-sdk';
import { StepError } from '@millrace/component-sdk';
import type { Catalog } from '@millrace/catalog';
import type { Credential } from '@millrace/credentials';
import type { Host, Invocation } from '@millrace/engine';
import { bindFetch, redact, type HttpClient } from '@millrace/http-client';
import type { Log } from '@millrace/telemetry';
import { watched, type CredentialWatch } from './credential-watch.js';
import { openEventFile, type ReadEvent } from './event-files.js';

/** What the host needs beside the catalog. */
export interface HostParts {
  readonly http: HttpClient;
  readonly log: Log;
  readonly readEvent: ReadEvent;
  /** Told of every answer to a request that a credential signed. */
  readonly used: CredentialWatch;
}

/** Runs components for the engine: credentials, the guarded way out, logs that name run and step. */
export function componentHost(catalog: Catalog, { http, log, readEvent, used }: HostParts): Host {
  return {
    component: (name) => catalog.components.get(name),
    context: (component, invocation) => {
      const credential = credentialFor(catalog, component, invocation);
      const { signal, timeoutMs, idempotencyKey, run, path } = invocation;
      return {
        credential: credential?.view,
        fetch: watched(bindFetch(http, { credential, signal, timeoutMs, idempotencyKey }), credential, used),
        openFile: (file) => openEventFile(readEvent, run.eventId, file),
        signal,
        idempotencyKey,
        log: stepLog(log, { runId: run.id, flow: run.flowId, step: path }),
      };
    },
    redact: (text, name) => redact(text, catalog.secretsOf(name ?? '')),
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
