import { Get, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import type { Json } from '@millrace/component-sdk';
import { newId, notFound, PLATFORM, type Platform } from '@millrace/platform';
import { Emitter, startByHand } from '@millrace/triggers';
import type { FastifyRequest } from 'fastify';
import { Unaudited } from '../audit/audited.js';
import { ApiController } from '../api-controller.js';
import { emitBody, runBody, type EmittedView, type ScheduleList, type StartedView } from '../wire/trigger.js';
import { orRefused } from './refusal.js';
import { scheduleView } from './schedule-view.js';

/** Starting runs otherwise than by a request to a flow's URL. */
@ApiController()
export class TriggersController {
  private readonly emitter: Emitter;

  constructor(@Inject(PLATFORM) private readonly platform: Platform) {
    const { outbox, catalog, bell, config, log } = platform;
    this.emitter = new Emitter({
      outbox,
      flows: () => catalog.flows(),
      newId,
      publicUrl: () => platform.publicUrl,
      ring: () => bell.ring(),
      maxBytes: config.maxBody,
      log,
    });
  }

  @Post('events')
  @Unaudited('What it emits is an event, which is kept with what came of it.')
  @HttpCode(200)
  async emit(@Req() request: FastifyRequest): Promise<EmittedView> {
    const { name, data = null, id } = await emitBody.read(request.raw);
    const key = id === undefined ? undefined : `api/${id}`;
    const { eventId, runIds, duplicate } = await orRefused(this.emitter.emitNow({ name, data: data as Json, key, depth: 1 }));
    const collected = await this.platform.collections.collectedBy(eventId);
    return { eventId, runIds: [...runIds], collecting: collected.map(({ flowId }) => flowId), duplicate };
  }

  @Post('flows/:id/runs')
  @Unaudited('What it starts is a run, which says that it was started by hand.')
  @HttpCode(200)
  async run(@Param('id') id: string, @Req() request: FastifyRequest): Promise<StartedView> {
    const flow = this.platform.catalog.flow(id);
    if (!flow) throw notFound('flow', id.slice(0, 80));
    const { input, event } = await runBody.read(request.raw);
    const { starter, bell } = this.platform;
    const parts = { starter, newId, now: Date.now, ring: () => bell.ring() };
    const { runId, eventId } = await orRefused(startByHand(flow, { input: input as Json | undefined, event }, parts));
    return { runId, eventId };
  }

  @Get('schedules')
  async schedules(): Promise<ScheduleList> {
    const flows = this.platform.catalog.flows().filter(({ declared }) => declared?.type === 'schedule');
    const stored = new Map((await this.platform.schedules.list(flows.map(({ id }) => id))).map((row) => [row.flowId, row]));
    return { items: flows.map((flow) => scheduleView(flow, stored.get(flow.id))).sort((a, b) => (a.flowId < b.flowId ? -1 : 1)) };
  }
}
