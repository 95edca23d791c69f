import { Get, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { newestOutputs } from '@millrace/engine';
import { stepsById } from '@millrace/flow';
import { ApiError, newId, PLATFORM, type Platform } from '@millrace/platform';
import type { FastifyRequest } from 'fastify';
import { Audited, Unaudited, type Deed, type Done } from '../audit/audited.js';
import { ApiController } from '../api-controller.js';
import { checkFlowId } from '../flows/flow-id.js';
import {
  outputsQuery,
  sampleBody,
  testBody,
  testPlanQuery,
  type OutputsView,
  type SampleView,
  type TestPlanView,
  type TestStartedView,
  type TestView,
} from '../wire/test.js';
import { readId } from '../wire/query.js';
import { recordingsOf } from './recordings.js';
import { beginTest, findEvent, prepareTest, textToTest } from './start-test.js';
import { outputViews, testPlanView, testView } from './test-view.js';

/** A draft that is being written often cannot be tested yet; to ask is no mistake. */
function untestable(error: unknown): { readonly problem: string } {
  if (error instanceof ApiError && error.status === 422) return { problem: error.message };
  throw error;
}

function tested({ params, answer: { step } }: Done<TestStartedView>): Deed {
  return { subject: params['id']!, details: step === null ? {} : { step } };
}

/** Tests of drafts: runs that count for nothing but themselves. */
@ApiController()
export class TestsController {
  constructor(@Inject(PLATFORM) private readonly platform: Platform) {}

  @Post('flows/:id/tests')
  @Audited('flow.tested', tested)
  @HttpCode(202)
  async start(@Param('id') id: string, @Req() { raw }: FastifyRequest): Promise<TestStartedView> {
    checkFlowId(id);
    const prepared = await prepareTest(id, await testBody.read(raw), this.platform);
    return { runId: await beginTest(prepared, this.platform), ...testPlanView(prepared, this.platform) };
  }

  @Get('flows/:id/test-plan')
  async plan(@Param('id') id: string, @Query() query: unknown): Promise<TestPlanView> {
    checkFlowId(id);
    const { event = '', ...rest } = testPlanQuery.read(query);
    const prepared = await prepareTest(id, { event, ...rest }, this.platform).catch(untestable);
    if ('problem' in prepared) return { step: rest.step ?? null, path: null, given: [], does: [], problem: prepared.problem };
    return { ...testPlanView(prepared, this.platform), problem: null };
  }

  /** What expressions of a draft can be shown with. The draft need not check. */
  @Get('flows/:id/outputs')
  async outputs(@Param('id') id: string, @Query() query: unknown): Promise<OutputsView> {
    checkFlowId(id);
    const { event = '', run } = outputsQuery.read(query);
    const { id: eventId } = await findEvent(event, this.platform);
    const [text, recordings, pins] = await Promise.all([
      textToTest(id, undefined, this.platform),
      recordingsOf({ flowId: id, eventId, ...(run !== undefined && { first: run }) }, this.platform),
      this.platform.pins.list(id),
    ]);
    return { items: outputViews(newestOutputs(stepsById(text), recordings), pins) };
  }

  @Post('flows/:id/samples')
  @Unaudited('A sample is for tests only and is forgotten by itself.')
  @HttpCode(201)
  async sample(@Param('id') id: string, @Req() { raw }: FastifyRequest): Promise<SampleView> {
    checkFlowId(id);
    const { body } = await sampleBody.read(raw);
    const eventId = newId();
    await this.platform.tests.keepEvent({
      id: eventId,
      flowId: id,
      receivedAt: Date.now(),
      method: 'SAMPLE',
      url: '',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(body)),
      origin: { kind: 'sample' },
    });
    return { eventId };
  }

  @Get('runs/:id/test')
  async get(@Param('id') id: string): Promise<TestView> {
    const test = await this.platform.tests.find(readId('a run', id));
    if (test) return testView(test);
    throw new ApiError(404, 'test.not-found', `The run ${id} is no test. GET /api/v1/runs/${id} says of which version it is.`);
  }
}
