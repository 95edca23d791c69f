import { randomInt } from 'node:crypto';
import type { Handler, ReceivedRequest, Reply } from './receiver.js';

/** Whom the demo's flows talk to. */
export type Vendor = 'Slack' | 'Discord' | 'HubSpot' | 'Zendesk' | 'own API';

/** A fresh stand-in of each: it answers as the vendor's documentation says, misuse included. */
export const vendors: Readonly<Record<Vendor, () => Handler>> = {
  Slack: () => slack,
  Discord: () => discord,
  HubSpot: hubspot,
  Zendesk: zendesk,
  'own API': () => ownApi,
};

/** docs.slack.dev: incoming webhooks answer `ok` or a bare error name; chat.postMessage answers 200 with `ok: false` even to errors. */
function slack(request: ReceivedRequest): Reply {
  const { channel, text } = fields(request);
  if (request.url.startsWith('/services/')) return text ? { status: 200, body: 'ok' } : { status: 400, body: 'no_text' };
  if (request.url !== '/api/chat.postMessage') return { status: 404, body: 'no_service' };
  if (!isBearer(request)) return { status: 200, body: { ok: false, error: 'not_authed' } };
  if (!channel) return { status: 200, body: { ok: false, error: 'channel_not_found' } };
  const ts = `${(request.at / 1000).toFixed(3)}000`;
  return { status: 200, body: { ok: true, channel: 'C00000DEMO', ts, message: { type: 'message', text, ts } } };
}

/** docs.discord.com, "Execute Webhook": 204, or with `wait=true` the message. */
function discord(request: ReceivedRequest): Reply {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  const { content } = fields(request);
  if (!pathname.startsWith('/api/webhooks/')) return { status: 404, body: { message: 'Unknown Webhook', code: 10_015 } };
  if (!content) return { status: 400, body: { message: 'Cannot send an empty message', code: 50_006 } };
  return searchParams.get('wait') === 'true' ? { status: 200, body: discordMessage(content, request.at) } : { status: 204 };
}

function discordMessage(content: unknown, at: number): object {
  const unset = { avatar: null, global_name: null, primary_guild: null, public_flags: 0, flags: 0 };
  const author = { id: '100000000000000000', username: 'Millrace', discriminator: '0000', bot: true, ...unset };
  const nothing = { mentions: [], mention_roles: [], attachments: [], embeds: [], components: [], edited_timestamp: null };
  const flags = { type: 0, flags: 0, pinned: false, mention_everyone: false, tts: false };
  const timestamp = new Date(at).toISOString();
  return { id: numericId(), content, channel_id: '200000000000000000', timestamp, author, ...nothing, ...flags };
}

const HUBSPOT_UNAUTHORIZED: Reply = {
  status: 401,
  body: { status: 'error', category: 'INVALID_AUTHENTICATION', message: 'Authentication credentials not found.' },
};

/** developers.hubspot.com, batch upsert of contacts: `new` says whether the contact was there before. */
function hubspot(): Handler {
  const ids = new Map<string, string>();
  return (request) => {
    if (request.url !== '/crm/v3/objects/contacts/batch/upsert') return { status: 404, body: 'Not found' };
    if (!isBearer(request)) return HUBSPOT_UNAUTHORIZED;
    const at = new Date(request.at).toISOString();
    const results = (fields(request)['inputs'] as { id: string; properties: object }[]).map(({ id: email, properties }) => {
      const known = ids.get(email);
      const id = known ?? numericId();
      ids.set(email, id);
      return { id, new: known === undefined, properties, createdAt: at, updatedAt: at, archived: false };
    });
    return { status: 200, body: { status: 'COMPLETE', startedAt: at, completedAt: at, results } };
  };
}

/** developer.zendesk.com, "Create Ticket" and "Idempotency": the same key gets the same answer. */
function zendesk(): Handler {
  const answered = new Map<string, Reply>();
  return (request) => {
    if (request.url !== '/api/v2/tickets.json') return { status: 404, body: { error: 'InvalidEndpoint', description: 'Not found' } };
    if (!/^Basic \S/.test(request.headers['authorization'] ?? '')) return { status: 401, body: { error: "Couldn't authenticate you" } };
    const key = request.headers['idempotency-key'] ?? '';
    const known = answered.get(key);
    if (known) return { ...known, headers: { ...known.headers, 'x-idempotency-lookup': 'hit' } };
    const reply = createdTicket(request);
    if (key !== '') answered.set(key, reply);
    return reply;
  };
}

function createdTicket(request: ReceivedRequest): Reply {
  const id = randomInt(1_000, 10_000);
  const url = `http://${request.headers['host']}/api/v2/tickets/${id}.json`;
  const given = fields(request)['ticket'] as Record<string, unknown>;
  const at = new Date(request.at).toISOString();
  const { subject, tags, priority, type, external_id } = given;
  const made = { id, url, status: 'new', created_at: at, updated_at: at, requester_id: 1, via: { channel: 'api' } };
  const ticket = { ...made, subject, tags, priority, type, external_id };
  return { status: 201, headers: { location: url, 'x-idempotency-lookup': 'miss' }, body: { ticket } };
}

/** An API as one's own shop might have it. */
function ownApi(request: ReceivedRequest): Reply {
  if (!request.headers['x-api-key']) return { status: 401, body: { error: 'The header x-api-key is missing.' } };
  const id = /^\/climate-orders\/([^/?]+)$/.exec(request.url)?.[1];
  if (request.method !== 'PUT' || id === undefined) return { status: 404, body: { error: 'There is only PUT /climate-orders/<id>.' } };
  return { status: 201, body: { id: decodeURIComponent(id), ...fields(request) } };
}

function isBearer({ headers }: ReceivedRequest): boolean {
  return /^Bearer \S/.test(headers['authorization'] ?? '');
}

function fields({ json }: ReceivedRequest): Record<string, unknown> {
  return typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : {};
}

/** Ids of Discord and HubSpot are texts of digits. */
function numericId(): string {
  return String(randomInt(10_000_000, 100_000_000));
}
