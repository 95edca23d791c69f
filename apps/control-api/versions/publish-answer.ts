import { FlowFileError, type ArchiveResult, type PublishResult, type Theirs } from '@millrace/catalog';
import { ApiError, notFound } from '@millrace/platform';
import { staleDraft, draftView } from '../drafts/draft-view.js';
import { problemView } from '../flows/flow-view.js';
import type { ArchivedView, PublishedView } from '../wire/version.js';

/** What an answer needs beside the result. */
interface Context {
  missing(): ApiError;
  /** Of the flow, now. */
  liveVersion(): number;
}

/** What a publication is answered with; everything but a version is an ApiError that holds what a person needs to decide. */
export async function publishAnswer(
  id: string,
  publishing: Promise<PublishResult>,
  { missing, liveVersion }: Context,
): Promise<PublishedView> {
  const result = await publishing.catch(unusable);
  if ('version' in result) return { version: result.version, published: result.kind === 'published' };
  throw failure(id, result, { missing, liveVersion });
}

/** What archiving is answered with. */
export async function archiveAnswer(id: string, archiving: Promise<ArchiveResult>): Promise<ArchivedView> {
  const result = await archiving.catch(unusable);
  if (result.kind === 'archived') return { archived: true };
  if (result.kind === 'missing') throw notFound('flow', id);
  if (result.kind === 'called') throw called(id, result.callers);
  const { theirs } = result;
  const message = `${changed(id, theirs)} since you saw it. Nothing was archived: look at it, then archive with that as the base.`;
  throw new ApiError(409, 'flow.conflict', message, {}, { theirs });
}

function called(id: string, callers: readonly string[]): ApiError {
  const [call, these] = callers.length === 1 ? ['calls', 'it'] : ['call', 'these'];
  const message = `${callers.join(', ')} ${call} ${id}, and would fail there from then on. Change ${these} first, or say \`force\` to archive ${id} all the same.`;
  return new ApiError(409, 'flow.called', message, {}, { callers: [...callers] });
}

function unusable(error: unknown): never {
  throw error instanceof FlowFileError ? new ApiError(503, error.code, error.message) : error;
}

type Failure = Exclude<PublishResult, { kind: 'published' | 'unchanged' }>;

function failure(id: string, result: Failure, { missing, liveVersion }: Context): ApiError {
  if (result.kind === 'missing') return missing();
  if (result.kind === 'stale') return staleDraft(id, result.draft && draftView(result.draft, liveVersion()), null);
  if (result.kind === 'conflict') return conflict(id, result);
  const errors = result.problems.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  const sentence = first === undefined ? '' : ` Line ${first.line}, column ${first.column}: ${first.message}`;
  const count = errors.length === 1 ? '1 problem' : `${errors.length} problems`;
  const message = `The text of ${id} does not check, so nothing was published: ${count}.${sentence}`;
  return new ApiError(422, 'flow.does-not-check', message, {}, { problems: result.problems.map(problemView) });
}

function conflict(id: string, { theirs, yours }: Extract<Failure, { kind: 'conflict' }>): ApiError {
  const message = `${changed(id, theirs)} since your text was begun. Nothing was published: look at both, then publish with theirs as the base.`;
  return new ApiError(409, 'flow.conflict', message, {}, { theirs, yours });
}

function changed(id: string, { from, text, version }: Theirs): string {
  const file = text === null ? 'was deleted' : 'was changed';
  return from === 'file' ? `The file ${id}.json ${file} by somebody else` : `Version ${version} was published by somebody else`;
}
