import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { createCredential, type Credential, type CredentialConfig } from '@millrace/credentials';
import type { FrontDoor } from './front-door.js';
import { liveFlow, world } from './rig.js';

interface Vector {
  readonly id: string;
  readonly scheme: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly bodyUtf8?: string;
  readonly bodyBase64?: string;
  readonly secret: string;
  readonly secrets?: readonly string[];
  readonly now: number;
  readonly valid: boolean;
}

const file = resolve(process.cwd(), '../shared/vectors/signatures.json');
const present = existsSync(file);
const vectors = present ? (JSON.parse(readFileSync(file, 'utf8')) as Vector[]) : [];

/** Signed requests of vendors, each header line as it was sent, over a connection, at the time at which they were signed. */
describe('signature vectors over the wire', () => {
  let server: Server;
  let door: FrontDoor;

  beforeAll(async () => {
    if (!present) console.log(`Skipped: no vectors at ${file}.`);
    server = createServer((request, response) => {
      void door.receive('orders', request).then(({ status, headers, body }) => response.writeHead(status, headers).end(body));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => void server.close());

  it('those that are valid are let in, and no others', async () => {
    const judged: string[] = [];
    for (const vector of vectors) judged.push(`${vector.id} ${await letIn(vector)}`);
    expect(judged).toEqual(vectors.map(({ id, valid }) => `${id} ${valid}`));
    console.log(`${vectors.length} vectors sent, ${vectors.filter(({ valid }) => valid).length} of them valid`);
  });

  /** Whether it came past the credential: what is said of its body then does not matter here. */
  async function letIn(vector: Vector): Promise<boolean> {
    const { url, now } = vector;
    const credential = credentialOf(vector);
    // A secret that is refused when the credential is made lets nobody in.
    if (!credential) return false;
    const { origin } = new URL(url);
    const live = liveFlow({ methods: ['POST', 'GET', 'PUT', 'PATCH', 'DELETE'] }, { credential });
    ({ door } = world({ live, now: () => new Date(now * 1000), publicUrl: () => origin, maxBody: 1_000_000, maxPending: 10_000_000 }));
    const { status, body } = await answerTo(vector);
    return status === 202 || status === 200 || /"code":"body\./.test(body);
  }

  async function answerTo(vector: Vector): Promise<{ status: number; body: string }> {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const received: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => received.push(chunk)).write(bytesOf(vector));
    await once(socket, 'close');
    const text = Buffer.concat(received).toString('latin1');
    return { status: Number(text.split(' ')[1]), body: text.slice(text.indexOf('\r\n\r\n')) };
  }
});

function bytesOf({ method, url, headers, bodyUtf8 = '', bodyBase64 }: Vector): Buffer {
  const body = bodyBase64 === undefined ? Buffer.from(bodyUtf8, 'utf8') : Buffer.from(bodyBase64, 'base64');
  const path = /^https?:\/\/[^/]+(.*)$/.exec(url)?.[1] || '/';
  const lines = Object.entries(headers).flatMap(([name, value]) => [value].flat().map((line) => `${name}: ${line}`));
  const head = [`${method} ${path} HTTP/1.1`, 'Host: a.test', 'Connection: close', ...lines, `Content-Length: ${body.length}`, '', ''];
  return Buffer.concat([Buffer.from(head.join('\r\n'), 'utf8'), body]);
}

function credentialOf({ scheme, secret, secrets = [secret] }: Vector): Credential | undefined {
  const refs = secrets.map((_, at) => ({ env: `S${at}` }));
  const config: CredentialConfig = { type: 'hmac', scheme: scheme.replace(/^code:/, ''), secrets: refs };
  return createCredential('vector', config, ({ env }) => secrets[Number(env.slice(1))]).credential;
}
