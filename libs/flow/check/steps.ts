import type { ProblemCode } from '../problem-codes.js';
import { keyNodeAt, nodeAt } from '../text.js';
import { kindOf, listsIn } from '../steps/kinds.js';
import { SHAPELESS } from '../steps/kind.js';
import type { Catalog, ExpressionSite, InnerList, OutputContext, OutputShape, StepChecker } from '../steps/kind.js';
import type { Flow, Step } from '../types.js';
import type { ReadFlow } from '../format/parse.js';
import { checkCase } from './cases.js';
import { itemShape } from './items.js';
import type { CompiledExpression } from '../expressions/expression.js';
import { checkSite } from './sites.js';
import { asked, askedWhetherFailed, type View, type VisibleStep } from './view.js';

/** One walk over the steps of a file. */
export interface Walk {
  readonly read: ReadFlow;
  readonly catalog: Catalog;
  readonly defaults: Flow['defaults'];
}

/**
 * Checks a list of steps, each with what it can see. A branch is checked before its later siblings become visible.
 * Gives what is seen behind the last of them.
 */
export function checkSteps(steps: readonly Step[], view: View, walk: Walk): View {
  reportUnreachable(steps, walk);
  const own = new Map<string, VisibleStep>();
  const behind = { ...view, steps: { own, around: view.steps } };
  for (const step of steps) {
    checkStep(step, behind, walk);
    own.set(step.id, visible(step, walk));
  }
  return behind;
}

function checkStep(step: Step, view: View, walk: Walk): void {
  const kind = kindOf(step);
  const pointer = pointerOf(step, walk);
  const { document, problems } = walk.read;
  const check = ({ pointer: below, use, example }: Omit<ExpressionSite, 'value'>, seen: View): CompiledExpression[] => {
    const node = nodeAt(document.root, pointer + below);
    return node === undefined
      ? []
      : checkSite(node, pointer + below, use, { document, report: problems.report, view: seen, ...(example !== undefined && { example }) });
  };
  const own = asked(step.when === undefined ? [] : check({ pointer: '/when', use: 'condition' }, view), view);
  const sites = kind.expressions(step);
  const read = new Map(sites.map((site) => [site.pointer, check(site, own)]));
  const checker = checkerAt(pointer, walk.read, walk.catalog);
  for (const site of sites) if (site.comparedWith !== undefined) checkCase(site, read.get(site.comparedWith) ?? [], own, checker);
  kind.check?.(step, checker);
  const lists = kind.inner(step, { itemOf: (value) => itemShape(value, own), ofList: (steps) => outputOfList(steps, walk) });
  for (const list of lists) {
    const behind = checkSteps(list.steps, viewInside(list, step, decided(list, read, own), walk), walk);
    for (const site of list.asks ?? []) check(site, behindRound(list, behind));
  }
}

/** Where it is asked whether a list runs once more: what it had from the time before is of no use any more, and looks as if it were. */
function behindRound({ uncertain = [] }: InnerList, view: View): View {
  const names = Object.fromEntries(Object.entries(view.names).filter(([name]) => !uncertain.includes(name)));
  return { ...view, names, behindRound: true };
}

/** A list that a condition decides about knows what the condition asked. */
function decided({ where, unless }: InnerList, read: ReadonlyMap<string, readonly CompiledExpression[]>, view: View): View {
  if (where !== undefined) return asked(read.get(where) ?? [], view);
  return unless === undefined ? view : askedWhetherFailed(read.get(unless) ?? [], view);
}

/** What a list inside a step sees: what the step sees, and what is its own. */
function viewInside({ names, uncertain = [], mayFollow = [], repeats }: InnerList, step: Step, view: View, walk: Walk): View {
  const earlier = mayFollow.flatMap((list) => possiblyRun(list, walk));
  const hidden = Object.keys(names ?? {});
  return {
    ...view,
    names: { ...view.names, ...names },
    uncertain: [...view.uncertain.filter((name) => !hidden.includes(name)), ...uncertain],
    loops: repeats ? [...view.loops, step] : view.loops,
    steps: earlier.length > 0 ? { own: new Map(earlier), around: view.steps } : view.steps,
  };
}

function visible(step: Step, walk: Walk): VisibleStep {
  const mayBeSkipped = step.when !== undefined && step.when !== true;
  const output = outputOf(step, walk);
  if (!mayFail(step, walk)) return { certain: !mayBeSkipped, output };
  return { certain: false, output: output === 'none' ? ONLY_ERROR : output };
}

/** After `onError: "continue"`, of a step that has no output otherwise. */
const ONLY_ERROR = { type: 'object', properties: { error: { type: 'object' } }, additionalProperties: false } as const;

function mayFail({ onError }: Step, { defaults }: Walk): boolean {
  return (onError ?? defaults?.onError) === 'continue';
}

function outputOf(step: Step, walk: Walk): OutputShape {
  const context: OutputContext = { catalog: walk.catalog, ofList: (steps) => outputOfList(steps, walk) };
  const output = kindOf(step).output(step, context);
  return mayFail(step, walk) ? orError(output) : output;
}

function outputOfList(steps: readonly Step[], walk: Walk): OutputShape {
  const last = steps.at(-1);
  return last === undefined ? 'none' : outputOf(last, walk);
}

/** After `onError: "continue"` the output may be `{ error }` instead. */
function orError(output: OutputShape): OutputShape {
  if (typeof output === 'string') return output;
  return output.properties === undefined ? 'unknown' : { ...output, properties: { ...output.properties, error: { type: 'object' } } };
}

/**
 * Every step of a list and of the lists inside it, as `catch`, `finally` and `onError` see them: any of them may not have run.
 * Steps inside loops ran once per item, so that there is no one output to read; those of parallel branches are left out too.
 */
export function possiblyRun(steps: readonly Step[], walk: Walk): [string, VisibleStep][] {
  return steps.flatMap((step) => [
    [step.id, { ...visible(step, walk), certain: false }],
    ...listsOutsideLoops(step).flatMap((list) => possiblyRun(list, walk)),
  ]);
}

/** How far a branch came beside one that failed depends on time alone: an error handler that read it would not always give the same. */
function listsOutsideLoops(step: Step): (readonly Step[])[] {
  if ('parallel' in step) return [];
  const lists = kindOf(step).inner(step, SHAPELESS);
  return lists.filter(({ repeats }) => repeats !== true).map(({ steps }) => steps);
}

/** Where a step stands in the file. */
export function pointerOf(step: Step, { read }: Walk): string {
  return read.steps.pointers.get(step) ?? '';
}

/** True when the run surely ends in this list. */
export function endsList(steps: readonly Step[], walk: Walk): boolean {
  return steps.some((step) => endsRun(step, walk));
}

function endsRun(step: Step, walk: Walk): boolean {
  if (step.when !== undefined && step.when !== true) return false;
  // What fails inside before it ends the run is passed over.
  if (mayFail(step, walk) && listsIn(step).length > 0) return false;
  return kindOf(step).ends(step, (steps) => endsList(steps, walk));
}

function reportUnreachable(steps: readonly Step[], walk: Walk): void {
  const end = steps.findIndex((step) => endsRun(step, walk));
  const next = end < 0 ? undefined : steps[end + 1];
  if (next === undefined) return;
  checkerAt(pointerOf(next, walk), walk.read, walk.catalog).report(
    'flow.unreachable',
    `This step never runs: the run has ended in \`${steps[end]?.id ?? ''}\`.`,
    '/id',
  );
}

/** Reports below a JSON pointer; what is not in the file is reported at the nearest thing above that is. */
export function checkerAt(pointer: string, { document, problems, draft }: ReadFlow, catalog: Catalog): StepChecker {
  const report = (code: ProblemCode, message: string, below: string, place: 'key' | 'value' = 'value'): void => {
    const path = pointer + below;
    const node = place === 'key' ? (keyNodeAt(document.root, path) ?? nodeAt(document.root, path)) : nodeAt(document.root, path);
    const above = nodeAt(document.root, pointer);
    problems.report(code, message, node ?? { offset: above?.offset ?? 0, length: 1 }, node ? path : pointer);
  };
  return { catalog, flowId: draft?.id ?? '', pointer, report };
}
