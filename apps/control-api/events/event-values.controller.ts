import { Get, Inject, Param, Query } from '@nestjs/common';
import { notFound, PLATFORM, type Platform } from '@millrace/platform';
import { ApiController } from '../api-controller.js';
import { noValue } from '../values/no-value.js';
import type { JsonText } from '../values/json-text.js';
import { KeptValues } from '../values/kept-values.js';
import { searchValue } from '../values/search.js';
import { readId } from '../wire/query.js';
import { eventValueQuery, eventValueSearchQuery, type Beginning, type ValueMatches, type ValueView } from '../wire/value.js';
import { bodyText, LARGE } from './event-view.js';

/** The parsed body of an event that is too large to be shown at once. */
@ApiController('events')
export class EventValuesController {
  private readonly values = new KeptValues();

  constructor(@Inject(PLATFORM) private readonly platform: Platform) {}

  /** How the body begins, before anything of it is read. */
  @Get(':id/value/beginning')
  async beginning(@Param('id') id: string): Promise<Beginning> {
    const event = await this.platform.history.eventBeginning(readId('an event', id), LARGE);
    if (!event) throw notFound('event', id);
    return { text: new TextDecoder().decode(event.body, { stream: true }), size: event.size };
  }

  /** A part of it, small enough for a page. */
  @Get(':id/value')
  async value(@Param('id') id: string, @Query() query: unknown): Promise<ValueView> {
    const { at = '', from } = eventValueQuery.read(query);
    const body = await this.bodyOf(id);
    const place = await body.placeOf(at);
    if (place === undefined) throw noValue(`the body of event ${id}`, at);
    return body.view(place, from);
  }

  /** Where a text stands in it. */
  @Get(':id/value/search')
  async search(@Param('id') id: string, @Query() query: unknown): Promise<ValueMatches> {
    const { q = '' } = eventValueSearchQuery.read(query);
    return searchValue(await this.bodyOf(id), q);
  }

  private bodyOf(id: string): Promise<JsonText> {
    return this.values.get(id, async () => {
      const event = await this.platform.history.event(readId('an event', id));
      if (!event) throw notFound('event', id);
      return bodyText(event);
    });
  }
}
