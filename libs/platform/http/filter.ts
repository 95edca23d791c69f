import { Catch, HttpException, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { PLATFORM } from '../platform.module.js';
import type { Platform } from '../platform.js';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { describeDatabaseError, isDatabaseAway } from '@millrace/postgres';
import { ApiError, SignedIn } from './errors.js';
import { API_HEADERS, jsonText } from './json.js';

/**
 * Turns everything thrown into `{ error: { code, message } }`, for routes that do not exist too. What was not foreseen
 * is logged and told the caller without its details.
 */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(@Inject(PLATFORM) private readonly platform: Platform) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (reply.sent) return;
    if (thrown instanceof SignedIn) {
      void reply.code(303).headers({ location: thrown.location, 'set-cookie': thrown.cookie, 'cache-control': 'no-store' }).send();
      return;
    }
    const { status, code, message, headers, more } = this.explain(thrown, request);
    const body = jsonText({ error: { code, message }, ...more }, request.headers.accept);
    void reply
      .code(status)
      .headers({ ...API_HEADERS, ...headers })
      .send(body);
  }

  private explain(thrown: unknown, { method, url }: FastifyRequest): ApiError {
    if (thrown instanceof ApiError) return thrown;
    const status = statusOf(thrown);
    if (status === 404) return noRoute(method, url);
    if (status !== undefined && status < 500) return new ApiError(status, 'request.invalid', (thrown as Error).message);
    if (isDatabaseAway(thrown)) {
      this.platform.log.warn(
        { reason: describeDatabaseError(thrown), method, path: pathOf(url) },
        'A request needs the database, which is away',
      );
      return databaseAway();
    }
    this.platform.log.error({ err: thrown, method, path: pathOf(url) }, 'A request failed');
    return new ApiError(500, 'api.failed', 'The request could not be handled. The log of this server says why.');
  }
}

/** Clients may ask again by themselves. */
function databaseAway(): ApiError {
  const message =
    'The database cannot be reached just now, so nothing can be shown or changed. Events are not acknowledged meanwhile. Try again in a moment; /health/ready says when it is back.';
  return new ApiError(503, 'database.away', message, { 'retry-after': '2' });
}

/** The status that Nest or Fastify gave an error of theirs. */
function statusOf(thrown: unknown): number | undefined {
  if (thrown instanceof HttpException) return thrown.getStatus();
  const { statusCode } = (thrown ?? {}) as { statusCode?: unknown };
  return typeof statusCode === 'number' ? statusCode : undefined;
}

function noRoute(method: string, url: string): ApiError {
  const route = `${method} ${pathOf(url).slice(0, 200)}`;
  return new ApiError(404, 'route.not-found', `There is nothing at ${route}. /api/v1/openapi.json describes what there is.`);
}

/** Without the query, where a token may be. */
function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? '';
}
