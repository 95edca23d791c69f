import { createHmac } from 'node:crypto';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { createCredential, type CredentialConfig } from '@millrace/credentials';
import type { Log } from '@millrace/telemetry';
import { contentOf, liveFlow, NOW, request, world } from './rig.js';

describe('rateLimit', () => {
  const live = liveFlow({ rateLimit: { limit: 2, per: '10s', key: '{{ trigger.body.shop }}' } });

  it('answers 429 with when to come again, by key, and lets the others in', async () => {
    const { door, refusals, accepted } = world({ live });
    const send = (shop: string): Promise<{ status: number; headers: Readonly<Record<string, string>> }> =>
      door.receive('orders', request({ body: JSON.stringify({ shop }) }));
    const answers = [await send('a'), await send('a'), await send('a'), await send('b')];
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 429, 202]);
    expect(answers[2]?.headers['retry-after']).toBe('5');
    expect(refusals).toMatchObject([{ code: 'request.rate-limited', reason: 'More than 2 requests within 10 s with the key "a".' }]);
    expect(accepted).toHaveLength(3);
  });

  it('has one key for all that cannot be keyed', async () => {
    const { door } = world({ live });
    const statuses = [];
    for (let i = 0; i < 3; i += 1) statuses.push((await door.receive('orders', request())).status);
    expect(statuses).toEqual([202, 202, 429]);
  });

  it('records floods by sample', async () => {
    const { door, refusals } = world({ live });
    for (let i = 0; i < 60; i += 1) await door.receive('orders', request());
    expect(refusals).toHaveLength(31);
  });

  it('is not used up by what is not verified', async () => {
    const { credential } = createCredential(
      'key',
      { type: 'api-key', name: 'x-key', value: { env: 'K' } },
      () => 'the-key-of-the-rate-limit-spec',
    );
    const { door } = world({ live: liveFlow({ rateLimit: { limit: 1, per: '1h' } }, { credential }) });
    for (let i = 0; i < 5; i += 1) expect((await door.receive('orders', request({ rawHeaders: [] }))).status).toBe(401);
    const rawHeaders = ['content-type', 'application/json', 'x-key', 'the-key-of-the-rate-limit-spec'];
    expect((await door.receive('orders', request({ rawHeaders }))).status).toBe(202);
  });
});

describe('encodings', () => {
  const live = liveFlow({ encodings: ['gzip'] });
  const headers = (coding: string): string[] => ['Content-Type', 'application/json', 'Content-Encoding', coding];

  it('lets the codings in that it names, keeps the bytes as sent, and decides about what was encoded', async () => {
    const { door, accepted, started } = world({
      live: liveFlow({ encodings: ['gzip'], dedupe: { key: '{{ trigger.body.id }}' } }),
      runner: 'shared',
    });
    const body = gzipSync('{"id":"a"}');
    expect((await door.receive('orders', request({ rawHeaders: headers('gzip'), body }))).status).toBe(202);
    expect(accepted[0]?.dedupe?.key).toBe('a');
    expect(Buffer.compare(accepted[0]!.event.body, body)).toBe(0);
    expect(started).toHaveLength(1);
  });

  it('refuses others, and all where it is not said', async () => {
    const statuses = [
      await world({ live }).door.receive('orders', request({ rawHeaders: headers('br'), body: brotliCompressSync('{}') })),
      await world().door.receive('orders', request({ rawHeaders: headers('gzip'), body: gzipSync('{}') })),
      await world({ live }).door.receive('orders', request({ rawHeaders: headers('gzip, gzip'), body: gzipSync('{}') })),
    ];
    expect(statuses.map((answer) => [answer.status, contentOf(answer).error?.code])).toEqual(
      Array(3).fill([415, 'body.encoding-not-accepted']),
    );
  });

  it('counts a bomb by what it would become', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000, ' '));
    const { door, accepted } = world({ live, maxBody: 1_000 });
    const answer = await door.receive('orders', request({ rawHeaders: headers('gzip'), body: bomb }));
    expect([answer.status, contentOf(answer).error?.code, accepted]).toEqual([413, 'body.too-large', []]);
  });

  it('counts what is decoded towards the memory for bodies', async () => {
    const { door } = world({ live, maxBody: 10_000, maxPending: 500 });
    const answer = await door.receive('orders', request({ rawHeaders: headers('gzip'), body: gzipSync(`"${'x'.repeat(600)}"`) }));
    expect([answer.status, contentOf(answer).error?.code]).toEqual([503, 'door.overloaded']);
  });

  it('leaves the signature to the bytes as sent', async () => {
    const { credential } = createCredential(
      'gh',
      { type: 'hmac', scheme: 'github', secrets: [{ env: 'S' }] },
      () => 'secret-of-the-encodings-spec',
    );
    const body = gzipSync('{}');
    const signature = createHmac('sha256', 'secret-of-the-encodings-spec').update(body).digest('hex');
    const { door } = world({ live: liveFlow({ encodings: ['gzip'] }, { credential }) });
    const rawHeaders = [...headers('gzip'), 'X-Hub-Signature-256', `sha256=${signature}`];
    expect((await door.receive('orders', request({ rawHeaders, body }))).status).toBe(202);
  });
});

describe('accept', () => {
  it('of a star on both sides takes a file of any type', async () => {
    const { door, started } = world({ live: liveFlow({ accept: ['*/*'] }), runner: 'shared' });
    expect((await door.receive('orders', request({ rawHeaders: ['Content-Type', 'image/png'], body: 'PNG' }))).status).toBe(202);
    expect(started).toHaveLength(1);
  });
});

describe('a handshake', () => {
  const config: CredentialConfig = { type: 'hmac', scheme: 'dropbox', secrets: [{ env: 'S' }] };
  const { credential } = createCredential('dropbox', config, () => 'secret-of-the-handshake-spec');

  it('is answered without an event, whatever the methods, and only where the credential is of its vendor', async () => {
    const challenge = { method: 'GET', url: '/flows/orders/hook?challenge=abc', rawHeaders: [], body: '' };
    const { door, accepted, refusals } = world({ live: liveFlow({}, { credential }) });
    expect(await door.receive('orders', request(challenge))).toMatchObject({ status: 200, body: 'abc' });
    expect([accepted, refusals]).toEqual([[], []]);
    expect((await world().door.receive('orders', request(challenge))).status).toBe(405);
  });
});

describe('several secrets', () => {
  const config: CredentialConfig = { type: 'hmac', scheme: 'github', secrets: [{ env: 'NEW' }, { env: 'OLD' }] };
  const secretOf = (env: string): string => `the-${env}-secret-of-the-rotation-spec`;
  const { credential } = createCredential('gh', config, ({ env }) => secretOf(env));

  it('leave on the event which one matched, and in the log once a day that an old one is used', async () => {
    const said: string[] = [];
    let now = NOW;
    const log = { warn: (_: object, line: string) => said.push(line), info: () => undefined } as unknown as Log;
    const { door, accepted } = world({ live: liveFlow({}, { credential }), log, now: () => new Date(now) });
    const send = (env: string): Promise<unknown> => {
      const signature = createHmac('sha256', secretOf(env)).update('{}').digest('hex');
      return door.receive(
        'orders',
        request({ rawHeaders: ['content-type', 'application/json', 'x-hub-signature-256', `sha256=${signature}`] }),
      );
    };
    for (const env of ['NEW', 'OLD', 'OLD']) await send(env);
    now += 25 * 3_600_000;
    await send('OLD');
    const old = { credential: 'gh', secret: 'OLD', old: true };
    expect(accepted.map(({ event }) => event.verified)).toEqual([{ credential: 'gh', secret: 'NEW' }, old, old, old]);
    expect(said).toHaveLength(2);
    expect(said[0]).toContain('OLD');
    expect(JSON.stringify(accepted)).not.toContain(secretOf('OLD'));
  });
});

describe('a signed id', () => {
  const config: CredentialConfig = { type: 'hmac', scheme: 'slack', secrets: [{ env: 'S' }] };
  const { credential } = createCredential('slack', config, () => 'secret-of-the-signed-id-spec');

  it('is used up by what runs, and by nothing that fails or matches nothing', async () => {
    const time = String(NOW / 1000);
    const keyed = async (body: string): Promise<boolean> => {
      const { door, accepted } = world({ live: liveFlow({ schema: {}, when: '{{ trigger.body != 1 }}' }, { credential }) });
      const signature = createHmac('sha256', 'secret-of-the-signed-id-spec').update(`v0:${time}:${body}`).digest('hex');
      const rawHeaders = ['content-type', 'application/json', 'x-slack-request-timestamp', time, 'x-slack-signature', `v0=${signature}`];
      expect((await door.receive('orders', request({ rawHeaders, body }))).status).toBe(202);
      return accepted[0]?.dedupe !== undefined;
    };
    expect([await keyed('{}'), await keyed('"misfit"'), await keyed('1')]).toEqual([true, false, false]);
  });
});

describe('a secret over plain http', () => {
  const { credential } = createCredential(
    'key',
    { type: 'api-key', name: 'x-key', value: { env: 'K' } },
    () => 'the-key-of-the-plain-spec',
  );

  async function said(address: string, encrypted: boolean, key = 'the-key-of-the-plain-spec'): Promise<string[]> {
    const lines: string[] = [];
    const log = { warn: (_: object, line: string) => lines.push(line) } as unknown as Log;
    const { door } = world({ live: liveFlow({}, { credential }), log });
    const sent = (): Promise<unknown> =>
      door.receive('orders', request({ rawHeaders: ['content-type', 'application/json', 'x-key', key] }), { caller: address, encrypted });
    await sent();
    await sent();
    return lines;
  }

  it('from outside is told the operator, once', async () => {
    expect(await said('192.0.2.7', false)).toEqual([expect.stringMatching(/^The secret of key came over plain http: .*MILLRACE_TLS_CERT/)]);
  });

  it('is nothing to tell where it is encrypted, comes from this machine, or is not even right', async () => {
    expect(await said('192.0.2.7', true)).toEqual([]);
    for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) expect(await said(address, false)).toEqual([]);
    expect(await said('192.0.2.7', false, 'wrong')).toEqual([]);
  });
});

describe('where unknown flows are hidden', () => {
  const { credential } = createCredential(
    'key',
    { type: 'api-key', name: 'x-key', value: { env: 'K' } },
    () => 'the-key-of-the-hiding-spec',
  );
  const known = liveFlow({ limit: '10b', methods: ['PUT'] }, { credential });

  it.each([
    ['a wrong key', known, {}],
    ['no key', known, { rawHeaders: [] }],
    ['two keys', known, { rawHeaders: ['X-Key', 'a', 'X-Key', 'b'] }],
    ['a body over its limit, under that of others', known, { body: 'x'.repeat(150) }],
    ['a body over every limit', known, { body: 'x'.repeat(250) }],
    ['a method it does not take', known, { method: 'DELETE' }],
    ['a coding it does not take', known, { rawHeaders: ['Content-Encoding', 'br'] }],
    ['a flow that is not enabled', { ...known, rules: undefined }, {}],
  ])('%s is answered like a flow that does not exist', async (_, live, sent) => {
    const { door } = world({ live, hideUnknown: true });
    expect(await door.receive('orders', request(sent))).toEqual(await door.receive('nobody', request(sent)));
  });

  it('who tries out ids is recorded by sample, however many they are', async () => {
    const { door, refusals } = world({ hideUnknown: true });
    for (let i = 0; i < 60; i += 1) await door.receive(`guess-${i}`, request());
    expect(refusals).toHaveLength(31);
  });

  it('an endpoint that is not declared is answered like a flow that does not exist', async () => {
    const { door } = world({ hideUnknown: true });
    expect(await door.receiveShared('nobody', request())).toEqual(await door.receive('nobody', request()));
  });
});
