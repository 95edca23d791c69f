import { Controller, Get, Inject, UseInterceptors } from '@nestjs/common';
import { PLATFORM } from '../platform.module.js';
import type { Platform } from '../platform.js';
import { ApiError } from '../http/errors.js';
import { JsonAnswer } from '../http/json.js';

/** How long the database may take to answer before it counts as away. */
const DATABASE_PATIENCE_MS = 2_000;

/** For supervisors and load balancers. Open, so they say nothing that a stranger could use. */
@Controller('health')
@UseInterceptors(JsonAnswer)
export class HealthController {
  constructor(@Inject(PLATFORM) private readonly platform: Platform) {}

  /** The process answers. Deliberately nothing more: restarting it would not bring a database back. */
  @Get('live')
  live(): { status: 'live' } {
    return { status: 'live' };
  }

  /** Events can be accepted: the database answers. */
  @Get('ready')
  async ready(): Promise<{ status: 'ready' }> {
    try {
      await withinLimit(this.platform.database.pool.query('select 1'), DATABASE_PATIENCE_MS);
      return { status: 'ready' };
    } catch (error) {
      this.platform.log.warn({ reason: (error as Error).message }, 'Not ready: the database does not answer');
      throw new ApiError(503, 'health.not-ready', 'The database does not answer. The log of this server says why.', { 'retry-after': '5' });
    }
  }
}

async function withinLimit(work: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  try {
    await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
