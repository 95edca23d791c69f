import type { FlowDraft } from '../format/parse.js';
import { kindOf } from '../steps/kinds.js';
import { SHAPELESS, type InnerList } from '../steps/kind.js';
import { isAwaited } from '../types.js';
import type { Step } from '../types.js';
import { checkerAt, endsList, pointerOf } from './steps.js';
import type { Walk } from './steps.js';

/**
 * Checks that no way through the flow answers its caller twice. Conditions are not looked into: what runs only if the first
 * answer was not given belongs into the other branch of an `if`. `onError` and `catch` may answer instead of what failed.
 */
export function checkAnswers(draft: FlowDraft, walk: Walk): void {
  const lists = [draft.steps, draft.onError ?? []];
  for (const steps of lists) answerOf(steps, undefined, walk);
  if (awaitsStep(draft) && !lists.some((steps) => hasAnswer(steps))) reportMissing(walk);
}

function awaitsStep({ trigger }: FlowDraft): boolean {
  if (trigger?.type !== 'webhook' || !isAwaited(trigger.respond)) return false;
  return trigger.respond !== 'when-finished' && trigger.respond.from === 'step';
}

function hasAnswer(steps: readonly Step[]): boolean {
  return steps.some(
    (step) =>
      'respond' in step ||
      kindOf(step)
        .inner(step, SHAPELESS)
        .some((list) => hasAnswer(list.steps)),
  );
}

function reportMissing({ read, catalog }: Walk): void {
  const message = 'The caller waits for a `respond` step, and the flow has none: add one, or write `"respond": "when-finished"`.';
  checkerAt('/trigger', read, catalog).report('flow.missing-respond', message, '/respond');
}

/** The step that may have answered when a list is through, if it goes on at all. */
function answerOf(steps: readonly Step[], before: Step | undefined, walk: Walk): Step | undefined {
  let answered = before;
  for (const step of steps) {
    if ('respond' in step && answered !== undefined) reportSecond(step, `\`${answered.id}\` has answered by now`, walk);
    const answer = 'respond' in step ? step : answerInside(step, answered, walk);
    answered ??= answer;
  }
  return endsList(steps, walk) ? undefined : answered;
}

function answerInside(step: Step, before: Step | undefined, walk: Walk): Step | undefined {
  const answers = new Map<readonly Step[], Step | undefined>();
  for (const list of kindOf(step).inner(step, SHAPELESS)) {
    const answer = answerOf(list.steps, before ?? firstOf(list, answers), walk);
    if (list.repeats && answer !== undefined && before === undefined)
      reportSecond(answer, 'a loop would answer for each of its items', walk);
    answers.set(list.steps, answer);
  }
  return [...answers.values()].find((answer) => answer !== undefined);
}

function firstOf({ alongside = [] }: InnerList, answers: ReadonlyMap<readonly Step[], Step | undefined>): Step | undefined {
  return alongside.map((list) => answers.get(list)).find((answer) => answer !== undefined);
}

function reportSecond(step: Step, reason: string, walk: Walk): void {
  checkerAt(pointerOf(step, walk), walk.read, walk.catalog).report(
    'flow.second-respond',
    `A caller gets one answer: ${reason}.`,
    '/respond',
    'key',
  );
}
