import type { EventView, RefusalPage } from '../../../apps/control-api/index.js';
import { eventually, printed } from '../../support/flow-files.js';
import { sendRaw, type RawAnswer } from '../../support/raw-http.js';
import {
  basic,
  ENDED,
  github,
  hex,
  JSON_TYPE,
  KEY,
  OLD,
  receipt,
  SECRET,
  seconds,
  slackSigned,
  standardSigned,
  told,
  wire,
  type Row,
} from './site.js';

const UNAUTHORIZED = '401 request.unauthorized';

/** Who may send, and what those are told who may not. */
export const senderRows: readonly Row[] = [
  [
    1,
    'an unknown flow, one that is not enabled, a missing, wrong, stale and doubled credential are one answer, where unknown flows are hidden',
    async ({ hiding }) => {
      const attempt = async (flow: string, headers: string[] = []): Promise<unknown> => {
        const { headers: said, ...rest } = await sendRaw(hiding.url, {
          path: `/flows/${flow}/hook`,
          headers: [JSON_TYPE, ...headers],
          body: '{}',
        });
        const { date: _date, ...own } = said;
        return { ...rest, headers: own };
      };
      const first = await attempt('nobody');
      expect(first).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Basic realm="ingest", charset="UTF-8"' } });
      expect(await attempt('lost')).toEqual(first);
      expect(await attempt('github')).toEqual(first);
      expect(await attempt('github', ['X-Hub-Signature-256: sha256=00'])).toEqual(first);
      expect(await attempt('github', [github('{}', ENDED)])).toEqual(first);
      expect(await attempt('slack', slackSigned(String(seconds() - 4000)).slice(1))).toEqual(first);
      expect(await attempt('keyed', ['x-sig: a', 'x-sig: b'])).toEqual(first);
    },
  ],
  [
    4,
    'a method that is not taken is told to those who may send, and to nobody else',
    async ({ hook }) => {
      const put = (headers: string[]): Promise<RawAnswer> => hook('github', { method: 'PUT', headers: [JSON_TYPE, ...headers] });
      const answer = await put([github('{}')]);
      expect(answer.headers['allow']).toBe('POST');
      expect(await told([Promise.resolve(answer), put([])])).toEqual(['405 method.not-allowed', UNAUTHORIZED]);
    },
  ],
  [
    5,
    'a signature has one spelling: no rest, no other alphabet, no other length',
    async ({ hook }) => {
      const good = `sha256=${hex(SECRET, '{}')}`;
      const bad = [
        `${good}00`,
        `${good}zz`,
        good.slice(0, -2),
        good.slice('sha256='.length),
        `sha256=${Buffer.from(hex(SECRET, '{}'), 'hex').toString('base64url')}`,
      ];
      const signed = (value: string): Promise<RawAnswer> => hook('github', { headers: [JSON_TYPE, `X-Hub-Signature-256: ${value}`] });
      expect(await told(bad.map(signed))).toEqual(bad.map(() => UNAUTHORIZED));
      expect(await told([signed(good.toUpperCase().replace('SHA', 'sha'))])).toEqual([202]);
    },
  ],
  [
    6,
    'an empty secret is none, also after its prefix is taken away, and a made one has 32 bytes',
    async ({ instance }) => {
      const put = (definition: object): Promise<unknown> =>
        instance.api('credentials/made', { method: 'PUT', body: JSON.stringify(definition) });
      const hmac = (scheme: string, secret: string): object => ({ type: 'hmac', scheme, secrets: [{ secret }] });
      const empty = [
        hmac('github', ''),
        hmac('svix', 'whsec_'),
        { type: 'basic', username: 'a', password: '' },
        { type: 'api-key', name: 'x', value: [{ secret: 'one-that-is-long-enough' }, { secret: '' }] },
      ];
      for (const definition of empty) await expect(put(definition)).rejects.toThrow(/422.*credential\.invalid/s);
      await put(hmac('svix', `whsec_${Buffer.from('x'.repeat(32)).toString('base64')}`));
      const made = await instance.api<{ secret: string }>('credentials/made/secret', { method: 'POST', body: '{}' });
      expect(Buffer.from(made.secret.slice('whsec_'.length), 'base64')).toHaveLength(32);
    },
  ],
  [
    7,
    'a time is digits, and near in both directions',
    async ({ hook }) => {
      const now = seconds();
      const times = [String(now - 301), String(now + 302), `${now}.0`, `0x${now.toString(16)}`, `0${now}`, ` ${now}1`, 'NaN', '-1', ''];
      expect(await told(times.map((time) => hook('slack', { headers: slackSigned(time) })))).toEqual(times.map(() => UNAUTHORIZED));
      expect(await told([hook('slack', { headers: slackSigned(String(seconds() + 60)) })])).toEqual([202]);
    },
  ],
  [
    8,
    'of many copies at once one is taken, and the others are told which',
    async ({ hook }) => {
      const headers = standardSigned('msg_of_the_checklist');
      const receipts = (await Promise.all(Array.from({ length: 10 }, () => hook('standard', { headers })))).map(receipt);
      expect(new Set(receipts.map(({ eventId }) => eventId)).size).toBe(1);
      expect(receipts.filter(({ duplicate }) => duplicate)).toHaveLength(9);
    },
  ],
  [
    9,
    'a header that decides is sent once',
    async ({ hook }) => {
      const time = String(seconds());
      const doubled: [string, string[], string][] = [
        ['github', [JSON_TYPE, github('{}'), github('{}')], 'credential.duplicate'],
        ['slack', [...slackSigned(time), `x-slack-request-timestamp: ${time}`], 'credential.duplicate'],
        ['standard', [...standardSigned('msg_twice'), 'webhook-id: msg_twice'], 'credential.duplicate'],
        ['basic', [...basic(`partner:${KEY}`), 'authorization: Basic eDp5'], 'header.duplicate'],
        ['keyed', [JSON_TYPE, wire(`x-sig: ${KEY}`), 'X-Sig: other'], 'credential.duplicate'],
        ['open', [JSON_TYPE, 'Host: a.test', 'Host: b.test'], 'header.duplicate'],
        ['open', [JSON_TYPE, 'content-type: text/plain'], 'header.duplicate'],
        ['coded', [JSON_TYPE, 'Content-Encoding: gzip', 'content-encoding: br'], 'header.duplicate'],
      ];
      expect(await told(doubled.map(([flow, headers]) => hook(flow, { headers })))).toEqual(doubled.map(([, , code]) => `400 ${code}`));
      const twice = [`?key=${SECRET}&key=${SECRET}`, `?key=${SECRET}&k%65y=other`];
      expect(await told(twice.map((query) => hook('query', {}, query)))).toEqual(twice.map(() => '400 credential.duplicate'));
    },
  ],
  [
    11,
    'headers are bytes, names are exact, and forwarding headers are nobody’s word',
    async ({ hook, instance }) => {
      const keyed = (header: string): Promise<RawAnswer> => hook('keyed', { headers: [JSON_TYPE, wire(header)] });
      expect(await told([keyed(`X-Sig: ${KEY}`), keyed(`X_Sig: ${KEY}`)])).toEqual([202, UNAUTHORIZED]);
      const answer = await hook('open', { headers: [JSON_TYPE, 'X-Forwarded-For: 203.0.113.1', 'X-Forwarded-Proto: https'] });
      expect(await instance.api<EventView>(`events/${receipt(answer).eventId}`)).toMatchObject({ caller: '127.0.0.1' });
    },
  ],
  [
    15,
    'Basic is one user and one password, in UTF-8, in strict Base64',
    async ({ hook }) => {
      const good = Buffer.from(`partner:${KEY}`).toString('base64');
      const bad = [
        basic('partner'),
        basic('partner:'),
        basic(`partner:${KEY}x`),
        basic(`partner:${KEY}\0`),
        basic(`:${KEY}`),
        [JSON_TYPE, `Authorization: Basic ${Buffer.from(`partner:${KEY}`, 'latin1').toString('base64')}`],
        [JSON_TYPE, `Authorization: Basic ${good}!`],
        [JSON_TYPE, 'Authorization: Basic'],
        [JSON_TYPE, `Authorization: Bearer ${good}`],
      ];
      expect(await told(bad.map((headers) => hook('basic', { headers })))).toEqual(bad.map(() => UNAUTHORIZED));
      expect(await told([hook('basic', { headers: [JSON_TYPE, `authorization: bASIC ${good}`] })])).toEqual([202]);
    },
  ],
  [
    16,
    'a key is kept nowhere and cached nowhere',
    async ({ hook, instance }) => {
      const answer = await hook('query', {}, `?key=${SECRET}&a=1`);
      expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
      expect(await told([hook('query', {}, '?key=wrong-key-of-somebody&b=2')])).toEqual([UNAUTHORIZED]);
      const event = await instance.api<EventView>(`events/${receipt(answer).eventId}`);
      expect(event.url).toBe('/flows/query/hook?a=1');
      const refusal = await eventually('the refusal', async () =>
        (await instance.api<RefusalPage>('refusals?flow=query')).items.find(({ url }) => url.includes('b=2')),
      );
      expect(refusal.url).toBe('/flows/query/hook?b=2');
      expect(instance.output()).not.toContain(SECRET);
    },
  ],
  [
    17,
    'each of several secrets counts until its end, and which one did is kept, whatever the type',
    async ({ hook, instance }) => {
      const verified = async (answer: RawAnswer): Promise<unknown> =>
        (await instance.api<EventView>(`events/${receipt(answer).eventId}`)).verified;
      const key = (secret: string): Promise<RawAnswer> => hook('rotated', { headers: [JSON_TYPE, `x-key: ${secret}`] });
      const old = { secret: 'OLD_SECRET', old: true };
      expect(await verified(await hook('github', { headers: [JSON_TYPE, github('{}', OLD)] }))).toEqual({ credential: 'github', ...old });
      expect(await verified(await hook('basic', { headers: basic(`partner:${OLD}`) }))).toEqual({ credential: 'basic', ...old });
      expect(await verified(await key(OLD))).toEqual({ credential: 'rotated', ...old });
      expect(await verified(await key(SECRET))).toEqual({ credential: 'rotated', secret: 'HOOK_SECRET', old: false });
      expect(await told([key(ENDED), hook('github', { headers: [JSON_TYPE, github('{}', ENDED)] })])).toEqual([UNAUTHORIZED, UNAUTHORIZED]);
      const refusal = await eventually('the refusal', async () => (await instance.api<RefusalPage>('refusals?flow=rotated')).items[0]);
      expect(refusal).toMatchObject({ code: 'credential.secret-expired', reason: expect.stringContaining('ENDED_SECRET') as string });
      await printed(instance, 'The sender still uses the older secret in OLD_SECRET: give it the one in HOOK_SECRET.');
    },
  ],
  [
    18,
    'who guesses is slowed down, and who is right is never locked out',
    async ({ hook }) => {
      const guesses = await Promise.all(Array.from({ length: 45 }, (_, i) => hook('keyed', { headers: [JSON_TYPE, `x-sig: guess-${i}`] })));
      const slowed = guesses.filter(({ status }) => status === 429);
      expect(slowed.length).toBeGreaterThan(0);
      expect(Number(slowed[0]?.headers['retry-after'])).toBeGreaterThan(0);
      expect(new Set(await told(slowed.map((answer) => Promise.resolve(answer))))).toEqual(new Set(['429 request.too-many-failures']));
      expect(await told([hook('keyed', { headers: [JSON_TYPE, wire(`X-Sig: ${KEY}`)] })])).toEqual([202]);
    },
  ],
];
