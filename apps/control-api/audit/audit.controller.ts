import { Get, Inject, Query } from '@nestjs/common';
import { PLATFORM, type Platform } from '@millrace/platform';
import type { AuditEntry } from '@millrace/postgres';
import { ApiController } from '../api-controller.js';
import { auditQuery, type AuditEntryView, type AuditPage } from '../wire/audit.js';
import { idTime } from '../wire/id-time.js';
import { DEFAULT_LIMIT } from '../wire/page.js';
import { auditSentence } from './actions.js';

/** Who changed what, when. Nothing here can be changed. */
@ApiController('audit')
export class AuditController {
  constructor(@Inject(PLATFORM) private readonly platform: Platform) {}

  @Get()
  async list(@Query() query: unknown): Promise<AuditPage> {
    const { limit = DEFAULT_LIMIT, ...filter } = auditQuery.read(query);
    const { items, next } = await this.platform.auditLog.list({ ...filter, limit });
    return { items: items.map(entryView), next };
  }
}

function entryView(entry: AuditEntry): AuditEntryView {
  return { ...entry, at: idTime(entry.id), details: { ...entry.details }, sentence: auditSentence(entry) };
}
