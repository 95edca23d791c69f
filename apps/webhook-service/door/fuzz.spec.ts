import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { createCredential } from '@millrace/credentials';
import type { FrontDoor } from './front-door.js';
import { liveFlow, world } from './rig.js';

const RUNS = 1_500;
const MAX_PENDING = 100_000;
const { credential } = createCredential('hub', { type: 'hmac', scheme: 'meta', secrets: [{ env: 'S' }] }, () => 'secret-of-the-fuzz-spec');
const methods = ['POST', 'GET', 'PUT', 'HEAD', 'DELETE'];
const settings = {
  methods,
  encodings: ['gzip', 'deflate', 'br'],
  rateLimit: { limit: 100_000, per: '1s', key: '{{ trigger.body.k }}' },
  when: '{{ trigger.body.a = 1 }}',
};
const lives = [liveFlow(settings), liveFlow(settings, { credential }), liveFlow({ ...settings, dedupe: { key: '{{ trigger.body.id }}' } })];

const types = fc.constantFrom(
  'application/json',
  'application/json; charset=utf-16',
  'text/xml',
  'application/x-www-form-urlencoded; charset=iso-8859-1',
  'multipart/form-data; boundary=b',
  'text/plain; charset="shift_jis"',
  'image/png',
  ';;',
);
const names = fc.constantFrom('Content-Type', 'Content-Encoding', 'X-Hub-Signature-256', 'Authorization', 'X-Any', 'Host', 'Cookie');
const values = fc.oneof(
  types,
  fc.constantFrom('gzip', 'br', 'sha256=00', 'Basic eDp5', ''),
  fc.string({ unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)) }),
);
const pieces = fc.constantFrom(
  '{',
  '}',
  '"a":1',
  '[',
  ']',
  '9007199254740993',
  '--b',
  '\r\n\r\n',
  'Content-Disposition: form-data; name=x',
  '<a>',
  '</a>',
  '<!DOCTYPE',
  '&',
  '=',
  '%zz',
  '\0',
  'ÿ',
  ',',
  '1e999',
  '"__proto__":1',
);
const bodies = fc.oneof(
  fc.array(pieces, { maxLength: 20 }).map((parts) => Buffer.from(parts.join(''), 'latin1')),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc.json().map((text) => Buffer.from(text)),
  fc.json().map((text) => gzipSync(text)),
);
const requests = fc.record({
  method: fc.constantFrom(...methods, 'PATCH'),
  query: fc.string({ unit: fc.constantFrom('a', '=', '&', '%', 'z', '+', 'hub.mode') }),
  headers: fc.oneof(
    types.map((type): [string, string][] => [['Content-Type', type]]),
    fc.array(fc.tuple(names, values), { maxLength: 5 }),
  ),
  body: bodies,
  live: fc.constantFrom(...lives),
});

/** Whatever is sent: an answer that belongs to the table of answers, and nothing that stays behind. */
describe('anything at all', () => {
  let server: Server;
  let door: FrontDoor;
  const counts: Record<number, number> = {};

  beforeAll(async () => {
    server = createServer((request, response) => {
      void door.receive('orders', request).then(({ status, headers, body }) => response.writeHead(status, headers).end(body));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => {
    server.close();
    console.log(`Answers by status: ${JSON.stringify(counts)}`);
  });

  it('is accepted or refused, never a failure of ours', async () => {
    await fc.assert(
      fc.asyncProperty(requests, async ({ live, ...sent }) => {
        const made = world({ live, maxBody: 1_000, maxPending: MAX_PENDING });
        door = made.door;
        const status = await answerTo(sent);
        counts[status] = (counts[status] ?? 0) + 1;
        expect([200, 202, 400, 401, 405, 413, 415, 429]).toContain(status);
        expect(made.refusals.map(({ code }) => code)).not.toContain('door.failed');
      }),
      { numRuns: RUNS },
    );
  });

  async function answerTo({
    method,
    query,
    headers,
    body,
  }: {
    method: string;
    query: string;
    headers: [string, string][];
    body: Buffer;
  }): Promise<number> {
    const lines = headers.map(([name, value]) => `${name}: ${value}`);
    const head = [
      `${method} /flows/orders/hook?${query} HTTP/1.1`,
      'Host: a.test',
      'Connection: close',
      ...lines,
      `Content-Length: ${body.length}`,
      '',
      '',
    ];
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const received: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => received.push(chunk)).write(Buffer.concat([Buffer.from(head.join('\r\n'), 'latin1'), body]));
    await once(socket, 'close');
    // What Node answers itself after it said to go on stands behind that.
    const said = [
      ...Buffer.concat(received)
        .toString('latin1')
        .matchAll(/HTTP\/1\.1 (\d{3})/g),
    ].map(([, status]) => Number(status));
    return said.find((status) => status >= 200) ?? 0;
  }
});
