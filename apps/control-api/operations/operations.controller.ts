import { Get, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { ApiError, newId, notFound, PLATFORM, type Platform } from '@millrace/platform';
import { isTooSlow, MAX_ITEMS, type Chosen, type Ordered, type StoredOperation } from '@millrace/postgres';
import type { FastifyRequest } from 'fastify';
import { Audited, type Deed, type Done } from '../audit/audited.js';
import { ApiController } from '../api-controller.js';
import {
  operationsQuery,
  orderBody,
  orderFault,
  ratePerSecond,
  type OperationItemView,
  type OperationPage,
  type OperationView,
  type OrderedView,
} from '../wire/operation.js';
import { page } from '../wire/page.js';
import { readId } from '../wire/query.js';
import { countChanged } from './bulk.js';

/** Of an operation that its page names one by one. */
const PROBLEMS_SHOWN = 50;

type Order = Awaited<ReturnType<typeof orderBody.read>>;

/** What is done to many events or runs: written down first, then done at a rate by whichever process runs flows. */
@ApiController('operations')
export class OperationsController {
  constructor(@Inject(PLATFORM) private readonly platform: Platform) {}

  @Post()
  @Audited('operation.begun', begun)
  @HttpCode(200)
  async order(@Req() { raw }: FastifyRequest): Promise<OrderedView> {
    const order = await orderBody.read(raw);
    const fault = orderFault(order);
    if (fault !== undefined) throw new ApiError(400, 'request.invalid', fault);
    if (order.kind === 'discard' && order.confirm !== undefined && order.reason === undefined)
      throw new ApiError(400, 'request.invalid', 'Say with `reason` why they are discarded: it is kept beside each run.');
    if (order.confirm !== undefined) return this.begin(order, order.confirm);
    const { count, outdated } = await orTooWide(this.platform.orders.count(order.kind, chosenBy(order)));
    if (count > MAX_ITEMS) throw tooMany();
    return { count, outdated: order.version === 'live' ? 0 : outdated, operation: null };
  }

  @Get()
  async list(@Query() query: unknown): Promise<OperationPage> {
    const { before, limit } = operationsQuery.read(query);
    const { items, next } = await page(limit, (most) => this.platform.orders.list(before, most));
    return { items: items.map(itemView), next };
  }

  @Get(':id')
  async get(@Param('id') id: string): Promise<OperationView> {
    return this.view(await this.find(id));
  }

  /** What is done stays done. */
  @Post(':id/cancel')
  @Audited('operation.cancelled')
  @HttpCode(200)
  async cancel(@Param('id') id: string): Promise<OperationView> {
    await this.platform.orders.cancel((await this.find(id)).id);
    return this.view(await this.find(id));
  }

  private async begin(order: Order, confirm: number): Promise<OrderedView> {
    const { kind, key, version, from, reason, perSecond = ratePerSecond } = order;
    const options = { version, from, reason };
    const ordered: Ordered = await orTooWide(
      this.platform.orders.order({ id: newId(), key, kind, chosen: chosenBy(order), options, perSecond, confirm }),
    );
    if (ordered.kind === 'more') throw ordered.count > MAX_ITEMS ? tooMany() : countChanged(ordered.count, confirm);
    return { count: ordered.operation.total, outdated: 0, operation: await this.view(ordered.operation) };
  }

  private async view(operation: StoredOperation): Promise<OperationView> {
    const { orders } = this.platform;
    const problems = operation.failed === 0 ? [] : await orders.problems(operation.id, PROBLEMS_SHOWN);
    return { ...itemView(operation), ended: (await orders.ended(operation)) ?? null, problems };
  }

  private async find(id: string): Promise<StoredOperation> {
    const operation = await this.platform.orders.find(readId('an operation', id));
    if (!operation) throw notFound('operation', id);
    return operation;
  }
}

function begun({ answer: { count, operation } }: Done<OrderedView>): Deed | undefined {
  return operation === null ? undefined : { subject: operation.id, details: { kind: operation.kind, count } };
}

function chosenBy({ ids, flow: flowId, status, outcome, code, step, since, until, q }: Order): Chosen {
  if (ids) return { ids };
  return { flowId, status, outcome, code, step, since: moment(since), until: moment(until), search: q === '' ? undefined : q };
}

function moment(iso: string | undefined): number | undefined {
  if (iso === undefined) return undefined;
  const time = Date.parse(iso);
  if (Number.isNaN(time)) throw new ApiError(400, 'request.invalid', 'A time is written such as 2026-01-31T12:00:00Z.');
  return time;
}

function itemView({ options: _, turn: __, ...rest }: StoredOperation): OperationItemView {
  return rest;
}

async function orTooWide<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!isTooSlow(error)) throw error;
    const message = 'Looking through all that this may be about takes too long. Narrow it by flow or time.';
    throw new ApiError(422, 'operation.too-wide', message);
  }
}

function tooMany(): ApiError {
  const message = `It is about more than ${MAX_ITEMS}, which is what one operation does at the most. Narrow it by flow or time.`;
  return new ApiError(422, 'operation.too-many', message);
}
