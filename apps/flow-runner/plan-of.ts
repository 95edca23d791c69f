import { NotRunnable, planTest } from '@millrace/catalog';
import type { ClaimedRun, Plan } from '@millrace/engine';
import type { Platform } from '@millrace/platform';

/** What a run follows: its version, or the text that it tests. Rejects with NotRunnable when that cannot be run here. */
export async function planOf(run: ClaimedRun, { catalog, tests }: Pick<Platform, 'catalog' | 'tests'>): Promise<Plan> {
  if (run.version !== 0) return catalog.plan(run.flowId, run.version);
  const test = await tests.find(run.id);
  if (!test) throw new NotRunnable('what it tests is not stored');
  const { flowId, text, step } = test;
  const plan = planTest(catalog, { flowId, text, ...(step !== null && { step }) });
  if (plan.kind === 'ready') return plan.tested.plan;
  throw new NotRunnable(plan.kind === 'wrong' ? plan.problem.message : `it has no step ${step}`);
}
