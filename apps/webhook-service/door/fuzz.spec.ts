import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { jest } from '@jest/globals';
import fc from 'fast-check';
import { createCredential } from '@millrace/credentials';
import type { FrontDoor } from './front-door.js';
import { bytesOf, FUZZED, METHODS, statusIn, Tally } from '../../../test/support/fuzz-requests.js';
import { liveFlow, world } from './rig.js';

/** Cases of each kind. */
const RUNS = process.env['MILLRACE_FULL'] === '1' ? 3_000 : 750;
const MAX_PENDING = 100_000;
/** More than a collector leaves lying about; much less than one kilobyte for each case of the long run. */
const MAX_GROWTH_MB = 16;
const { credential } = createCredential('hub', { type: 'hmac', scheme: 'meta', secrets: [{ env: 'S' }] }, () => 'secret-of-the-fuzz-spec');
const settings = {
  methods: METHODS,
  encodings: ['gzip', 'deflate', 'br'],
  rateLimit: { limit: 100_000, per: '1s', key: '{{ trigger.body.k }}' },
  when: '{{ trigger.body.a = 1 }}',
};
const lives = [
  liveFlow({ methods: METHODS }),
  liveFlow(settings),
  liveFlow(settings, { credential }),
  liveFlow({ ...settings, dedupe: { key: '{{ trigger.body.id }}' } }),
];

jest.setTimeout(RUNS * 20 + 30_000);

/** Whatever is sent: an answer that belongs to the table of answers, and nothing that stays behind. */
describe('anything at all', () => {
  let server: Server;
  let door: FrontDoor;

  beforeAll(async () => {
    server = createServer((request, response) => {
      void door.receive('orders', request).then(({ status, headers, body }) => response.writeHead(status, headers).end(body));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => void server.close());

  it.each(Object.entries(FUZZED))('in its %s is accepted or refused, never a failure of ours, and is forgotten', async (kind, requests) => {
    const tally = new Tally(`${kind} at the door`);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...lives), requests, async (live, sent) => {
        const made = world({ live, maxBody: 1_000, maxPending: MAX_PENDING });
        door = made.door;
        const status = await answerTo(bytesOf(sent, '/flows/orders/hook'));
        tally.count(status);
        expect([200, 202, 400, 401, 405, 413, 415, 417, 429]).toContain(status);
        expect(made.refusals.map(({ code }) => code)).not.toContain('door.failed');
      }),
      { numRuns: RUNS },
    );
    expect(tally.report()).toBeLessThan(MAX_GROWTH_MB);
    expect(tally.of((status) => status < 300)).toBeGreaterThan(0);
  });

  async function answerTo(bytes: Buffer): Promise<number> {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const received: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => received.push(chunk)).write(bytes);
    await once(socket, 'close');
    return statusIn(Buffer.concat(received).toString('latin1'));
  }
});
