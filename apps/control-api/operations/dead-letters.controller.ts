import { Get, HttpCode, Inject, Post, Query, Req } from '@nestjs/common';
import { ApiError, notFound, PLATFORM, type Platform } from '@millrace/platform';
import type { DeadLetterFilter } from '@millrace/postgres';
import type { FastifyRequest } from 'fastify';
import { Audited, manyDone } from '../audit/audited.js';
import { ApiController } from '../api-controller.js';
import { listedRuns } from '../runs/run-notes.js';
import { idsFault } from '../wire/ids-fault.js';
import {
  CAUSES_OF,
  causesQuery,
  deadLettersQuery,
  discardLettersBody,
  retryLettersBody,
  type BulkView,
  type CausesView,
} from '../wire/operate.js';
import { page } from '../wire/page.js';
import type { RunPage } from '../wire/run.js';
import { BULK_SIZE, inBulk, problemOf } from './bulk.js';
import { retry } from './rerun.js';

interface Chosen {
  readonly ids?: readonly string[];
  readonly flow?: string;
  readonly code?: string;
  readonly step?: string;
  readonly since?: string;
  readonly until?: string;
  readonly confirm?: number;
}

/** Failed runs that wait for a person. */
@ApiController('dead-letters')
export class DeadLettersController {
  constructor(@Inject(PLATFORM) private readonly platform: Platform) {}

  @Get()
  async list(@Query() query: unknown): Promise<RunPage> {
    const { limit, before, flow: flowId, ...rest } = deadLettersQuery.read(query);
    const { items, next } = await page(limit, (most) => this.platform.operations.deadLetters({ flowId, before, ...rest }, most));
    return { items: await listedRuns(items, this.platform), next };
  }

  /** What they failed of: an outage makes thousands of one kind. */
  @Get('causes')
  async causes(@Query() query: unknown): Promise<CausesView> {
    const { flow } = causesQuery.read(query);
    const items = await this.platform.operations.causes(flow, CAUSES_OF);
    return { items, more: items.reduce((sum, { count }) => sum + count, 0) === CAUSES_OF };
  }

  @Post('retry')
  @Audited('dead-letters.retried', manyDone)
  @HttpCode(200)
  async retry(@Req() { raw }: FastifyRequest): Promise<BulkView> {
    const body = await retryLettersBody.read(raw);
    return this.each(body, (id) => problemOf(() => this.retryOne(id, body.version)), body.version !== 'live');
  }

  @Post('discard')
  @Audited('dead-letters.discarded', manyDone)
  @HttpCode(200)
  async discard(@Req() { raw }: FastifyRequest): Promise<BulkView> {
    const body = await discardLettersBody.read(raw);
    return this.each(body, async (id) => {
      const discarded = await this.platform.operations.discard([id], body.reason);
      return discarded.length > 0 ? undefined : this.notDiscarded(id);
    });
  }

  private async notDiscarded(id: string): Promise<string> {
    return (await this.platform.history.run(id)) ? 'It is no dead letter any more.' : notFound('run', id).message;
  }

  /** `onOwnVersion`: what it is done to is run on the version that it was on, so that another one may be live. */
  private each(chosen: Chosen, each: (id: string) => Promise<string | undefined>, onOwnVersion = false): Promise<BulkView> {
    const { operations, orders } = this.platform;
    const { ids, confirm, flow, code, step, since, until } = chosen;
    const fault = idsFault(ids, { flow, code, step, since, until });
    if (fault !== undefined) throw new ApiError(400, 'request.invalid', fault);
    const filter = filterOf(chosen);
    return inBulk({
      confirm,
      count: async () => {
        if (ids && !onOwnVersion) return ids.length;
        const { count, outdated } = await (ids ? orders.count('retry', { ids }) : operations.countDeadLetters(filter));
        return { count: ids?.length ?? count, outdated: onOwnVersion ? outdated : 0 };
      },
      ids: async () => ids ?? (await operations.deadLetters(filter, BULK_SIZE)).map(({ id }) => id),
      each,
    });
  }

  private async retryOne(id: string, version: 'same' | 'live' | undefined): Promise<void> {
    const run = await this.platform.history.run(id);
    if (!run) throw notFound('run', id);
    await retry(run, version, this.platform);
  }
}

function filterOf({ flow: flowId, code, step, since, until }: Chosen): DeadLetterFilter {
  return { flowId, code, step, since, until };
}
