import { FlowFileError, type PublishResult } from '@millrace/catalog';
import { ApiError } from '@millrace/platform';
import { staleDraft, draftView } from '../drafts/draft-view.js';
import { problemView } from '../flows/flow-view.js';
import type { PublishedView } from '../wire/version.js';

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
  const result = await publishing.catch((error: unknown) => {
    throw error instanceof FlowFileError ? new ApiError(503, error.code, error.message) : error;
  });
  if ('version' in result) return { version: result.version, published: result.kind === 'published' };
  throw failure(id, result, { missing, liveVersion });
}

type Failure = Exclude<PublishResult, { kind: 'published' | 'unchanged' }>;

function failure(id: string, result: Failure, { missing, liveVersion }: Context): ApiError {
  if (result.kind === 'missing') return missing();
  if (result.kind === 'stale') return staleDraft(id, result.draft && draftView(result.draft, liveVersion()), null);
  if (result.kind === 'conflict') return conflict(id, result);
  const errors = result.problems.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  const sentence = first === undefined ? '' : ` Line ${first.line}, column ${first.column}: ${first.message}`;
  const message = `The text of ${id} does not check, so nothing was published: ${errors.length} problems.${sentence}`;
  return new ApiError(422, 'flow.does-not-check', message, {}, { problems: result.problems.map(problemView) });
}

function conflict(id: string, { theirs, yours }: Extract<Failure, { kind: 'conflict' }>): ApiError {
  const file = theirs.text === null ? 'was deleted' : 'was changed';
  const what =
    theirs.from === 'file' ? `The file ${id}.json ${file} by somebody else` : `Version ${theirs.version} was published by somebody else`;
  const message = `${what} since your text was begun. Nothing was published: look at both, then publish with theirs as the base.`;
  return new ApiError(409, 'flow.conflict', message, {}, { theirs, yours });
}
