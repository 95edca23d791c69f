import type { EventView, RunView } from '../../../apps/control-api/index.js';
import { endOf } from '../../support/flow-files.js';
import { chunked, exchange, sendRaw, type RawAnswer } from '../../support/raw-http.js';
import { errorOf, hex, JSON_TYPE, receipt, SECRET, slackSigned, seconds, told, type Row, type Site } from './site.js';

/** Requests that are wrong in every way that a body, a header or a credential can be. */
function badRequests({ hook }: Site): Promise<RawAnswer>[] {
  return [
    hook('nobody'),
    hook('github'),
    hook('github', { headers: [JSON_TYPE, 'X-Hub-Signature-256: sha256=zz'] }),
    hook('slack', { headers: slackSigned(String(seconds() - 4000)) }),
    hook('open', { body: '{"a":' }),
    hook('open', { body: '{"__proto__":{}}' }),
    hook('open', { body: '['.repeat(1000) }),
    hook('open', { headers: ['Content-Type: application/xml'], body: '<a><b></a>' }),
    hook('open', { headers: ['Content-Type: multipart/form-data; boundary=x'], body: 'x' }),
    hook('open', { headers: [JSON_TYPE, 'Content-Encoding: gzip'] }),
    hook('open', { headers: [JSON_TYPE, `Content-Length: ${2 ** 30}`], body: '' }),
    hook('open', { method: 'DELETE' }),
    hook('coded', { headers: [JSON_TYPE, 'Content-Encoding: gzip'], body: 'no gzip' }),
  ];
}

/** In which order things are looked at, what is answered, and what follows from it. */
export const answerRows: readonly Row[] = [
  [
    2,
    'no bad input is answered 410, 3xx or 5xx: vendors would unsubscribe, follow or repeat',
    async (site) => {
      const answered = (await Promise.all(badRequests(site))).map(({ status }) => status);
      expect(answered.filter((status) => status === 410 || status < 400 || status >= 500)).toEqual([]);
    },
  ],
  [
    3,
    'length goes before everything, and nothing of a body is read before its credential',
    async ({ hook }) => {
      const huge = { headers: [JSON_TYPE, `Content-Length: ${2 ** 30}`], body: '' };
      const sent = [hook('nobody', huge), hook('github', huge), hook('github', { body: '{"a":' }), hook('nobody')];
      expect(await told(sent)).toEqual(['413 body.too-large', '413 body.too-large', '401 request.unauthorized', '404 flow.not-found']);
    },
  ],
  [
    10,
    'where one request ends and the next begins is never in doubt',
    async ({ send, instance }) => {
      const head = 'POST /flows/open/hook HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n';
      const smuggled = [
        `${head}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`,
        `${head}Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}`,
        `${head}Content-Length: 2, 2\r\n\r\n{}`,
        `${head}Content-Length: +2\r\n\r\n{}`,
        `${head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
        `${head}Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n`,
        `${head}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n`,
        `${head}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`,
        `${head}X-A: a\r\n b: c\r\nContent-Length: 0\r\n\r\n`,
        `${head}X-A: a\0b\r\nContent-Length: 0\r\n\r\n`,
        `${head}X-A: a\nX-B: b\r\nContent-Length: 0\r\n\r\n`,
        `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
        `${head}Transfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n`,
        `${head}Content-Length: 0x2\r\n\r\n{}`,
        `${head}Content-Length: -2\r\n\r\n{}`,
      ];
      const answers = await told(smuggled.map(send));
      expect(answers).toEqual(smuggled.map(() => '400 request.malformed'));
      const coded = await send(`${head}Transfer-Encoding: gzip, chunked\r\n\r\n${chunked('{}')}`);
      expect(coded.headers['connection']).toBe('close');
      const post = (target: string, rest: string): string =>
        `POST ${target} HTTP/1.1\r\nHost: a.test\r\n${JSON_TYPE}\r\n${rest}Content-Length: 2\r\n\r\n{}`;
      const [last, other] = ['Connection: close\r\n', '/flows/nobody/hook'];
      expect((await send(post('http://elsewhere.test/flows/open/hook', last))).status).toBe(202);
      expect(await told([send(post('/flows/open/hook', 'Expect: the-unexpected\r\n'))])).toEqual(['417 request.expectation-failed']);
      const pipelined = await exchange(instance.url, post('/flows/open/hook', '') + post(other, '') + post('/flows/op%65n/hook', last));
      expect([pipelined.status, ...pipelined.body.match(/HTTP\/1\.1 \d+/g)!]).toEqual([202, 'HTTP/1.1 404', 'HTTP/1.1 202']);
      const wide = send(`${head}X-A: ${'a'.repeat(17_000)}\r\nContent-Length: 0\r\n\r\n`);
      expect(await told([Promise.resolve(coded), wide])).toEqual(['501 header.transfer-encoding', '431 request.headers-too-large']);
    },
  ],
  [
    26,
    'what is answered 202 is written down, and what there is no room for is asked to come again',
    async ({ hook, hiding, instance }) => {
      const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => hook('open', { body: `${i}` })));
      const kept = await Promise.all(answers.map((answer) => instance.api<EventView>(`events/${receipt(answer).eventId}`)));
      expect(kept.map(({ body }) => body.value)).toEqual(Array.from({ length: 20 }, (_, i) => i));
      const full = await sendRaw(hiding.url, { path: '/flows/large/hook', headers: [JSON_TYPE], body: `"${'x'.repeat(1_500_000)}"` });
      expect(await told([Promise.resolve(full)])).toEqual(['503 door.overloaded']);
      expect(Number(full.headers['retry-after'])).toBeGreaterThan(0);
    },
  ],
  [
    27,
    'what does not fit is kept and fails, for the owner to see, and is 422 for a caller who waits',
    async ({ hook, instance }) => {
      const run = await instance.api<RunView>(`runs/${receipt(await hook('fits')).runId}`);
      const message = expect.stringContaining("must have required property 'id'") as string;
      expect(run).toMatchObject({ status: 'failed', error: { code: 'trigger.schema', message } });
      const waited = await hook('waits');
      expect(waited.status).toBe(422);
      expect(errorOf(waited)).toEqual({ code: 'trigger.schema', message, pointers: [''] });
      expect((await hook('waits', { body: '{"id":1}' })).status).toBe(200);
    },
  ],
  [
    28,
    'what a sender names is not reached unless it is allowed, also not by a redirect, and each try is signed anew over the same bytes',
    async ({ hook, instance, receiver }) => {
      for (const url of ['http://127.0.0.2:9/', `${receiver.url}/moved`]) {
        const answer = await hook('reaches', { body: JSON.stringify({ url }) });
        const run = await endOf(instance, receipt(answer).runId);
        expect(run).toMatchObject({ status: 'failed', error: { code: 'address.blocked' } });
      }
      const answer = await hook('signs', { body: JSON.stringify({ url: `${receiver.url}/signed` }) });
      expect(await endOf(instance, receipt(answer).runId)).toMatchObject({ status: 'succeeded' });
      const tries = receiver.requests.filter(({ url }) => url === '/signed');
      const times = tries.map(({ headers }) => headers['x-slack-request-timestamp']);
      expect([tries.length, new Set(times).size, tries[1]!.bytes.equals(tries[0]!.bytes)]).toEqual([2, 2, true]);
      for (const [at, { headers, text }] of tries.entries()) {
        expect(headers['x-slack-signature']).toBe(`v0=${hex(SECRET, `v0:${times[at]}:${text}`)}`);
      }
    },
  ],
];
