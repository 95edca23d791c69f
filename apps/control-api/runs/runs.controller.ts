import { Get, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { API_HEADERS, ApiError, PLATFORM, type Platform } from '@millrace/platform';
import type { RunSummary } from '@millrace/postgres';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiController } from '../api-controller.js';
import { BULK_SIZE, inBulk } from '../operations/bulk.js';
import { rerun } from '../operations/rerun.js';
import { cancelRunsBody, rerunBody, type BulkView, type RerunView } from '../wire/operate.js';
import { notFound } from '@millrace/platform';
import { bounds, page } from '../wire/page.js';
import { readId } from '../wire/query.js';
import { noValue, valueAt, valueView, WHOLE } from '../values/preview.js';
import { stepValueQuery, type ValueView } from '../wire/value.js';
import { runQuery, runsQuery, type CancelView, type RunPage, type RunView } from '../wire/run.js';
import { runItem, runView } from './run-view.js';

@ApiController('runs')
export class RunsController {
  constructor(@Inject(PLATFORM) private readonly platform: Platform) {}

  @Get()
  async list(@Query() query: unknown): Promise<RunPage> {
    const { flow: flowId, status, event: eventId, limit, ...rest } = runsQuery.read(query);
    const { items, next } = await page(limit, (most) =>
      this.platform.history.runs({ flowId, status, eventId, ...bounds(rest), limit: most }),
    );
    return { items: items.map(runItem), next };
  }

  @Get(':id')
  async get(@Param('id') id: string, @Query() query: unknown): Promise<RunView> {
    const { preview = false } = runQuery.read(query);
    const run = await this.find(id);
    return runView(run, await this.platform.history.listedJournal(run.id), preview ? WHOLE : Infinity);
  }

  /** A part of what a step got or gave, small enough for a page. */
  @Get(':id/value')
  async value(@Param('id') id: string, @Query() query: unknown): Promise<ValueView> {
    const { path = '', part = 'output', at = '', from } = stepValueQuery.read(query);
    const run = await this.find(id);
    const row = (await this.platform.history.journal(run.id)).filter((entry) => entry.path === path).at(-1);
    const value = valueAt(row?.[part] ?? null, at);
    if (!row || value === undefined) throw noValue(`step ${path} of run ${id}`, at);
    return valueView(value, from);
  }

  @Get(':id/steps/:path/input')
  input(@Param('id') id: string, @Param('path') path: string, @Res() reply: FastifyReply): Promise<void> {
    return this.stepValue(id, path, 'input', reply);
  }

  @Get(':id/steps/:path/output')
  output(@Param('id') id: string, @Param('path') path: string, @Res() reply: FastifyReply): Promise<void> {
    return this.stepValue(id, path, 'output', reply);
  }

  @Post(':id/cancel')
  @HttpCode(200)
  async cancel(@Param('id') id: string): Promise<CancelView> {
    const run = await this.find(id);
    const cancelled = await this.platform.history.cancel([run.id]);
    return { cancelled: cancelled.length > 0 };
  }

  @Post(':id/rerun')
  @HttpCode(202)
  async rerun(@Param('id') id: string, @Req() { raw }: FastifyRequest): Promise<RerunView> {
    const run = await this.find(id);
    return rerun(run, await rerunBody.read(raw), this.platform);
  }

  @Post('cancel')
  @HttpCode(200)
  async cancelMany(@Req() { raw }: FastifyRequest): Promise<BulkView> {
    const { ids, flow, status, confirm } = await cancelRunsBody.read(raw);
    const { operations, history } = this.platform;
    return inBulk({
      confirm,
      count: async () => ids?.length ?? operations.countActive(flow, status),
      ids: async () => ids ?? operations.activeIds(flow, status, BULK_SIZE),
      each: async (id) => ((await history.cancel([id])).length > 0 ? undefined : 'It had ended already.'),
    });
  }

  /** As a file: a browser must save it, not show it. */
  private async stepValue(id: string, path: string, name: 'input' | 'output', reply: FastifyReply): Promise<void> {
    const run = await this.find(id);
    const value = await this.platform.history.stepValue(run.id, path, name);
    if (!value) throw valueNotFound(run.id, path, name);
    const disposition = `attachment; filename="${name}-${run.id}.json"`;
    void reply
      .headers({ ...API_HEADERS, 'content-type': 'application/json; charset=utf-8', 'content-disposition': disposition })
      .send(Buffer.from(value));
  }

  private async find(id: string): Promise<RunSummary> {
    const run = await this.platform.history.run(readId('a run', id));
    if (!run) throw notFound('run', id);
    return run;
  }
}

function valueNotFound(runId: string, path: string, name: string): ApiError {
  return new ApiError(
    404,
    `${name}.not-found`,
    `The run ${runId} has no ${name} of a step ${path}. GET /api/v1/runs/${runId} lists its steps.`,
  );
}
