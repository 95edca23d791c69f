import { Get, Inject, Param, Query, Res } from '@nestjs/common';
import { API_HEADERS, ApiError, notFound, PLATFORM, type Platform } from '@millrace/platform';
import type { RunSummary } from '@millrace/postgres';
import type { FastifyReply } from 'fastify';
import { ApiController } from '../api-controller.js';
import { JsonText, WHOLE } from '../values/json-text.js';
import { KeptValues } from '../values/kept-values.js';
import { noValue } from '../values/no-value.js';
import { searchValue } from '../values/search.js';
import { readId } from '../wire/query.js';
import {
  stepBeginningQuery,
  stepValueQuery,
  stepValueSearchQuery,
  type Beginning,
  type ValueMatches,
  type ValueView,
} from '../wire/value.js';

type Part = 'input' | 'output';

/** What a step got or gave, where it is too large to be shown at once. */
@ApiController('runs')
export class StepValuesController {
  private readonly values = new KeptValues();

  constructor(@Inject(PLATFORM) private readonly platform: Platform) {}

  /** How it begins, before anything of it is read. */
  @Get(':id/value/beginning')
  async beginning(@Param('id') id: string, @Query() query: unknown): Promise<Beginning> {
    const { path = '', part = 'output' } = stepBeginningQuery.read(query);
    const found = await this.platform.history.stepBeginning(readId('a run', id), path, part, WHOLE);
    if (!found) throw noValue(`step ${path} of run ${id}`, '');
    return { text: new TextDecoder().decode(found.bytes, { stream: true }), size: found.size };
  }

  /** A part of it, small enough for a page. */
  @Get(':id/value')
  async value(@Param('id') id: string, @Query() query: unknown): Promise<ValueView> {
    const { path = '', part = 'output', at = '', from } = stepValueQuery.read(query);
    const text = await this.textOf(id, path, part);
    const place = await text.placeOf(at);
    if (place === undefined) throw noValue(`step ${path} of run ${id}`, at);
    return text.view(place, from);
  }

  /** Where a text stands in it. */
  @Get(':id/value/search')
  async search(@Param('id') id: string, @Query() query: unknown): Promise<ValueMatches> {
    const { path = '', part = 'output', q = '' } = stepValueSearchQuery.read(query);
    return searchValue(await this.textOf(id, path, part), q);
  }

  @Get(':id/steps/:path/input')
  input(@Param('id') id: string, @Param('path') path: string, @Res() reply: FastifyReply): Promise<void> {
    return this.file(id, path, 'input', reply);
  }

  @Get(':id/steps/:path/output')
  output(@Param('id') id: string, @Param('path') path: string, @Res() reply: FastifyReply): Promise<void> {
    return this.file(id, path, 'output', reply);
  }

  /** What an active run gave may change with the next attempt: only what has ended is kept. */
  private async textOf(id: string, path: string, part: Part): Promise<JsonText> {
    const run = await this.find(id);
    const load = async (): Promise<JsonText> => {
      const bytes = await this.platform.history.stepValue(run.id, path, part);
      const text = bytes && (await JsonText.of(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)));
      if (!text) throw noValue(`step ${path} of run ${id}`, '');
      return text;
    };
    return run.finishedAt === null ? load() : this.values.get(`${id} ${part} ${path}`, load);
  }

  /** As a file: a browser must save it, not show it. */
  private async file(id: string, path: string, part: Part, reply: FastifyReply): Promise<void> {
    const run = await this.find(id);
    const value = await this.platform.history.stepValue(run.id, path, part);
    if (!value) throw valueNotFound(run.id, path, part);
    const disposition = `attachment; filename="${part}-${run.id}.json"`;
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

function valueNotFound(runId: string, path: string, part: Part): ApiError {
  return new ApiError(
    404,
    `${part}.not-found`,
    `The run ${runId} has no ${part} of a step ${path}. GET /api/v1/runs/${runId} lists its steps.`,
  );
}
