import { planTest } from '@millrace/catalog';
import { givenRows, type EventRecord, type TestedStep, type TestStart } from '@millrace/engine';
import { ApiError, newId, notFound, type Platform } from '@millrace/platform';
import { draftView, staleDraft } from '../drafts/draft-view.js';
import { readId } from '../wire/query.js';
import { recordingsOf } from './recordings.js';

export interface TestRequest {
  readonly event: string;
  readonly step?: string;
  readonly run?: string;
  readonly revision?: number;
}

/** A test that could begin. */
export interface PreparedTest {
  readonly flowId: string;
  readonly text: string;
  readonly step: string | undefined;
  readonly eventId: string;
  readonly tested: TestedStep;
  readonly start: TestStart;
}

/**
 * What a test of a flow's draft would do, or of its live text where there is no draft. Throws an ApiError when it cannot begin:
 * no such flow, event or step, another draft by now, or something wrong in what the step needs.
 */
export async function prepareTest(flowId: string, { event, step, run, revision }: TestRequest, platform: Platform): Promise<PreparedTest> {
  const [text, { id: eventId }] = await Promise.all([textToTest(flowId, revision, platform), findEvent(event, platform)]);
  const tested = testedStep(flowId, text, step, platform);
  // A test of the whole flow does everything: only what was pinned on purpose is not done.
  const recordings = step === undefined ? [] : await recordingsOf({ flowId, eventId, ...(run !== undefined && { first: run }) }, platform);
  const start = givenRows(tested, recordings, await platform.pins.list(flowId), Date.now());
  return { flowId, text, step, eventId, tested, start };
}

/** Begins it. Resolves with the id of its run once that is written down. */
export async function beginTest({ flowId, text, step, eventId, tested, start }: PreparedTest, { tests, bell }: Platform): Promise<string> {
  const runId = newId();
  const { path, around } = tested;
  await tests.begin({ runId, flowId, text, step: step ?? null, path: path ?? null, partly: around, eventId, rows: start.rows });
  bell.ring();
  return runId;
}

/** The draft at the revision that the caller has seen, else what an editor of the flow would begin with. */
export async function textToTest(flowId: string, revision: number | undefined, { drafts, publisher, catalog }: Platform): Promise<string> {
  const draft = await drafts.find(flowId);
  if (revision !== undefined && revision !== (draft?.revision ?? 0)) {
    throw staleDraft(flowId, draft && draftView(draft, catalog.flow(flowId)?.version ?? 0), null);
  }
  if (draft !== null) return draft.text;
  const current = await publisher.current(flowId);
  if (current === undefined) throw notFound('flow', flowId.slice(0, 80));
  return current.text;
}

export async function findEvent(id: string, { history }: Pick<Platform, 'history'>): Promise<EventRecord> {
  const event = await history.event(readId('an event', id));
  if (!event) throw notFound('event', id);
  return event;
}

function testedStep(flowId: string, text: string, step: string | undefined, { catalog }: Platform): TestedStep {
  const plan = planTest(catalog, { flowId, text, ...(step !== undefined && { step }) });
  if (plan.kind === 'ready') return plan.tested;
  if (plan.kind === 'no-step') throw noStep(flowId, step);
  const { problem, at } = plan;
  const where = at === undefined ? 'The draft' : `The step ${at}`;
  throw new ApiError(422, 'test.does-not-check', `${where} cannot be tested yet: ${problem.message}`, {}, { step: at ?? null });
}

function noStep(flowId: string, step: string | undefined): ApiError {
  const what = step === undefined ? 'cannot be read as a flow' : `has no step ${step.slice(0, 80)}, or cannot be read as JSON`;
  return new ApiError(
    422,
    'test.no-such-step',
    `The draft of ${flowId} ${what}. Save the draft, then test it.`,
    {},
    { step: step ?? null },
  );
}
