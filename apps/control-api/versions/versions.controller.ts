import { Get, Headers, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import type { PublishResult } from '@millrace/catalog';
import { diffFlows, hasErrors } from '@millrace/flow';
import { ApiError, notFound, PLATFORM, type Platform } from '@millrace/platform';
import type { VersionSummary } from '@millrace/postgres';
import type { FastifyRequest } from 'fastify';
import { Audited, Unaudited, type Deed, type Done } from '../audit/audited.js';
import { ApiController } from '../api-controller.js';
import { checkStorable } from '../drafts/draft-text.js';
import { seenRevision } from '../drafts/revision.js';
import { checkFlowId } from '../flows/flow-id.js';
import { flowState, problemView } from '../flows/flow-view.js';
import { publishBody } from '../wire/draft.js';
import {
  archiveBody,
  checkBody,
  deployBody,
  diffBody,
  rollbackBody,
  versionsQuery,
  type ArchivedView,
  type CheckedView,
  type DiffSide,
  type PauseView,
  type PublishedView,
  type SourceView,
  type VersionItem,
  type VersionPage,
  type VersionView,
} from '../wire/version.js';
import { archiveAnswer, publishAnswer } from './publish-answer.js';

const DEFAULT_LIMIT = 50;

/** Versions of flows: what there is, how they differ, and how they come to be. */
@ApiController('flows/:id')
export class VersionsController {
  constructor(@Inject(PLATFORM) private readonly platform: Platform) {}

  @Get('versions')
  async list(@Param('id') id: string, @Query() query: unknown): Promise<VersionPage> {
    const { before, limit = DEFAULT_LIMIT } = versionsQuery.read(query);
    const live = await this.liveVersion(id);
    const found = await this.platform.flows.versions(id, limit + 1, before);
    const items = found.slice(0, limit).map((version) => versionItem(version, live));
    return { items, next: found.length > limit ? (items.at(-1)?.version ?? null) : null };
  }

  @Get('versions/:version')
  async get(@Param('id') id: string, @Param('version') version: string): Promise<VersionView> {
    const live = await this.liveVersion(id);
    const found = await this.find(id, versionNumber(version));
    return { ...versionItem(found, live), text: found.text };
  }

  @Post('versions')
  @Audited('flow.published', published)
  @HttpCode(200)
  async deploy(@Param('id') id: string, @Req() request: FastifyRequest): Promise<PublishedView> {
    checkFlowId(id);
    const { text, base } = await deployBody.read(request.raw);
    checkStorable(text);
    return this.answer(id, this.platform.publisher.deploy(id, text, base), () => notFound('flow', id));
  }

  @Post('rollback')
  @Audited('flow.rolled-back', published)
  @HttpCode(200)
  async rollBack(@Param('id') id: string, @Req() request: FastifyRequest): Promise<PublishedView> {
    checkFlowId(id);
    const { version, base } = await rollbackBody.read(request.raw);
    return this.answer(id, this.platform.publisher.rollBack(id, version, base), () => noVersion(id, version));
  }

  @Post('draft/publish')
  @Audited('flow.published', published)
  @HttpCode(200)
  async publish(@Param('id') id: string, @Req() request: FastifyRequest, @Headers('if-match') ifMatch?: string): Promise<PublishedView> {
    checkFlowId(id);
    const revision = seenRevision((await publishBody.read(request.raw)).revision, ifMatch);
    const missing = (): ApiError => new ApiError(404, 'draft.not-found', `There is no draft of ${id}: it was published or deleted.`);
    return this.answer(id, this.platform.publisher.publishDraft(id, revision), missing);
  }

  @Post('archive')
  @Audited('flow.archived')
  @HttpCode(200)
  async archive(@Param('id') id: string, @Req() request: FastifyRequest): Promise<ArchivedView> {
    checkFlowId(id);
    const { base, force } = await archiveBody.read(request.raw);
    return archiveAnswer(id, this.platform.publisher.archive(id, base, force));
  }

  /** What the next version would replace: the text to begin a draft from, and its base. */
  @Get('source')
  async source(@Param('id') id: string): Promise<SourceView> {
    checkFlowId(id);
    const [current, stored] = await Promise.all([this.platform.publisher.current(id), this.platform.flows.find(id)]);
    if (current === undefined) throw notFound('flow', id);
    const from = this.platform.config.source === 'folder' ? 'file' : 'version';
    return { from, text: current.text, base: { version: stored?.liveVersion ?? 0, hash: current.hash } };
  }

  @Post('check')
  @Unaudited('It changes nothing.')
  @HttpCode(200)
  async check(@Param('id') id: string, @Req() request: FastifyRequest): Promise<CheckedView> {
    checkFlowId(id);
    const { text } = await checkBody.read(request.raw);
    const { problems } = this.platform.catalog.check(text, id);
    return { ok: !hasErrors(problems), problems: problems.map(problemView) };
  }

  @Post('diff')
  @Unaudited('It changes nothing.')
  @HttpCode(200)
  async diff(@Param('id') id: string, @Req() request: FastifyRequest): Promise<ReturnType<typeof diffFlows>> {
    const { from, to } = await diffBody.read(request.raw);
    return diffFlows(await this.textOf(id, from), await this.textOf(id, to));
  }

  @Post('pause')
  @Audited('flow.paused')
  @HttpCode(200)
  pause(@Param('id') id: string): Promise<PauseView> {
    return this.setPaused(id, true);
  }

  @Post('resume')
  @Audited('flow.resumed')
  @HttpCode(200)
  resume(@Param('id') id: string): Promise<PauseView> {
    return this.setPaused(id, false);
  }

  private answer(id: string, publishing: Promise<PublishResult>, missing: () => ApiError): Promise<PublishedView> {
    return publishAnswer(id, publishing, { missing, liveVersion: () => this.platform.catalog.flow(id)?.version ?? 0 });
  }

  private async setPaused(id: string, paused: boolean): Promise<PauseView> {
    const flow = await this.platform.publisher.pause(id, paused);
    if (flow === undefined) throw notFound('flow', id.slice(0, 80));
    const live = this.platform.catalog.flow(id);
    return { paused: flow.paused, enabled: flow.enabled, state: live === undefined ? 'archived' : flowState(live) };
  }

  private async textOf(id: string, { version, draft, live, text }: DiffSide): Promise<string> {
    if (text !== undefined) return text;
    if (version !== undefined) return (await this.find(id, version)).text;
    if (live) return (await this.find(id, await this.liveVersion(id))).text;
    const kept = draft ? await this.platform.drafts.find(id) : null;
    if (kept === null) throw new ApiError(404, 'draft.not-found', `There is no draft of ${id.slice(0, 80)}.`);
    return kept.text;
  }

  private async find(id: string, version: number): Promise<VersionSummary & { readonly text: string }> {
    const found = await this.platform.flows.version(id, version);
    if (found === null) throw noVersion(id, version);
    return found;
  }

  /** 0: none is. */
  private async liveVersion(id: string): Promise<number> {
    const flow = await this.platform.flows.find(id);
    if (flow === null) throw notFound('flow', id.slice(0, 80));
    return flow.archived ? 0 : (flow.liveVersion ?? 0);
  }
}

function published({ params, answer: { version, published: isNew } }: Done<PublishedView>): Deed | undefined {
  return isNew ? { subject: params['id']!, details: { version } } : undefined;
}

function versionItem({ version, hash, origin, restored, createdAt }: VersionSummary, live: number): VersionItem {
  return { version, live: version === live, hash, origin, restored, createdAt: createdAt.toISOString() };
}

function versionNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new ApiError(400, 'request.invalid', `A version is a number from 1, not ${JSON.stringify(text.slice(0, 80))}.`);
}

function noVersion(id: string, version: number): ApiError {
  const message = `The flow ${id.slice(0, 80)} has no version ${version}. GET /api/v1/flows/${id.slice(0, 80)}/versions lists them.`;
  return new ApiError(404, 'version.not-found', message);
}
