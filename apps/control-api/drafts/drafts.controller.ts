import { Delete, Get, Headers, Inject, Param, Put, Query, Req } from '@nestjs/common';
import { ApiError, PLATFORM, type Platform } from '@millrace/platform';
import { textHash, type DraftEntity } from '@millrace/postgres';
import type { FastifyRequest } from 'fastify';
import { Audited, Unaudited } from '../audit/audited.js';
import { ApiController } from '../api-controller.js';
import { checkFlowId } from '../flows/flow-id.js';
import { followRenames, pinnedText } from '../pins/follow.js';
import { draftBody, removeQuery, type DraftList, type DraftView } from '../wire/draft.js';
import { checkStorable } from './draft-text.js';
import { draftItem, draftView, staleDraft } from './draft-view.js';
import { seenRevision } from './revision.js';

/** Drafts, one per flow. Each change names the revision that its caller has seen. */
@ApiController()
export class DraftsController {
  constructor(@Inject(PLATFORM) private readonly platform: Platform) {}

  @Get('drafts')
  async list(): Promise<DraftList> {
    const drafts = await this.platform.drafts.list();
    return { items: drafts.map((draft) => draftItem(draft, this.liveVersion(draft.flowId))) };
  }

  @Get('flows/:id/draft')
  async get(@Param('id') id: string): Promise<DraftView> {
    const draft = await this.platform.drafts.find(id);
    if (draft === null)
      throw new ApiError(404, 'draft.not-found', `There is no draft of ${id.slice(0, 80)}. GET /api/v1/drafts lists them.`);
    return this.view(draft);
  }

  @Put('flows/:id/draft')
  @Unaudited('The studio saves it with every few letters; what counts is its publication.')
  async save(@Param('id') id: string, @Req() request: FastifyRequest, @Headers('if-match') ifMatch?: string): Promise<DraftView> {
    checkFlowId(id);
    const { text, revision, base } = await draftBody.read(request.raw);
    checkStorable(text);
    const seen = seenRevision(revision, ifMatch);
    const start = base ?? (seen === 0 ? await this.liveBase(id) : undefined);
    const pinned = await pinnedText(id, this.platform);
    const saved = await this.platform.drafts.save({ flowId: id, text, ...(start && { base: start }) }, seen);
    if (saved.kind === 'stale') throw staleDraft(id, saved.draft && this.view(saved.draft), text);
    if (pinned !== undefined) await followRenames(id, pinned, text, this.platform);
    await this.platform.catalog.followDraft(id);
    return this.view(saved.draft);
  }

  @Delete('flows/:id/draft')
  @Audited('draft.discarded')
  async remove(@Param('id') id: string, @Query() query: unknown, @Headers('if-match') ifMatch?: string): Promise<{ removed: true }> {
    const removed = await this.platform.drafts.remove(id, seenRevision(removeQuery.read(query).revision, ifMatch));
    if (removed.kind === 'stale') throw staleDraft(id, removed.draft && this.view(removed.draft), null);
    await this.platform.catalog.followDraft(id);
    return { removed: true };
  }

  /** What a new draft is begun from unless its caller says so. */
  private async liveBase(id: string): Promise<{ version: number; hash: string }> {
    const version = (await this.platform.flows.find(id))?.liveVersion ?? 0;
    const live = version > 0 ? await this.platform.flows.version(id, version) : null;
    return { version, hash: live === null ? '' : textHash(live.text) };
  }

  private view(draft: DraftEntity): DraftView {
    return draftView(draft, this.liveVersion(draft.flowId));
  }

  private liveVersion(id: string): number {
    return this.platform.catalog.flow(id)?.version ?? 0;
  }
}
