import 'reflect-metadata';
import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { NestLog } from '@millrace/telemetry';
import { HealthModule } from './health/health.module.js';
import { originForm, prefixOf, transport, withoutPrefix } from './http/transport.js';
import { answerClientError, answerExpectation, answerUnroutable } from './http/unroutable.js';
import { PlatformModule } from './platform.module.js';
import type { Platform } from './platform.js';

/** A listening application. */
export interface Server {
  readonly app: NestFastifyApplication;
  readonly url: string;
  close(): Promise<void>;
}

/** Node's default; a request line and headers beyond it are answered 431 before they reach us. */
const MAX_HEADER_BYTES = 16 * 1024;
const REQUEST_TIMEOUT_MS = 30_000;

/** What is certainly a media type for Fastify, which answers anything else itself, before a handler knows of the request. */
const MEDIA_TYPE = /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+(;|$)/;
/** Shown to Fastify only: handlers look at what was sent. */
const UNTYPED = { 'content-type': 'application/octet-stream' };

@Module({})
class RootModule {
  static of(imports: (DynamicModule | Type)[]): DynamicModule {
    return { module: RootModule, imports };
  }
}

/** Composes the modules into one Nest application on Fastify and listens. Handlers read their bodies themselves. */
export async function serve(platform: Platform, modules: readonly (DynamicModule | Type)[]): Promise<Server> {
  const app = await createApp(platform, modules);
  await app.listen(platform.config.port, platform.config.host);
  const url = await addressOf(app);
  if (!platform.config.publicUrl) platform.publicUrl = url;
  return { app, url, close: () => app.close() };
}

async function createApp(platform: Platform, modules: readonly (DynamicModule | Type)[]): Promise<NestFastifyApplication> {
  const { config } = platform;
  const prefix = prefixOf(config.publicUrl);
  const adapter = new FastifyAdapter({
    ...(await transport(config, MAX_HEADER_BYTES)),
    trustProxy: config.trustedProxies.length > 0 ? [...config.trustedProxies] : false,
    rewriteUrl: ({ url = '/' }: { url?: string }) => withoutPrefix(originForm(url), prefix),
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: true },
    exposeHeadRoutes: true,
    frameworkErrors: answerUnroutable,
    clientErrorHandler: answerClientError,
  });
  const root = RootModule.of([PlatformModule.forRoot(platform), HealthModule, ...modules]);
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    bodyParser: false,
    logger: new NestLog(platform.log),
    abortOnError: false,
  });
  const fastify = adapter.getInstance();
  fastify.server.on('checkExpectation', answerExpectation);
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', (_request, _payload, done) => done(null, undefined));
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (!MEDIA_TYPE.test(request.raw.headers['content-type'] ?? '')) request.headers = UNTYPED;
    done();
  });
  return app;
}

async function addressOf(app: NestFastifyApplication): Promise<string> {
  return (await app.getUrl()).replace('[::1]', 'localhost').replace('0.0.0.0', '127.0.0.1').replace('[::]', '127.0.0.1');
}
