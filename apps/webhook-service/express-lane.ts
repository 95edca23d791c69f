import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { PLATFORM, type Platform } from '@millrace/platform';
import type { Answer } from './door/answers.js';
import { hangUpOf, originOf } from './door/arrival.js';
import { FrontDoor } from './door/front-door.js';

/** Ids and names as they are declared: nothing that would have to be decoded first. */
const HOOK = /^\/(?:flows\/([a-z0-9-]{1,64})\/hook|endpoints\/([a-z0-9-]{1,64}))(?:\?|$)/;

/**
 * Most of what comes in is a POST to a hook, and all that the router does for it is to find the id: such requests go
 * straight to the front door. Whatever else comes, or comes through a proxy whose headers and path have to be read
 * first, goes through the router to HookController: to the same door, for the same answer. See docs/adr/0055.
 */
@Injectable()
export class ExpressLane implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private closing = false;

  constructor(
    @Inject(FrontDoor) private readonly door: FrontDoor,
    @Inject(PLATFORM) private readonly platform: Platform,
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
  ) {}

  onApplicationBootstrap(): void {
    if (isBehindProxy(this.platform.config)) return;
    const server = this.host.httpAdapter.getHttpServer() as Server;
    const [router] = server.listeners('request') as RequestListener[];
    if (router === undefined) return;
    server.removeListener('request', router);
    server.on('request', (request, response) => {
      const answer = this.take(request, response);
      if (answer) void answer.then((given) => write(response, given));
      else router(request, response);
    });
  }

  /** From now on the router answers, which tells callers that the server is closing. */
  beforeApplicationShutdown(): void {
    this.closing = true;
  }

  private take(request: IncomingMessage, response: ServerResponse): Promise<Answer> | undefined {
    if (request.method !== 'POST' || this.closing) return undefined;
    const [, flowId, endpoint] = HOOK.exec(request.url ?? '') ?? [];
    if (flowId !== undefined) return this.door.receive(flowId, request, originFor(request, response));
    return endpoint === undefined ? undefined : this.door.receiveShared(endpoint, request, originFor(request, response));
  }
}

function isBehindProxy({ trustedProxies, publicUrl }: Platform['config']): boolean {
  return trustedProxies.length > 0 || (publicUrl !== undefined && new URL(publicUrl).pathname !== '/');
}

function originFor(request: IncomingMessage, response: ServerResponse): ReturnType<typeof originOf> {
  return { ...originOf(request), whenGone: hangUpOf(response) };
}

function write(response: ServerResponse, { status, headers, body }: Answer): void {
  const length = body === undefined ? 0 : Buffer.byteLength(body);
  response.writeHead(status, status === 204 ? headers : { ...headers, 'content-length': length });
  response.end(body);
}
