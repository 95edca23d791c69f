import { readFlow, resultOf } from '../format/parse.js';
import type { FlowDraft, ReadFlow } from '../format/parse.js';
import { hasErrors } from '../problems.js';
import type { Problem } from '../problems.js';
import type { Catalog } from '../steps/kind.js';
import { listsIn } from '../steps/kinds.js';
import type { Flow, Step, Trigger } from '../types.js';
import { checkSteps, checkerAt, possiblyRun } from './steps.js';
import type { Walk } from './steps.js';
import { errorShape } from '../schema/shapes.js';
import { checkAnswers } from './answers.js';
import { resumableSteps, stepsInLoops } from './resume.js';
import { runShape, triggerShape } from './shapes.js';
import { checkTrigger } from './triggers.js';
import { checkUnreadUrls } from './unread-urls.js';
import type { View, VisibleStep } from './view.js';

export interface CheckOptions extends Catalog {
  /** From the name of the file; the flow's `id` must equal it. */
  readonly flowId?: string;
}

/**
 * Checks a flow file against what is installed: its shape, components and props, credentials, and every reference.
 * Reports all problems at once, in file order; `flow` is there when none of them is an error.
 */
export function checkFlow(text: string, options: CheckOptions): { flow?: Flow; problems: Problem[] } {
  const read = readFlow(text);
  if (read.draft !== undefined) checkDraft(read.draft, read, options);
  return resultOf(read);
}

/** What a text that somebody still works on says of its trigger. */
export interface CheckedTrigger {
  /** There when nothing is wrong with it, whatever the steps are like. */
  readonly trigger?: Trigger;
  /** False for a text that is no JSON, or no flow: nothing certain is known of what it says. */
  readonly readable: boolean;
  /** Of the trigger; of the whole text where that cannot be read. */
  readonly problems: readonly Problem[];
}

/** Checks the trigger of a text by itself: its URL can take requests before the steps are finished. */
export function checkTriggerOf(text: string, options: CheckOptions): CheckedTrigger {
  const read = readFlow(text);
  const { draft } = read;
  if (draft !== undefined) checkDraft(draft, read, options);
  const problems = read.problems.sorted();
  if (draft === undefined || read.document.faults.length > 0) return { readable: false, problems };
  const own = problems.filter(({ path }) => path === '/trigger' || path.startsWith('/trigger/'));
  const { trigger } = draft;
  return trigger === undefined || hasErrors(own)
    ? { readable: true, problems: own.length > 0 ? own : problems }
    : { trigger, readable: true, problems: own };
}

function checkDraft(draft: FlowDraft, read: ReadFlow, options: CheckOptions): void {
  checkFlowId(draft, read, options);
  reportRepeatedIds(draft, read, options);
  const walk: Walk = { read, catalog: options, defaults: draft.defaults };
  const all = new Set([...[...read.steps.pointers.keys()].map(({ id }) => id), ...read.steps.unread]);
  // A step that could not be read was reported; references to it are not wrong as well.
  const unread = new Map<string, VisibleStep>([...read.steps.unread].map((id) => [id, { certain: true, output: 'unknown' }]));
  const before: View = {
    steps: { own: unread },
    all,
    place: 'trigger',
    trigger: triggerShape(draft.trigger),
    names: {},
    uncertain: [],
    inLoops: stepsInLoops(draft),
    loops: [],
    resumable: resumableSteps(draft, read.steps.unread),
  };
  checkTrigger(draft, before, walk);
  const view: View = { ...before, place: 'steps', trigger: runShape(draft) };
  checkSteps(draft.steps, view, walk);
  const afterwards = new Map([...unread, ...possiblyRun(draft.steps, walk)]);
  checkSteps(draft.onError ?? [], { ...view, names: { error: errorShape }, steps: { own: afterwards } }, walk);
  checkAnswers(draft, walk);
  checkUnreadUrls(walk);
}

function checkFlowId({ id }: FlowDraft, read: ReadFlow, { flowId, ...catalog }: CheckOptions): void {
  if (flowId === undefined || id === '' || id === flowId) return;
  checkerAt('', read, catalog).report(
    'flow.id-differs',
    `The id is \`${id}\` and the file is \`${flowId}.json\`; they must be equal.`,
    '/id',
  );
}

function reportRepeatedIds(draft: FlowDraft, read: ReadFlow, catalog: Catalog): void {
  const seen = new Set<string>();
  for (const step of [...allSteps(draft.steps), ...allSteps(draft.onError ?? [])]) {
    const checker = checkerAt(read.steps.pointers.get(step) ?? '', read, catalog);
    if (seen.has(step.id))
      checker.report('flow.duplicate-step', `Another step has the id \`${step.id}\`; ids are unique in a file.`, '/id');
    if (step.id !== '') seen.add(step.id);
  }
}

/** Every step of a list, depth first, in file order. */
export function allSteps(steps: readonly Step[]): Step[] {
  return steps.flatMap((step) => [step, ...listsIn(step).flatMap(allSteps)]);
}
