import { Get, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { EventRecord } from '@millrace/engine';
import { PLATFORM, type Platform } from '@millrace/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Audited, manyDone } from '../audit/audited.js';
import { ApiController } from '../api-controller.js';
import { notFound } from '@millrace/platform';
import { API_HEADERS } from '@millrace/platform';
import { inBulk, problemOf } from '../operations/bulk.js';
import { replay } from '../operations/rerun.js';
import { replayEventsBody, type BulkView, type ReplayView } from '../wire/operate.js';
import { eventsQuery, type EventPage, type EventView } from '../wire/event.js';
import { notedRuns } from '../runs/run-notes.js';
import { bounds, DEFAULT_LIMIT } from '../wire/page.js';
import { readId } from '../wire/query.js';
import { eventItem, eventView, isLargeJson, LARGE } from './event-view.js';

/** Runs of one event that its page shows. */
const RUNS_SHOWN = 100;

@ApiController('events')
export class EventsController {
  constructor(@Inject(PLATFORM) private readonly platform: Platform) {}

  @Get()
  async list(@Query() query: unknown): Promise<EventPage> {
    const { flow: flowId, outcome, limit = DEFAULT_LIMIT, ...rest } = eventsQuery.read(query);
    const { items, next } = await this.platform.history.events({ flowId, outcome, ...bounds(rest), limit });
    return { items: items.map(eventItem), next };
  }

  @Get(':id')
  async get(@Param('id') id: string): Promise<EventView> {
    const { collections, history } = this.platform;
    const begun = await history.eventBeginning(readId('an event', id), LARGE);
    if (!begun) throw notFound('event', id);
    const event = begun.size <= LARGE || isLargeJson(begun) ? begun : { ...(await this.find(id)), size: begun.size };
    const [{ items }, collected] = await Promise.all([
      history.runs({ eventId: event.id, limit: RUNS_SHOWN }),
      collections.collectedBy(event.id),
    ]);
    return eventView(event, await notedRuns(items, this.platform), collected);
  }

  /** The exact bytes. Never under the type that the caller claimed: a browser must save them, not show them. */
  @Get(':id/body')
  async body(@Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    const event = await this.find(id);
    void reply
      .headers({
        ...API_HEADERS,
        'content-type': 'application/octet-stream',
        'content-disposition': `attachment; filename="event-${event.id}.bin"`,
      })
      .send(Buffer.from(event.body));
  }

  @Post(':id/replay')
  @Audited('event.replayed')
  @HttpCode(202)
  async replay(@Param('id') id: string): Promise<ReplayView> {
    const runIds = await replay(await this.find(id), this.platform);
    return { runId: runIds[0]!, runIds };
  }

  @Post('replay')
  @Audited('events.replayed', manyDone)
  @HttpCode(200)
  async replayMany(@Req() { raw }: FastifyRequest): Promise<BulkView> {
    const { ids, confirm } = await replayEventsBody.read(raw);
    return inBulk({
      confirm,
      count: () => Promise.resolve(ids.length),
      ids: () => Promise.resolve(ids),
      each: (id) => problemOf(async () => replay(await this.find(id), this.platform)),
    });
  }

  private async find(id: string): Promise<EventRecord> {
    const event = await this.platform.history.event(readId('an event', id));
    if (!event) throw notFound('event', id);
    return event;
  }
}
