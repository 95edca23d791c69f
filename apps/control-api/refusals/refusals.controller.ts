import { Get, Inject, Param, Query } from '@nestjs/common';
import { notFound, PLATFORM, type Platform } from '@millrace/platform';
import type { RefusalRow } from '@millrace/postgres';
import { ApiController } from '../api-controller.js';
import { bounds, DEFAULT_LIMIT } from '../wire/page.js';
import { readId } from '../wire/query.js';
import { refusalsQuery, type RefusalDetail, type RefusalPage, type RefusalView } from '../wire/refusal.js';

@ApiController('refusals')
export class RefusalsController {
  constructor(@Inject(PLATFORM) private readonly platform: Platform) {}

  @Get()
  async list(@Query() query: unknown): Promise<RefusalPage> {
    const { flow: flowId, limit = DEFAULT_LIMIT, ...rest } = refusalsQuery.read(query);
    const { items, next } = await this.platform.history.refusals({ flowId, ...bounds(rest), limit });
    return { items: items.map(refusalView), next };
  }

  @Get(':id')
  async get(@Param('id') id: string): Promise<RefusalDetail> {
    const refusal = await this.platform.history.refusal(readId('a refusal', id));
    if (!refusal) throw notFound('refusal', id);
    return refusalDetail(refusal);
  }
}

/** What was stored is what the doctor of that time wrote: its form is the wire's. */
function refusalDetail(row: RefusalRow): RefusalDetail {
  const { diagnosis } = row.request as { diagnosis?: Omit<NonNullable<RefusalDetail['diagnosis']>, 'signed'> & { signed?: object } };
  return { ...refusalView(row), diagnosis: diagnosis ? ({ signed: null, ...diagnosis } as RefusalDetail['diagnosis']) : null };
}

function refusalView({ id, flowId, at, status, code, reason, request }: RefusalRow): RefusalView {
  const { method, url, headers, caller } = request as { method?: string; url?: string; headers?: Record<string, string>; caller?: string };
  return { id, flowId, at, status, code, reason, method: method ?? '', url: url ?? '', headers: headers ?? {}, caller: caller ?? null };
}
