import { Delete, Get, Headers, HttpCode, Inject, Param, Post, Put, Query, Req } from '@nestjs/common';
import { ownCredential, type EndpointOrder, type EndpointPut } from '@millrace/catalog';
import { ApiError, notFound, PLATFORM, type Platform } from '@millrace/platform';
import { PostgresPlaceActivity } from '@millrace/postgres';
import type { FastifyRequest } from 'fastify';
import { Audited } from '../audit/audited.js';
import { ApiController } from '../api-controller.js';
import { usersOf } from '../credentials/credential-view.js';
import { answering } from '../credentials/faults.js';
import { followed, giveSecret, shortened } from '../credentials/give-secret.js';
import { problemView } from '../flows/flow-view.js';
import { givenRevision } from '../drafts/revision.js';
import type { NewSecret } from '../wire/credential.js';
import { deleteEndpointQuery, endpointActivityQuery, endpointBody } from '../wire/endpoint.js';
import type { EndpointActivityView, EndpointItem, EndpointList, KeptEndpoint, RemovedEndpoint } from '../wire/endpoint.js';
import { wholeHours } from '../activity/whole-hours.js';
import { idTime } from '../wire/id-time.js';
import { endpointItem } from './endpoint-view.js';

/** Shared endpoints: those of the file are shown, those that are made here are changed and removed here. */
@ApiController('endpoints')
export class EndpointsController {
  private readonly activity: PostgresPlaceActivity;

  constructor(@Inject(PLATFORM) private readonly platform: Platform) {
    this.activity = new PostgresPlaceActivity(platform.database.pool);
  }

  @Get()
  list(): EndpointList {
    const names = [...this.platform.catalog.declaredEndpoints.defined.keys()].sort();
    return { items: names.map((name) => this.item(name)!) };
  }

  @Get(':name')
  get(@Param('name') name: string): EndpointItem {
    return this.found(name);
  }

  @Get(':name/activity')
  async activityOf(@Param('name') name: string, @Query() query: unknown): Promise<EndpointActivityView> {
    const { name: known } = this.found(name);
    const { from, hours } = wholeHours(endpointActivityQuery.read(query).hours);
    const { hours: cells, lastEvent, lastRefusal, ...sums } = await this.activity.since(`endpoints/${known}`, from, hours);
    return {
      from: new Date(from).toISOString(),
      hours: cells.map((cell) => ({ ...cell })),
      ...sums,
      lastEventAt: lastEvent && idTime(lastEvent),
      lastRefusalAt: lastRefusal && idTime(lastRefusal),
    };
  }

  @Put(':name')
  @Audited('endpoint.kept')
  async put(@Param('name') name: string, @Req() request: FastifyRequest, @Headers('if-match') ifMatch?: string): Promise<KeptEndpoint> {
    const { definition, generate, revision } = await endpointBody.read(request.raw);
    const order: EndpointOrder = { definition, generate, seen: givenRevision(revision, ifMatch) };
    const put = await answering(() => this.platform.endpointMaker.put(name, order));
    await followed(this.platform);
    if (put.kind !== 'kept') throw this.failure(name, put, order.seen);
    return { endpoint: this.found(name), secret: put.secret ?? null, warnings: [...put.warnings] };
  }

  /** Makes a new secret of its credential, or takes one, as the current one. */
  @Post(':name/secret')
  @Audited('endpoint.secret-added')
  @HttpCode(200)
  async addSecret(@Param('name') name: string, @Req() request: FastifyRequest): Promise<NewSecret> {
    const { credential } = this.found(name);
    if (credential === null) {
      const message = `The endpoint ${name} is open: it has no credential that could take a secret. PUT it with \`generate\` to make one.`;
      throw new ApiError(409, 'endpoint.open', message);
    }
    return giveSecret(this.platform, credential, request.raw);
  }

  @Delete(':name')
  @Audited('endpoint.removed')
  async remove(@Param('name') name: string, @Query() query: unknown): Promise<RemovedEndpoint> {
    const { force = false } = deleteEndpointQuery.read(query);
    const { source, shadowsFile, listeners } = this.found(name);
    if (source === 'file') {
      throw new ApiError(409, 'endpoint.in-file', `${name} is declared in endpoints.json and was not made here: remove it there.`);
    }
    if (listeners.length > 0 && !force && !shadowsFile) throw inUse(name, listeners);
    const own = ownCredential(name);
    const isShared = ((await usersOf(this.platform)).get(own) ?? []).some((user) => user !== `endpoints/${name}`);
    const had = this.platform.catalog.credentials.defined.get(own)?.source === 'sealed';
    if (!(await this.platform.endpointMaker.remove(name, { keepCredential: isShared }))) throw notFound('endpoint', name);
    const gone = had && !isShared;
    if (gone) await this.platform.credentialUses.forget(own);
    await followed(this.platform);
    return { removed: true, credential: gone ? own : null };
  }

  private item(name: string): EndpointItem | undefined {
    const { catalog, publicUrl } = this.platform;
    const defined = catalog.declaredEndpoints.defined.get(name);
    return defined && endpointItem(defined, catalog.endpoint(name), publicUrl);
  }

  private found(name: string): EndpointItem {
    const item = this.item(name);
    if (!item) throw notFound('endpoint', shortened(name));
    return item;
  }

  private failure(name: string, put: Exclude<EndpointPut, { kind: 'kept' }>, seen: number | undefined): ApiError {
    if (put.kind === 'stale') {
      const message = `${staleText(name, put.endpoint?.revision, seen)} Nothing was changed.`;
      return new ApiError(409, 'endpoint.stale', message, {}, { theirs: this.item(name) ?? null });
    }
    const [first] = put.problems.filter(({ severity }) => severity === 'error');
    const message = `The endpoint ${name} does not check, so nothing was changed. ${first?.path ?? ''}: ${first?.message ?? ''}`;
    return new ApiError(422, 'endpoint.does-not-check', message, {}, { problems: put.problems.map(problemView) });
  }
}

/** Who has seen none, and finds one, wanted to make it. */
function staleText(name: string, revision: number | undefined, seen: number | undefined): string {
  if (revision === undefined) return `The endpoint ${name} was not made, or is gone: look at it, then change it again.`;
  if (seen === 0) return `There is an endpoint ${name} already: change that one, or take another name.`;
  return `The endpoint ${name} is at revision ${revision} by now: look at it, then change it again.`;
}

function inUse(name: string, listeners: readonly string[]): ApiError {
  const [listen, these] = listeners.length === 1 ? ['listens', 'it'] : ['listen', 'these'];
  const message = `${listeners.join(', ')} ${listen} to ${name}: change ${these} first, or remove it all the same with ?force=true; they get nothing more then.`;
  return new ApiError(409, 'endpoint.in-use', message);
}
