import type { Component, ComponentContext } from '@millrace/component-sdk';
import { openEventFile, type Host, type HostedComponent, type Invocation, type ReadEvent } from '@millrace/engine';
import { bindFetch, createHttpClient, redact } from '@millrace/http-client';
import type { Boundary } from './boundary.js';
import type { FakeCredentials } from './credentials.js';

export interface HostParts {
  component(name: string): HostedComponent | undefined;
  readonly credentials: FakeCredentials;
  readonly boundary: Boundary;
  /** What cases call the steps of a run: those of a called flow stand below the step that calls it. */
  pathOf(runId: string, path: string): string;
  now(): Date;
  readonly readEvent: ReadEvent;
}

type CaseContext = ComponentContext<never> & { readonly casePath: string };

/** Runs the real components, with made-up credentials and the case's replies for a network. */
export function caseHost(parts: HostParts): Host {
  const { component, credentials, boundary } = parts;
  return {
    component: (name) => {
      const hosted = component(name);
      return hosted && { ...hosted, component: replaceable(hosted.component, boundary) };
    },
    context: (_, invocation) => contextOf(invocation, parts),
    redact: (text, name) => redact(text, credentials.get(name ?? '')?.secrets ?? []),
  };
}

function replaceable(component: Component, boundary: Boundary): Component {
  const run = (context: never): unknown => {
    const stubbed = boundary.output((context as CaseContext).casePath);
    return stubbed ? stubbed.output : component.run(context);
  };
  return { ...component, run };
}

function contextOf(invocation: Invocation, { credentials, boundary, pathOf, now, readEvent }: HostParts): Omit<CaseContext, 'props'> {
  const { run, path, signal, timeoutMs, idempotencyKey } = invocation;
  const credential = invocation.credential === undefined ? undefined : credentials.get(invocation.credential);
  const casePath = pathOf(run.id, path);
  const http = createHttpClient({ exchange: boundary.exchange(casePath) });
  return {
    credential: credential?.view,
    fetch: bindFetch(http, { credential, signal, timeoutMs, idempotencyKey, now }),
    openFile: (file) => openEventFile(readEvent, run.eventId, file),
    emit: () => Promise.resolve({ eventId: run.eventId }),
    signal,
    idempotencyKey,
    log: SILENT,
    casePath,
  };
}

const silence = (): void => undefined;
const SILENT = { debug: silence, info: silence, warn: silence, error: silence };
