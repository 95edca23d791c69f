import type { IncomingHttpHeaders } from 'node:http';
import { Controller, Get, Header, Headers, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { bearerOf } from '../http/bearer.js';
import { ApiError } from '../http/errors.js';
import type { Platform } from '../platform.js';
import { PLATFORM } from '../platform.module.js';
import { isSame } from '../same.js';
import { controlToken } from '../token.js';

/** What this process counts, for Prometheus. It names flows and how much they do, so it is for whoever has the token. */
@Controller('metrics')
export class MetricsController {
  private token: Promise<string> | undefined;

  constructor(@Inject(PLATFORM) private readonly platform: Platform) {}

  @Get()
  @Header('cache-control', 'no-store')
  async read(@Headers() headers: IncomingHttpHeaders, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    this.token ??= controlToken(this.platform.config);
    if (!isSame(bearerOf(headers) ?? '', await this.token)) throw unauthorized();
    const { metrics } = this.platform;
    void reply.header('content-type', metrics.contentType);
    return metrics.read();
  }
}

function unauthorized(): ApiError {
  return new ApiError(
    401,
    'metrics.unauthorized',
    'Metrics need the token of this server: Authorization: Bearer …. It is in MILLRACE_TOKEN or in the file $MILLRACE_HOME/token.',
    { 'www-authenticate': 'Bearer realm="millrace"' },
  );
}
