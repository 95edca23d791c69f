import { createHmac } from 'node:crypto';
import { endOf, webhookFlow } from '../../support/flow-files.js';
import { startInstance, type TestInstance } from '../../support/instance.js';
import { exchange, requestBytes, sendRaw, type RawAnswer, type RawRequest } from '../../support/raw-http.js';
import { startReceiver, type Receiver, type Reply } from '../../support/receiver.js';

/** A rule of the checklist: its number, what holds, and how that is looked at. */
export type Row = readonly [number, string, (site: Site) => Promise<void>];

export const SECRET = 'secret-of-the-checklist-spec';
export const OLD = 'older-secret-of-the-checklist-spec';
export const ENDED = 'ended-secret-of-the-checklist-spec';
export const KEY = 'schlüssel-of-the-checklist-spec';
const STANDARD = 'key-of-the-checklist-spec-32byte';
export const JSON_TYPE = 'Content-Type: application/json';

const VARIABLES = {
  HOOK_SECRET: SECRET,
  OLD_SECRET: OLD,
  ENDED_SECRET: ENDED,
  HOOK_KEY: KEY,
  STANDARD_SECRET: `whsec_${Buffer.from(STANDARD).toString('base64')}`,
};
/** The current one, one that still counts, and one that has ended. */
const ROTATING = [{ env: 'HOOK_SECRET' }, { env: 'OLD_SECRET' }, { env: 'ENDED_SECRET', notAfter: '2026-01-01T00:00:00Z' }];

const see = [{ id: 'seen', set: { body: '{{ trigger.body }}', headers: '{{ trigger.headers }}' } }];
const reach = [{ id: 'call', use: 'http.request', with: { method: 'GET', url: '{{ trigger.body.url }}' } }];
const sign = [
  {
    id: 'call',
    use: 'http.request',
    credential: 'slack',
    with: { method: 'POST', url: '{{ trigger.body.url }}', body: '{{ trigger.body }}' },
    retry: { attempts: 2, delay: '1s' },
  },
];
const needsId = { type: 'object', required: ['id'] };

const flows = {
  ...webhookFlow('open', {}, see),
  ...webhookFlow('coded', { encodings: ['gzip', 'deflate', 'br'], limit: '4kb' }, see),
  ...webhookFlow('large', { limit: '2mb' }, see),
  ...webhookFlow('fits', { schema: needsId }, see),
  ...webhookFlow('waits', { schema: needsId, respond: 'when-finished' }, see),
  ...webhookFlow('reaches', {}, reach),
  ...webhookFlow('signs', {}, sign),
  ...Object.assign(
    {},
    ...['github', 'slack', 'standard', 'basic', 'keyed', 'query', 'rotated', 'lost'].map((name) =>
      webhookFlow(name, { credential: name }, see),
    ),
  ),
  credentials: {
    github: { type: 'hmac', scheme: 'github', secrets: ROTATING },
    slack: { type: 'hmac', scheme: 'slack', secrets: [{ env: 'HOOK_SECRET' }] },
    standard: { type: 'hmac', scheme: 'standard-webhooks', secrets: [{ env: 'STANDARD_SECRET' }] },
    basic: { type: 'basic', username: 'partner', password: [{ env: 'HOOK_KEY' }, { env: 'OLD_SECRET' }] },
    keyed: { type: 'api-key', name: 'x-sig', value: { env: 'HOOK_KEY' } },
    query: { type: 'api-key', in: 'query', name: 'key', value: { env: 'HOOK_SECRET' } },
    rotated: { type: 'api-key', name: 'x-key', value: ROTATING },
    lost: { type: 'api-key', name: 'x-key', value: { env: 'NOBODY_SET_THIS' } },
  },
} as Record<string, object>;

/** Two instances, somebody to send to, and everything that was answered. */
export interface Site {
  readonly instance: TestInstance;
  /** Does not tell what exists, and has little memory for bodies. */
  readonly hiding: TestInstance;
  readonly receiver: Receiver;
  /** A body that never ends; begun first, so that its patience passes while the others are looked at. */
  readonly slow: Promise<RawAnswer>;
  readonly answers: RawAnswer[];
  /** A request to the hook of a flow. */
  hook(flow: string, request?: Omit<RawRequest, 'path'>, query?: string): Promise<RawAnswer>;
  /** Bytes as they are. */
  send(bytes: string): Promise<RawAnswer>;
  /** What the run of an accepted request saw of it. */
  seen(answer: RawAnswer): Promise<{ body: unknown; headers: Record<string, string> }>;
}

export async function openSite(): Promise<Site> {
  const answers: RawAnswer[] = [];
  const noted = async (answer: Promise<RawAnswer>): Promise<RawAnswer> => {
    answers.push(await answer);
    return answer;
  };
  let tries = 0;
  const receiver = await startReceiver(({ url }): Reply => {
    if (url === '/moved') return { status: 307, headers: { location: 'http://127.0.0.2:9/' } };
    tries += 1;
    return tries === 1 ? { status: 503, headers: { 'retry-after': '1' } } : { status: 200, body: { ok: true } };
  });
  const instance = await startInstance({ flows, env: VARIABLES });
  const slow = noted(
    exchange(instance.url, requestBytes({ path: '/flows/open/hook', headers: [JSON_TYPE, 'Content-Length: 10'], body: '{' })),
  );
  const hiding = await startInstance({
    flows,
    env: { ...VARIABLES, MILLRACE_HIDE_UNKNOWN: 'true', MILLRACE_MAX_PENDING: String(2 ** 20) },
  });
  return {
    instance,
    hiding,
    receiver,
    slow,
    answers,
    hook: (flow, request = {}, query = '') =>
      noted(sendRaw(instance.url, { headers: [JSON_TYPE], body: '{}', ...request, path: `/flows/${flow}/hook${query}` })),
    send: (bytes) => noted(exchange(instance.url, bytes)),
    seen: async (answer) => (await endOf(instance, receipt(answer).runId)).steps[0]?.output as Awaited<ReturnType<Site['seen']>>,
  };
}

/** The status of what was accepted; status and code of what was refused. */
export async function told(answers: readonly Promise<RawAnswer>[]): Promise<(number | string)[]> {
  return (await Promise.all(answers)).map((answer) => (answer.status < 400 ? answer.status : `${answer.status} ${errorOf(answer).code}`));
}

export function errorOf({ body }: RawAnswer): { code: string; message: string; pointers?: unknown } {
  return (JSON.parse(body) as { error: ReturnType<typeof errorOf> }).error;
}

export function receipt({ status, body }: RawAnswer): { eventId: string; runId: string; duplicate?: true } {
  expect([200, 202]).toContain(status);
  return JSON.parse(body) as ReturnType<typeof receipt>;
}

export function hex(secret: string, text: string | Buffer): string {
  return createHmac('sha256', secret).update(text).digest('hex');
}

export function github(body: string, secret = SECRET): string {
  return `X-Hub-Signature-256: sha256=${hex(secret, body)}`;
}

export function slackSigned(time: string, body = '{}'): string[] {
  return [JSON_TYPE, `X-Slack-Request-Timestamp: ${time}`, `X-Slack-Signature: v0=${hex(SECRET, `v0:${time}:${body}`)}`];
}

export function standardSigned(id: string, body = '{}'): string[] {
  const time = String(seconds());
  const signature = createHmac('sha256', STANDARD).update(`${id}.${time}.${body}`).digest('base64');
  return [JSON_TYPE, `webhook-id: ${id}`, `webhook-timestamp: ${time}`, `webhook-signature: v1,${signature}`];
}

export function basic(pair: string): string[] {
  return [JSON_TYPE, `Authorization: Basic ${Buffer.from(pair).toString('base64')}`];
}

/** A header whose value is sent as these UTF-8 bytes. */
export function wire(header: string): string {
  return Buffer.from(header, 'utf8').toString('latin1');
}

/** The time as vendors sign it. */
export function seconds(): number {
  return Math.floor(Date.now() / 1000);
}
