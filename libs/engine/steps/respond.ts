import { StepError, type Json } from '@millrace/component-sdk';
import { resolveTemplate } from '@millrace/flow';
import type { PlannedRespond } from '../plan.js';
import { decision, NEXT, type StepSignal, type Walk } from './step.js';

/** What the waiting caller gets: journalled and committed at once, since somebody waits for it. */
export async function walkRespond(step: PlannedRespond, walk: Walk): Promise<StepSignal> {
  const known = walk.row(walk.path(step.id)) !== undefined;
  const decided = await decision(walk, step, async (environment) =>
    checked(step, (await resolveTemplate(step.answer, walk.scope, environment)) as { [key: string]: Json }),
  );
  if ('failed' in decided) return { kind: 'failed', error: decided.failed };
  if (!known && !(await walk.commit(true))) return { kind: 'lost' };
  walk.responded(decided.output.body ?? null);
  return NEXT;
}

function checked({ id }: PlannedRespond, answer: { [key: string]: Json }): { [key: string]: Json } {
  const status = Number(answer.status ?? 200);
  if (Number.isInteger(status) && status >= 200 && status <= 599) return { ...answer, status };
  const message = `${id} responds with the status ${JSON.stringify(answer.status)}; it must be a number from 200 to 599.`;
  throw new StepError({ code: 'respond.bad-status', message, blame: 'author' });
}
