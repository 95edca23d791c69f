import { stepIn } from '@millrace/engine';
import { resumeUrl, type Platform } from '@millrace/platform';
import type { ListedRow, RunSummary } from '@millrace/postgres';

/** Where a request makes a step go on, by its path in the journal; undefined for a step that waits for something else. */
export type ResumeUrls = (path: string) => string | undefined;

/** Of a run's waiting steps. The flow is only looked at where a step waits. */
export async function resumeUrlsOf(
  { id, flowId, version }: RunSummary,
  journal: readonly ListedRow[],
  { catalog, publicUrl, resumeKey }: Pick<Platform, 'catalog' | 'publicUrl' | 'resumeKey'>,
): Promise<ResumeUrls> {
  if (!journal.some(({ kind, status }) => kind === 'wait' && status === 'waiting')) return () => undefined;
  // A version that cannot be planned any more waits all the same; nobody can say for what.
  const plan = await catalog.plan(flowId, version).catch(() => undefined);
  return (path) => {
    const step = plan && stepIn(plan, path);
    return step?.kind === 'wait' && step.wait.kind === 'webhook' ? resumeUrl(publicUrl, resumeKey, id, path) : undefined;
  };
}
