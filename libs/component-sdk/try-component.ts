import { findProblems } from './check-props.js';
import type { Component, ComponentContext, CredentialView, EventFile, FetchInit, FetchResponse, Logger } from './component.js';
import { StepError } from './errors.js';
import { prepareRequest } from './request.js';
import { createResponse, isSuccess, statusError } from './response.js';

/** What the other side answers in a trial. */
export interface Reply {
  /** Default 200. */
  status?: number;
  headers?: Record<string, string>;
  /** Sent as application/json. Excludes `body`. */
  json?: unknown;
  body?: string | Uint8Array;
}

/** A request that the component made. The credential is not applied: a trial has no secrets. */
export interface TriedRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  /** The body as text; empty without one. */
  body: string;
  /** The body parsed; `undefined` when it is not JSON. */
  json: unknown;
}

export interface Trial {
  props: Record<string, unknown>;
  credential?: Partial<CredentialView>;
  /** One per request, in order, or a function of the request. */
  replies?: readonly Reply[] | ((request: TriedRequest) => Reply | Promise<Reply>);
  /** What `openFile` gives, by the file's name. */
  files?: Readonly<Record<string, string | Uint8Array>>;
  /** Default `run-1/step`. */
  idempotencyKey?: string;
  signal?: AbortSignal;
  log?: Logger;
}

export interface TrialResult {
  output: unknown;
  requests: TriedRequest[];
}

const TRIAL_NAME = 'trial';

/**
 * Runs a component once against canned replies, with no network: the way to test one.
 * Builds requests and turns statuses into StepErrors as the engine's `fetch` does. Props are checked with `findProblems`.
 * Throws the StepError that the component fails with, or an Error that names what the trial itself lacks.
 */
export async function tryComponent(component: Component, trial: Trial): Promise<TrialResult> {
  const problems = findProblems(component.props, trial.props);
  if (problems.length > 0) {
    throw new StepError({ code: 'component.bad-props', message: `${component.name}: ${problems.join('; ')}.`, arrived: 'no' });
  }
  const requests: TriedRequest[] = [];
  const output = await component.run(trialContext(trial, requests));
  return { output, requests };
}

function trialContext(trial: Trial, requests: TriedRequest[]): ComponentContext<never> {
  const credential = trial.credential && { name: TRIAL_NAME, type: 'api-key' as const, ...trial.credential };
  return {
    // The one place where props cross from a plain object to the component's own type; findProblems has checked them.
    props: trial.props as never,
    credential,
    fetch: (url, init) => answer(prepareTried(url, init, credential), init, trial, requests),
    openFile: (file) => triedFile(trial.files, file),
    signal: trial.signal ?? new AbortController().signal,
    idempotencyKey: trial.idempotencyKey ?? 'run-1/step',
    log: trial.log ?? silent,
  };
}

async function* triedFile(files: Trial['files'], { name }: EventFile): AsyncGenerator<Uint8Array> {
  const content = files?.[name];
  if (content === undefined) throw new Error(`No file ${JSON.stringify(name)}. Add it to \`files\`.`);
  yield typeof content === 'string' ? new TextEncoder().encode(content) : content;
}

const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

function prepareTried(url: string, init: FetchInit | undefined, credential: CredentialView | undefined): TriedRequest {
  const { body, ...request } = prepareRequest(url, init, credential);
  const text = new TextDecoder().decode(body);
  return { ...request, body: text, json: parseOrUndefined(text) };
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function answer(request: TriedRequest, init: FetchInit = {}, trial: Trial, requests: TriedRequest[]): Promise<FetchResponse> {
  trial.signal?.throwIfAborted();
  requests.push(request);
  const reply = await findReply(trial.replies, request, requests.length);
  const raw = rawReply(reply);
  if ((init.accept ?? isSuccess)(raw.status)) return createResponse(raw, request);
  const excerpt = new TextDecoder().decode(raw.bytes).slice(0, 2048);
  const credential = trial.credential && (trial.credential.name ?? TRIAL_NAME);
  throw statusError({ ...request, ...raw, excerpt, credential, now: new Date() });
}

async function findReply(replies: Trial['replies'], request: TriedRequest, count: number): Promise<Reply> {
  const reply = typeof replies === 'function' ? await replies(request) : replies?.[count - 1];
  if (reply === undefined) throw new Error(`No reply for request ${count}, ${request.method} ${request.url}. Add one to \`replies\`.`);
  return reply;
}

function rawReply({ status = 200, headers = {}, json, body }: Reply): {
  status: number;
  headers: Record<string, string>;
  bytes: Uint8Array;
} {
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  if (json !== undefined) lower['content-type'] ??= 'application/json';
  const text = json === undefined ? (body ?? '') : JSON.stringify(json);
  return { status, headers: lower, bytes: typeof text === 'string' ? new TextEncoder().encode(text) : text };
}
