import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { PLATFORM } from '@millrace/platform';
import { json, NOT_FOUND, UNAUTHORIZED, type Answer } from './door/answers.js';
import type { Origin } from './door/arrival.js';
import { FrontDoor } from './door/front-door.js';
import { ExpressLane } from './express-lane.js';
import { HookController } from './hook.controller.js';

/** What the door says, by the id that it is asked for. */
const ANSWERS: Readonly<Record<string, Answer>> = {
  accepted: json(202, { eventId: 'e', runIds: ['r'], runId: 'r' }),
  empty: { status: 204, headers: { 'x-given': 'yes' }, body: undefined },
  bare: { status: 200, headers: {}, body: undefined },
  refused: UNAUTHORIZED,
  wide: { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8', 'x-latin': 'caf\u00e9' }, body: 'Grüße \u{1f600}' },
};

interface Seen {
  /** Requests that came through the router. */
  routed: number;
  readonly origins: (Origin | undefined)[];
}

@Module({})
class DoorModule {
  static of(config: object, seen: Seen): DynamicModule {
    const receive = (id: string, _request: unknown, origin?: Origin): Promise<Answer> => {
      seen.origins.push(origin);
      return Promise.resolve(ANSWERS[id] ?? NOT_FOUND);
    };
    const door = { receive, receiveShared: receive };
    const providers = [{ provide: PLATFORM, useValue: { config } }, { provide: FrontDoor, useValue: door }, ExpressLane];
    return { module: DoorModule, controllers: [HookController], providers };
  }
}

interface Listening {
  readonly app: NestFastifyApplication;
  readonly port: number;
  readonly seen: Seen;
}

async function listen(config: { trustedProxies: string[]; publicUrl?: string }): Promise<Listening> {
  const seen: Seen = { routed: 0, origins: [] };
  const adapter = new FastifyAdapter({ exposeHeadRoutes: false, routerOptions: { ignoreTrailingSlash: true } });
  const app = await NestFactory.create<NestFastifyApplication>(DoorModule.of(config, seen), adapter, { bodyParser: false, logger: false });
  const fastify = adapter.getInstance();
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', (_request, _payload, done) => done(null, undefined));
  fastify.addHook('onRequest', (_request, _reply, done) => {
    seen.routed += 1;
    done();
  });
  await app.listen(0, '127.0.0.1');
  return { app, port: Number(new URL(await app.getUrl()).port), seen };
}

interface Received {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

function send(port: number, method: string, path: string): Promise<Received> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port, method, path, headers: { 'content-type': 'application/json' } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const { date: _date, ...headers } = response.headers;
        resolve({ status: response.statusCode, headers, body: Buffer.concat(chunks).toString() });
      });
    });
    sent.on('error', reject).end(method === 'POST' ? '{}' : undefined);
  });
}

describe('the way past the router', () => {
  let express: Listening;
  let routed: Listening;

  beforeAll(async () => {
    express = await listen({ trustedProxies: [] });
    routed = await listen({ trustedProxies: ['127.0.0.1'] });
  });
  afterAll(() => Promise.all([express.app.close(), routed.app.close()]));

  it.each([
    ['POST', '/flows/accepted/hook'],
    ['POST', '/flows/accepted/hook?a=1'],
    ['POST', '/endpoints/accepted'],
    ['POST', '/flows/empty/hook'],
    ['POST', '/flows/bare/hook'],
    ['POST', '/flows/refused/hook'],
    ['POST', '/flows/wide/hook'],
    ['POST', '/flows/unknown/hook'],
  ])('gives %s %s the answer that the router gives', async (method, path) => {
    const before = express.seen.routed;
    const fast = await send(express.port, method, path);
    expect(express.seen.routed).toBe(before);
    expect(fast).toEqual(await send(routed.port, method, path));
  });

  it.each([
    ['GET', '/flows/accepted/hook'],
    ['POST', '/flows/accepted/hook/'],
    ['POST', '/flows/acc%65pted/hook'],
    ['POST', '/flows/accepted/hooks'],
    ['POST', '/endpoints/accepted/more'],
  ])('leaves %s %s to the router', async (method, path) => {
    const before = express.seen.routed;
    const answer = await send(express.port, method, path);
    expect(express.seen.routed).toBe(before + 1);
    expect(answer).toEqual(await send(routed.port, method, path));
  });

  it.each([{ trustedProxies: ['127.0.0.1'] }, { trustedProxies: [], publicUrl: 'https://example.com/hooks' }])(
    'is closed where what a proxy says has to be read first: %j',
    async (config) => {
      const behind = await listen(config);
      try {
        await send(behind.port, 'POST', '/flows/accepted/hook');
        expect(behind.seen.routed).toBe(1);
      } finally {
        await behind.app.close();
      }
    },
  );

  it('tells the door where a request came from', async () => {
    await send(express.port, 'POST', '/flows/accepted/hook');
    expect(express.seen.origins.at(-1)).toMatchObject({ caller: '127.0.0.1', encrypted: false });
  });

  it('is closed once the application stops, so that the router can say so', async () => {
    const stopping = await listen({ trustedProxies: [] });
    stopping.app.get(ExpressLane).beforeApplicationShutdown();
    await send(stopping.port, 'POST', '/flows/accepted/hook');
    expect(stopping.seen.routed).toBe(1);
    await stopping.app.close();
  });
});
