import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Component, type Reply, tryComponent, type Trial } from '@millrace/component-sdk';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { builtinComponents } from './index.js';

function component(name: string): Component {
  const found = builtinComponents.find((candidate) => candidate.name === name);
  if (!found) throw new Error(`No component ${name}`);
  return found;
}

const SPECS = resolve(process.cwd(), '../shared/vendor-specs');

interface OpenApi {
  paths: Record<string, Record<string, { requestBody?: { content: Record<string, { schema: object }> } }>>;
}

/** Checks a body against the vendor's published request schema, where the specs are at hand. */
function expectVendorAccepts(vendor: string, path: string, body: unknown): void {
  const file = resolve(SPECS, `${vendor}.json`);
  if (!existsSync(file)) {
    console.info(`skipped: ${vendor}'s published schema is not beside this checkout`);
    return;
  }
  const document = JSON.parse(readFileSync(file, 'utf8')) as OpenApi;
  const schema = document.paths[path]?.['post']?.requestBody?.content['application/json']?.schema;
  if (!schema) throw new Error(`${vendor} has no POST ${path}`);
  const options = { strict: false, validateFormats: false, logger: false as const };
  const ajv = vendor === 'discord' ? new Ajv2020(options) : new Ajv(options);
  const validate = ajv.compile({ ...document, ...schema });
  expect([validate(body), validate.errors]).toEqual([true, null]);
}

const run = (name: string, trial: Trial) => tryComponent(component(name), trial);

describe('every built-in component', () => {
  it.each(builtinComponents.map((one) => [one.name, one] as const))('%s has a valid, titled and described shape', (_name, one) => {
    const ajv = new Ajv({ strict: false });
    expect(() => [ajv.compile(one.props), one.output && ajv.compile(one.output)]).not.toThrow();
    expect([one.title, one.description]).toEqual([expect.stringMatching(/^[A-Z]/), expect.stringMatching(/\.$/)]);
    for (const prop of Object.values(one.props.properties ?? {})) expect(prop.title).toMatch(/\w/);
  });

  it('has a name of its own', () => {
    expect(new Set(builtinComponents.map(({ name }) => name)).size).toBe(builtinComponents.length);
  });
});

describe('set', () => {
  it('gives its props', async () => {
    expect((await run('set', { props: { a: 1, b: [null] } })).output).toEqual({ a: 1, b: [null] });
  });
});

describe('event.emit', () => {
  it('emits one event and gives its id', async () => {
    const { output, events } = await run('event.emit', { props: { name: 'order.paid', data: { total: 12 } } });
    expect(events).toEqual([{ name: 'order.paid', data: { total: 12 } }]);
    expect(output).toEqual({ eventId: 'event-1' });
  });

  it('emits null where there is no data', async () => {
    expect((await run('event.emit', { props: { name: 'order.paid' } })).events).toEqual([{ name: 'order.paid', data: null }]);
  });
});

describe('log', () => {
  it('writes one line at its level', async () => {
    const lines: unknown[] = [];
    const write =
      (level: string) =>
      (...rest: unknown[]): void =>
        void lines.push([level, ...rest]);
    const log = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
    await run('log', { props: { message: 'a' }, log });
    await run('log', { props: { message: 'b', level: 'error', data: { n: 1 } }, log });
    expect(lines).toEqual([
      ['info', 'a', undefined],
      ['error', 'b', { data: { n: 1 } }],
    ]);
  });
});

describe('http.request', () => {
  const url = 'https://api.example.com/x';

  it('is a GET without a body, a POST of JSON with one', async () => {
    const first = await run('http.request', {
      props: { url, query: { a: [1, 2] } },
      replies: [{ json: { ok: true }, headers: { etag: 'e' } }],
    });
    expect(first.output).toEqual({ status: 200, headers: { 'content-type': 'application/json', etag: 'e' }, body: { ok: true } });
    expect(first.requests[0]).toMatchObject({ method: 'GET', url: `${url}?a=1&a=2`, body: '' });
    const second = await run('http.request', { props: { url, body: { n: null } }, replies: [{ status: 204 }] });
    expect(second.requests[0]).toMatchObject({ method: 'POST', json: { n: null }, headers: { 'content-type': 'application/json' } });
    expect(second.output).toEqual({ status: 204, headers: {}, body: null });
  });

  it('sends a string body as it is', async () => {
    const { requests } = await run('http.request', {
      props: { url, method: 'PUT', body: '<a/>', headers: { 'Content-Type': 'text/xml' } },
      replies: [{}],
    });
    expect(requests[0]).toMatchObject({ method: 'PUT', body: '<a/>', headers: { 'content-type': 'text/xml' } });
  });

  it.each([
    ['POST', 'key-1'],
    ['PATCH', 'key-1'],
    ['PUT', undefined],
    ['GET', undefined],
  ])('%s carries the idempotency key %s', async (method, key) => {
    const { requests } = await run('http.request', { props: { url, method }, replies: [{}], idempotencyKey: 'key-1' });
    expect(requests[0]?.headers['idempotency-key']).toBe(key);
  });

  it('keeps an idempotency key that the author set', async () => {
    const { requests } = await run('http.request', {
      props: { url, method: 'POST', headers: { 'Idempotency-Key': 'mine' } },
      replies: [{}],
    });
    expect(requests[0]?.headers['idempotency-key']).toBe('mine');
  });

  it.each([
    ['text', { body: 'hi', headers: { 'content-type': 'text/plain' } }, { body: 'hi' }],
    ['a problem document', { body: '{"a":1}', headers: { 'content-type': 'application/problem+json' } }, { body: { a: 1 } }],
    ['bytes', { body: new Uint8Array([0xff, 0xfe]) }, { body: '//4=', encoding: 'base64' }],
  ] satisfies [string, Reply, object][])('reads %s', async (_what, reply, expected) => {
    expect((await run('http.request', { props: { url }, replies: [reply] })).output).toMatchObject(expected);
  });

  it('fails on a status outside 200 to 299, unless expected', async () => {
    const replies = [{ status: 404, json: { gone: true } }];
    await expect(run('http.request', { props: { url }, replies })).rejects.toMatchObject({ code: 'http.404' });
    for (const expected of [404, '404', '4xx']) {
      expect((await run('http.request', { props: { url, expect: [200, expected] }, replies })).output).toMatchObject({
        status: 404,
        body: { gone: true },
      });
    }
    await expect(run('http.request', { props: { url, expect: [200, '5xx'] }, replies })).rejects.toMatchObject({ code: 'http.404' });
  });

  it('says when a body that claims to be JSON is not', async () => {
    const trial = { props: { url }, replies: [{ body: '<html>', headers: { 'content-type': 'application/json' } }] };
    await expect(run('http.request', trial)).rejects.toMatchObject({ code: 'http.bad-json' });
  });
});

describe('slack.send-message', () => {
  const webhook = { name: 'slack', in: 'url' as const };
  const bot = { name: 'slack', in: 'header' as const };
  const blocks = [{ type: 'section', text: { type: 'mrkdwn', text: 'hi' } }];
  const failing = (trial: Partial<Trial>) => run('slack.send-message', { props: { text: 'a', channel: 'C1' }, credential: bot, ...trial });

  it('posts to the secret address of an incoming webhook', async () => {
    const { requests, output } = await run('slack.send-message', {
      props: { text: 'hi', blocks, threadTs: '1.2' },
      credential: webhook,
      replies: [{ body: 'ok' }],
    });
    expect(requests).toMatchObject([{ method: 'POST', url: '', json: { text: 'hi', blocks, thread_ts: '1.2' } }]);
    expect(output).toEqual({});
  });

  it("posts as a bot in Slack's own terms", async () => {
    const props = {
      text: 'hi',
      blocks,
      channel: 'C1',
      threadTs: '1.2',
      replyBroadcast: true,
      username: 'Mill',
      iconEmoji: ':m:',
      unfurlLinks: false,
    };
    const { requests, output } = await run('slack.send-message', {
      props,
      credential: bot,
      replies: [{ json: { ok: true, channel: 'C1', ts: '3.4' } }],
    });
    expect(output).toEqual({ channel: 'C1', ts: '3.4' });
    expect(requests[0]).toMatchObject({ method: 'POST', url: 'https://slack.com/api/chat.postMessage' });
    expect(requests[0]?.json).toEqual({
      text: 'hi',
      blocks,
      channel: 'C1',
      thread_ts: '1.2',
      reply_broadcast: true,
      username: 'Mill',
      icon_emoji: ':m:',
      unfurl_links: false,
    });
    expectVendorAccepts('slack', '/chat.postMessage', requests[0]?.json);
  });

  it.each([
    ['channel_not_found', { code: 'slack.channel-not-found', retryable: false, blame: 'author', arrived: 'yes' }],
    ['invalid_auth', { code: 'slack.invalid-auth', retryable: false, blame: 'operator' }],
    ['ratelimited', { code: 'slack.ratelimited', retryable: true, arrived: 'no', retryAfterMs: 7000 }],
    ['internal_error', { code: 'slack.internal-error', retryable: true, arrived: 'maybe', blame: 'remote' }],
  ])('recognises %s behind a status of 200', async (error, expected) => {
    const headers = error === 'ratelimited' ? { 'retry-after': '7' } : undefined;
    await expect(failing({ replies: [{ json: { ok: false, error }, headers }] })).rejects.toMatchObject(expected);
  });

  it('names the missing scope', async () => {
    await expect(failing({ replies: [{ json: { ok: false, error: 'missing_scope', needed: 'chat:write' } }] })).rejects.toMatchObject({
      details: { needed: 'chat:write' },
    });
  });

  it.each([
    [400, 'invalid_payload', 'slack.invalid-payload'],
    [404, 'no_service', 'slack.no-service'],
    [410, 'channel_is_archived', 'slack.channel-is-archived'],
    [403, '<html>', 'slack.http-403'],
    [500, 'rollup_error', 'http.500'],
    [429, '', 'http.429'],
  ])('of a webhook, reads %s %s as %s', async (status, body, code) => {
    await expect(
      run('slack.send-message', { props: { text: 'a' }, credential: webhook, replies: [{ status, body }] }),
    ).rejects.toMatchObject({ code });
  });

  it('asks for a channel where one is needed, and refuses one where it would be ignored', async () => {
    await expect(failing({ props: { text: 'a' } })).rejects.toMatchObject({ code: 'slack.channel-missing', arrived: 'no' });
    await expect(failing({ credential: webhook })).rejects.toMatchObject({ code: 'slack.channel-needs-bot', arrived: 'no' });
  });
});

describe('discord.send-message', () => {
  const reply = { json: { id: '1', channel_id: '2' } };
  const bot = { in: 'header' as const };

  it('posts to an incoming webhook and waits for the message', async () => {
    const props = { content: 'hi', username: 'Mill', avatarUrl: 'https://a.test/a.png', threadId: '9', embeds: [{ title: 'T' }] };
    const { requests, output } = await run('discord.send-message', { props, credential: { in: 'url' }, replies: [reply] });
    expect(requests[0]).toMatchObject({ method: 'POST', url: '?wait=true&thread_id=9' });
    expect(output).toEqual({ id: '1', channelId: '2' });
    expectVendorAccepts('discord', '/webhooks/{webhook_id}/{webhook_token}', requests[0]?.json);
  });

  it('posts as a bot, with a nonce that Discord accepts and that stays the same over retries', async () => {
    const trial = {
      props: { content: 'hi', channelId: '42' },
      credential: bot,
      replies: [reply],
      idempotencyKey: '0190-a-very-long-run-id/loop[3].notify',
    };
    const [first, second] = [await run('discord.send-message', trial), await run('discord.send-message', trial)];
    expect(first.requests[0]?.url).toBe('https://discord.com/api/v10/channels/42/messages');
    expect(first.requests[0]?.json).toMatchObject({ content: 'hi', nonce: expect.stringMatching(/^[0-9a-f]{25}$/), enforce_nonce: true });
    expect(second.requests).toEqual(first.requests);
    expectVendorAccepts('discord', '/channels/{channel_id}/messages', first.requests[0]?.json);
  });

  it('lets foreign text ping everyone only when told to', async () => {
    const parse = async (props: Record<string, unknown>) => {
      const { requests } = await run('discord.send-message', {
        props: { content: '@everyone', channelId: '42', ...props },
        credential: bot,
        replies: [reply],
      });
      return (requests[0]?.json as { allowed_mentions: { parse: string[] } }).allowed_mentions.parse;
    };
    expect([await parse({}), await parse({ allowMentions: ['everyone'] })]).toEqual([['users', 'roles'], ['everyone']]);
  });

  it('asks for a channel where one is needed, and refuses one where it would be ignored', async () => {
    await expect(run('discord.send-message', { props: { content: 'a' }, credential: bot })).rejects.toMatchObject({
      code: 'discord.channel-missing',
    });
    await expect(run('discord.send-message', { props: { content: 'a', channelId: '1' }, credential: { in: 'url' } })).rejects.toMatchObject(
      { code: 'discord.channel-needs-bot' },
    );
  });
});

describe('hubspot.upsert-contact', () => {
  const trial = {
    props: { email: 'ada@example.com', properties: { firstname: 'Ada', seats: 5, vip: true, company: null, hobbies: ['a', 'b'] } },
  };

  it('upserts by e-mail, values as texts', async () => {
    const replies = [{ json: { status: 'COMPLETE', results: [{ id: '7', new: true, properties: { firstname: 'Ada', phone: null } }] } }];
    const { requests, output } = await run('hubspot.upsert-contact', { ...trial, replies });
    expect(output).toEqual({ id: '7', created: true, properties: { firstname: 'Ada', phone: null } });
    expect(requests).toMatchObject([{ method: 'POST', url: 'https://api.hubapi.com/crm/v3/objects/contacts/batch/upsert' }]);
    expect(requests[0]?.json).toEqual({
      inputs: [
        {
          id: 'ada@example.com',
          idProperty: 'email',
          properties: { firstname: 'Ada', seats: '5', vip: 'true', company: '', hobbies: 'a;b', email: 'ada@example.com' },
        },
      ],
    });
    expectVendorAccepts('hubspot', '/crm/v3/objects/contacts/batch/upsert', requests[0]?.json);
  });

  it.each([
    [
      { results: [], errors: [{ category: 'VALIDATION_ERROR', message: 'Property "x" does not exist' }] },
      'hubspot.validation-error',
      'Property "x" does not exist',
    ],
    [{ results: [] }, 'hubspot.no-result', 'neither a result nor an error'],
  ])('finds the failure inside 207', async (json, code, words) => {
    const failed = run('hubspot.upsert-contact', { ...trial, replies: [{ status: 207, json }] });
    await expect(failed).rejects.toMatchObject({ code, status: 207, retryable: false, message: expect.stringContaining(words) });
  });
});

describe('zendesk.create-ticket', () => {
  const credential = { name: 'zendesk', type: 'basic' as const, baseUrl: 'https://example.zendesk.com' };

  it('creates a ticket, with the key that makes a repetition harmless', async () => {
    const props = {
      subject: 'Help',
      comment: 'Please',
      public: false,
      requester: { email: 'a@example.com' },
      priority: 'high',
      type: 'question',
      tags: ['x'],
      groupId: 3,
      assigneeEmail: 'b@example.com',
      externalId: 'o-1',
      customFields: [{ id: 1, value: 'v' }],
    };
    const replies = [
      {
        status: 201,
        json: {
          ticket: { id: 35, url: 'https://example.zendesk.com/api/v2/tickets/35.json', status: 'new', created_at: '2025-01-01T00:00:00Z' },
        },
      },
    ];
    const { requests, output } = await run('zendesk.create-ticket', { props, credential, replies, idempotencyKey: 'run-7/ticket' });
    expect(output).toEqual({
      id: 35,
      url: 'https://example.zendesk.com/api/v2/tickets/35.json',
      agentUrl: 'https://example.zendesk.com/agent/tickets/35',
      status: 'new',
      createdAt: '2025-01-01T00:00:00Z',
    });
    expect(requests[0]).toMatchObject({
      method: 'POST',
      url: 'https://example.zendesk.com/api/v2/tickets.json',
      headers: { 'idempotency-key': 'run-7/ticket' },
    });
    expect(requests[0]?.json).toEqual({
      ticket: {
        subject: 'Help',
        comment: { body: 'Please', public: false },
        requester: { name: 'a@example.com', email: 'a@example.com' },
        priority: 'high',
        type: 'question',
        tags: ['x'],
        group_id: 3,
        assignee_email: 'b@example.com',
        external_id: 'o-1',
        custom_fields: [{ id: 1, value: 'v' }],
      },
    });
    // Without custom fields: here Zendesk's schema asks for a field's definition, its own examples for { id, value }.
    const { ticket } = requests[0]?.json as { ticket: Record<string, unknown> };
    expectVendorAccepts('zendesk', '/api/v2/tickets', { ticket: { ...ticket, custom_fields: undefined } });
  });

  it('says which credential lacks its account', async () => {
    const failed = run('zendesk.create-ticket', { props: { comment: 'a' }, credential: { name: 'support' } });
    await expect(failed).rejects.toMatchObject({
      code: 'zendesk.base-url-missing',
      blame: 'operator',
      message: expect.stringContaining('"support"'),
    });
  });
});
