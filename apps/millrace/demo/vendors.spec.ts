import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ajv } from 'ajv';
import { startReceiver, type Reply, type Receiver } from './receiver.js';
import { vendors, type Vendor } from './vendors.js';

let receiver: Receiver | undefined;

afterEach(async () => {
  await receiver?.close();
});

interface Call {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body: unknown;
}

/** Calls a fresh stand-in and answers status and body of each reply. */
async function call(vendor: Vendor, ...calls: Call[]): Promise<Reply[]> {
  receiver = await startReceiver(vendors[vendor]());
  const replies: Reply[] = [];
  for (const { path, method = 'POST', headers = {}, body } of calls) {
    const response = await fetch(receiver.url + path, { method, headers, body: JSON.stringify(body) });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
    replies.push({ status: response.status, headers: Object.fromEntries(response.headers), body: isJson ? JSON.parse(text) : text });
  }
  return replies;
}

const bearer = { authorization: 'Bearer any' };
const contact = { inputs: [{ id: 'ada@example.com', idProperty: 'email', properties: { company: 'Engines' } }] };
const upsert: Call = { path: '/crm/v3/objects/contacts/batch/upsert', headers: bearer, body: contact };
const botMessage: Call = { path: '/api/chat.postMessage', headers: bearer, body: { channel: 'C0DEMO', text: 'hi' } };
const webhookMessage: Call = { path: '/api/webhooks/1/t?wait=true', body: { content: 'hi' } };
const ticket: Call = {
  path: '/api/v2/tickets.json',
  headers: { authorization: 'Basic any', 'idempotency-key': 'k1' },
  body: { ticket: { subject: 'Help', comment: { body: 'Please' } } },
};

it('answers an incoming webhook of Slack with a bare ok, and misuse with a bare error name', async () => {
  const path = '/services/a/b';
  const replies = await call('Slack', { path, body: { text: 'hi' } }, { path, body: {} }, { path: '/elsewhere', body: {} });
  expect(replies.map(({ status, body }) => [status, body])).toEqual([
    [200, 'ok'],
    [400, 'no_text'],
    [404, 'no_service'],
  ]);
});

it('answers a bot without a token with 200 and ok: false, as Slack does', async () => {
  const path = '/api/chat.postMessage';
  const body = { channel: 'C0DEMO', text: 'hi' };
  const [refused, posted] = await call('Slack', { path, body }, { path, headers: bearer, body });
  expect(refused).toMatchObject({ status: 200, body: { ok: false, error: 'not_authed' } });
  expect(posted).toMatchObject({ status: 200, body: { ok: true, ts: expect.stringMatching(/^\d{10}\.\d{6}$/) } });
});

it('answers a webhook of Discord with the message only when asked to wait', async () => {
  const path = '/api/webhooks/1/t';
  const replies = await call('Discord', { path, body: { content: 'hi' } }, { path: `${path}?wait=true`, body: { content: 'hi' } });
  expect(replies.map(({ status }) => status)).toEqual([204, 200]);
  expect(replies[1]?.body).toMatchObject({ id: expect.stringMatching(/^\d+$/), content: 'hi' });
});

it('knows a contact of HubSpot again', async () => {
  const replies = await call('HubSpot', upsert, upsert);
  const results = replies.map(({ body }) => (body as { results: { id: string; new: boolean }[] }).results[0]);
  expect(results.map((result) => result?.new)).toEqual([true, false]);
  expect(results[1]?.id).toBe(results[0]?.id);
});

it('opens one ticket of Zendesk for one idempotency key', async () => {
  const [first, again] = await call('Zendesk', ticket, ticket);
  expect(first).toMatchObject({ status: 201, headers: { 'x-idempotency-lookup': 'miss' } });
  expect(again).toMatchObject({ status: 201, headers: { 'x-idempotency-lookup': 'hit' }, body: first?.body });
});

it.each<[Vendor, Call]>([
  ['HubSpot', upsert],
  ['Zendesk', ticket],
  ['own API', { path: '/climate-orders/1', method: 'PUT', body: {} }],
])('refuses a request to %s without its credential', async (vendor, request) => {
  const [reply] = await call(vendor, { ...request, headers: {} });
  expect(reply?.status).toBe(401);
});

const SPECS = resolve('../shared/vendor-specs');

/** The schema of a response in a vendor's OpenAPI document, or undefined when the documents are not at hand. */
function responseSchema(name: string, operation: readonly string[], status: string): object | undefined {
  try {
    // HubSpot's description is made from its TypeScript client, which renames the reserved word.
    const text = readFileSync(`${SPECS}/${name}.json`, 'utf8').replaceAll('"_new"', '"new"');
    const document = JSON.parse(text) as Record<string, never>;
    const at = ['paths', ...operation, 'responses', status, 'content', 'application/json', 'schema'];
    const schema = at.reduce<Record<string, never>>((inner, key) => inner[key] as unknown as Record<string, never>, document);
    return withoutLooseNullable({ ...(schema as object), components: document['components'] });
  } catch {
    console.log(`Skipped: there is no ${name}.json in ${SPECS} to compare the stand-in's answer with.`);
    return undefined;
  }
}

/** OpenAPI 3.0 allows `nullable` without `type`, where it means nothing; ajv does not allow it. */
function withoutLooseNullable(schema: object): object {
  const drop = (_: string, value: unknown): unknown => {
    if (typeof value !== 'object' || value === null || !('nullable' in value) || 'type' in value) return value;
    return { ...value, nullable: undefined };
  };
  return JSON.parse(JSON.stringify(schema, drop)) as object;
}

it.each<[Vendor, string, string[], string, Call]>([
  ['Slack', 'slack', ['/chat.postMessage', 'post'], '200', botMessage],
  ['Discord', 'discord', ['/webhooks/{webhook_id}/{webhook_token}', 'post'], '200', webhookMessage],
  ['HubSpot', 'hubspot', ['/crm/v3/objects/contacts/batch/upsert', 'post'], '200', upsert],
  ['Zendesk', 'zendesk', ['/api/v2/tickets', 'post'], '201', ticket],
])('answers as the API description of %s says', async (vendor, name, operation, status, request) => {
  const schema = responseSchema(name, operation, status);
  if (schema === undefined) return;
  const [reply] = await call(vendor, request);
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  const validate = ajv.compile(schema);
  validate(reply?.body);
  expect({ status: String(reply?.status), errors: validate.errors ?? [] }).toEqual({ status, errors: [] });
});
