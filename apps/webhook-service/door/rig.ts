import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import type { LiveEndpoint, LiveFlow } from '@millrace/catalog';
import { webhookRules, type Acceptance, type Accepted, type ClaimedWork, type Refusal } from '@millrace/engine';
import { createLogger, type Metrics } from '@millrace/telemetry';
import type { Answer } from './answers.js';
import { Consultations } from './consultations.js';
import { Answers, type AnswersParts } from '@millrace/platform';
import { FrontDoor, type DoorParts } from './front-door.js';

/** What time it is behind a door of the specs. */
export const NOW = Date.parse('2026-03-01T12:00:00Z');

type Trigger = Parameters<typeof webhookRules>[0];

/** A front door, and what came of its decisions. */
export interface World {
  readonly door: FrontDoor;
  readonly accepted: Acceptance[];
  readonly hinted: string[];
  readonly refusals: Refusal[];
  /** What became of the places that were reserved: run id and `started`, `released`, or `doubted` when it is not known whether it was written. */
  readonly births: [string, 'started' | 'released' | 'doubted'][];
  readonly started: ClaimedWork[];
  /** Status and code of every answer. */
  readonly answered: [number, string][];
}

/** A flow that is live with this trigger. */
export function liveFlow(trigger: Partial<Trigger> = {}, rest: Partial<LiveFlow> = {}): LiveFlow {
  const rules = webhookRules(
    { type: 'webhook', ...trigger },
    () => (body) => (body === 'misfit' ? { problem: '/ is a misfit', pointers: [''] } : undefined),
  );
  return { id: 'orders', version: 3, enabled: true, rules, credential: undefined, problems: [], ...rest };
}

export interface Setting extends Partial<DoorParts> {
  readonly live?: LiveFlow;
  readonly shared?: LiveEndpoint;
  readonly accept?: (acceptance: Acceptance) => Promise<Accepted>;
  /** `shared`: a runner is in this process and has room. `full`: it has none. */
  readonly runner?: 'shared' | 'full';
}

/** Callers who wait; nobody rings. */
export function answersOf(parts: Partial<AnswersParts> = {}): Answers {
  const store = { answered: () => Promise.resolve([]), find: () => Promise.resolve(undefined) };
  const bell = { listen: () => Promise.resolve(), close: () => Promise.resolve() };
  return new Answers({ store, bell, maxWaiting: 10, log: createLogger({ level: 'silent', format: 'json' }), ...parts }, 'door-1');
}

/** Builds a front door on stand-ins for its ports. */
export function world({ live = liveFlow(), shared, accept, runner, ...parts }: Setting = {}): World {
  const made = {
    accepted: [] as Acceptance[],
    hinted: [] as string[],
    refusals: [] as Refusal[],
    births: [] as World['births'],
    started: [] as ClaimedWork[],
    answered: [] as World['answered'],
  };
  const metrics: Pick<Metrics, 'answered' | 'accepted'> = {
    answered: (...answer) => void made.answered.push(answer),
    accepted: () => undefined,
  };
  const reserve: NonNullable<DoorParts['births']>['reserve'] = (runId) => ({
    runner: 'runner-1',
    start: (work) => {
      made.births.push([runId, 'started']);
      made.started.push(work);
    },
    release: () => void made.births.push([runId, 'released']),
    doubt: () => void made.births.push([runId, 'doubted']),
  });
  const door = new FrontDoor({
    flow: (id) => (id === live.id ? live : undefined),
    endpoint: (name) => (shared?.name === name ? shared : undefined),
    largestBody: () => 200,
    events: {
      accept: async (acceptance) => {
        made.accepted.push(acceptance);
        return accept ? accept(acceptance) : { kind: 'stored' };
      },
    },
    hints: { offer: async (ids) => void made.hinted.push(...ids) },
    births: runner === undefined ? undefined : { reserve: runner === 'full' ? () => undefined : reserve, ring: () => undefined },
    keepRefusal: (refusal) => void made.refusals.push(refusal),
    now: () => new Date(NOW),
    log: createLogger({ level: 'silent', format: 'json' }),
    maxBody: 100,
    maxPending: 1_000,
    answers: answersOf(),
    statusKey: Buffer.alloc(32),
    publicUrl: () => 'https://hooks.example.com',
    hideUnknown: false,
    credentialUsed: () => undefined,
    consultations: new Consultations(),
    metrics,
    ...parts,
  });
  return { door, ...made };
}

export interface Sent {
  readonly method?: string;
  readonly url?: string;
  readonly rawHeaders?: string[];
  readonly body?: string | Buffer;
  readonly address?: string;
}

/** A request as Node hands it out. */
export function request({
  method = 'POST',
  url = '/flows/orders/hook',
  rawHeaders = ['Content-Type', 'application/json'],
  body = '{}',
  address = '192.0.2.1',
}: Sent = {}): IncomingMessage {
  const stream = new PassThrough();
  stream.end(body);
  const headers = Object.fromEntries(
    rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [[name.toLowerCase(), rawHeaders[i + 1]]] : [])) as [string, string][],
  );
  return Object.assign(stream, { method, url, rawHeaders, headers, socket: { remoteAddress: address } }) as unknown as IncomingMessage;
}

/** What an answer says. */
export function contentOf({ body }: Answer): Record<string, unknown> & { error?: { code: string } } {
  return JSON.parse(body ?? '{}') as Record<string, unknown>;
}

/** A shared endpoint to which these flows listen. */
export function liveEndpoint(settings: Partial<Trigger>, listeners: readonly LiveFlow[], rest: Partial<LiveEndpoint> = {}): LiveEndpoint {
  const rules = webhookRules({ type: 'webhook', ...settings }, () => () => undefined);
  return { id: 'endpoints/shop', name: 'shop', enabled: true, rules, credential: undefined, problems: [], listeners, ...rest };
}
