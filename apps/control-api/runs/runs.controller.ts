import { Get, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { ApiError, notFound, PLATFORM, type Platform } from '@millrace/platform';
import type { RunSummary } from '@millrace/postgres';
import type { FastifyRequest } from 'fastify';
import { Audited, manyDone, type Deed, type Done } from '../audit/audited.js';
import { ApiController } from '../api-controller.js';
import { BULK_SIZE, inBulk } from '../operations/bulk.js';
import { rerun, rerunPlan } from '../operations/rerun.js';
import { idsFault } from '../wire/ids-fault.js';
import { cancelRunsBody, rerunBody, rerunQuery, type BulkView, type RerunPlanView, type RerunView } from '../wire/operate.js';
import { bounds, DEFAULT_LIMIT } from '../wire/page.js';
import { readId } from '../wire/query.js';
import { WHOLE } from '../values/json-text.js';
import { runQuery, runsQuery, type CancelView, type RunPage, type RunView } from '../wire/run.js';
import { resumeUrlsOf } from './resume-urls.js';
import { listedRuns, notesOf, waitingFor } from './run-notes.js';
import { isActive, runView, type RunExtras } from './run-view.js';

/** Events of a collected run that its page names. */
const EVENTS_SHOWN = 100;

@ApiController('runs')
export class RunsController {
  constructor(@Inject(PLATFORM) private readonly platform: Platform) {}

  @Get()
  async list(@Query() query: unknown): Promise<RunPage> {
    const { flow: flowId, event: eventId, limit = DEFAULT_LIMIT, waitsFor, ...rest } = runsQuery.read(query);
    const { status, rerunOf, test, operation } = rest;
    if (waitsFor !== undefined && status !== undefined && status !== 'waiting') throw notWaiting(status);
    const waits = waitsFor && waitingFor(waitsFor, this.platform);
    const filter = { flowId, status, eventId, rerunOf, test, operation, waits, ...bounds(rest), limit };
    const { items, next } = await this.platform.history.runs(filter);
    return { items: await listedRuns(items, this.platform, waitsFor), next };
  }

  @Get(':id')
  async get(@Param('id') id: string, @Query() query: unknown): Promise<RunView> {
    const { preview = false } = runQuery.read(query);
    const run = await this.find(id);
    const { collections, history } = this.platform;
    const [journal, held, collected] = await Promise.all([
      history.listedJournal(run.id),
      this.heldBack(run),
      collections.collectedFor(run.id, EVENTS_SHOWN),
    ]);
    const [resumeUrl, notes] = await Promise.all([resumeUrlsOf(run, journal, this.platform), notesOf(run, journal, this.platform)]);
    return runView(run, journal, preview ? WHOLE : Infinity, { ...held, collected, resumeUrl, notes });
  }

  @Post(':id/cancel')
  @Audited('run.cancelled', cancelled)
  @HttpCode(200)
  async cancel(@Param('id') id: string): Promise<CancelView> {
    const run = await this.find(id);
    const cancelled = await this.platform.history.cancel([run.id]);
    return { cancelled: cancelled.length > 0 };
  }

  @Get(':id/rerun')
  async rerunPlan(@Param('id') id: string, @Query() query: unknown): Promise<RerunPlanView> {
    const request = rerunQuery.read(query);
    return rerunPlan(await this.find(id), request, this.platform);
  }

  @Post(':id/rerun')
  @Audited('run.repeated', repeated)
  @HttpCode(202)
  async rerun(@Param('id') id: string, @Req() { raw }: FastifyRequest): Promise<RerunView> {
    const run = await this.find(id);
    return rerun(run, await rerunBody.read(raw), this.platform);
  }

  @Post('cancel')
  @Audited('runs.cancelled', manyDone)
  @HttpCode(200)
  async cancelMany(@Req() { raw }: FastifyRequest): Promise<BulkView> {
    const { ids, flow, status, confirm } = await cancelRunsBody.read(raw);
    const fault = idsFault(ids, { flow, status });
    if (fault !== undefined) throw new ApiError(400, 'request.invalid', fault);
    const { operations, history } = this.platform;
    return inBulk({
      confirm,
      count: async () => ids?.length ?? operations.countActive(flow, status),
      ids: async () => ids ?? operations.activeIds(flow, status, BULK_SIZE),
      each: async (id) => ((await history.cancel([id])).length > 0 ? undefined : 'It had ended already.'),
    });
  }

  private async heldBack({ id, status }: RunSummary): Promise<RunExtras> {
    if (!isActive(status)) return {};
    const { holds } = this.platform;
    const isQueued = status === 'queued';
    const [held, lane, pace] = await Promise.all([
      isQueued && holds.isHeld(id),
      holds.placeOf(id),
      isQueued ? holds.paceOf(id) : undefined,
    ]);
    return { held, lane, pace };
  }

  private async find(id: string): Promise<RunSummary> {
    const run = await this.platform.history.run(readId('a run', id));
    if (!run) throw notFound('run', id);
    return run;
  }
}

function notWaiting(status: string): ApiError {
  const message = `A run that is ${status} waits for nothing; leave status out beside waitsFor, or say status=waiting.`;
  return new ApiError(400, 'request.invalid', message);
}

function cancelled({ params, answer }: Done<CancelView>): Deed | undefined {
  return answer.cancelled ? { subject: params['id']! } : undefined;
}

function repeated({ params, answer }: Done<RerunView>): Deed {
  return { subject: params['id']!, details: { run: answer.runId } };
}
