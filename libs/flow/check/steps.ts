import type { ProblemCode } from '../problem-codes.js';
import { keyNodeAt, nodeAt } from '../text.js';
import { kindOf } from '../steps/kinds.js';
import type { Catalog, OutputShape, StepChecker } from '../steps/kind.js';
import type { Flow, Step } from '../types.js';
import type { ReadFlow } from '../format/parse.js';
import { checkSite } from './sites.js';
import type { View, VisibleStep } from './view.js';

/** One walk over the steps of a file. */
export interface Walk {
  readonly read: ReadFlow;
  readonly catalog: Catalog;
  readonly defaults: Flow['defaults'];
}

/** Checks a list of steps, each with what it can see. A branch is checked before its later siblings become visible. */
export function checkSteps(steps: readonly Step[], view: View, walk: Walk): void {
  reportUnreachable(steps, walk);
  const own = new Map<string, VisibleStep>();
  for (const step of steps) {
    checkStep(step, { ...view, steps: { own, around: view.steps } }, walk);
    own.set(step.id, visible(step, walk));
  }
}

function checkStep(step: Step, view: View, walk: Walk): void {
  const kind = kindOf(step);
  const pointer = pointerOf(step, walk);
  const { document, problems } = walk.read;
  const context = { document, report: problems.report, view };
  const sites = [...(step.when === undefined ? [] : [{ pointer: '/when', use: 'condition' as const }]), ...kind.expressions(step)];
  for (const site of sites) {
    const node = nodeAt(document.root, pointer + site.pointer);
    if (node !== undefined) checkSite(node, pointer + site.pointer, site.use, context);
  }
  kind.check?.(step, checkerAt(pointer, walk.read, walk.catalog));
  for (const branch of kind.branches(step)) checkSteps(branch, view, walk);
}

function visible(step: Step, { catalog, defaults }: Walk): VisibleStep {
  const mayBeSkipped = step.when !== undefined && step.when !== true;
  const mayFail = (step.onError ?? defaults?.onError) === 'continue';
  const output = kindOf(step).output(step, catalog);
  return { certain: !mayBeSkipped && !mayFail, output: mayFail ? orError(output) : output };
}

/** After `onError: "continue"` the output may be `{ error }` instead. */
function orError(output: OutputShape): OutputShape {
  if (typeof output === 'string') return output;
  return output.properties === undefined ? 'unknown' : { ...output, properties: { ...output.properties, error: { type: 'object' } } };
}

/** Every step of a list and of the lists inside it, as `onError` sees them: any of them may not have run. */
export function possiblyRun(steps: readonly Step[], walk: Walk): [string, VisibleStep][] {
  return steps.flatMap((step) => [
    [step.id, { ...visible(step, walk), certain: false }],
    ...kindOf(step)
      .branches(step)
      .flatMap((branch) => possiblyRun(branch, walk)),
  ]);
}

function pointerOf(step: Step, { read }: Walk): string {
  return read.steps.pointers.get(step) ?? '';
}

function endsList(steps: readonly Step[]): boolean {
  return steps.some((step) => kindOf(step).ends(step, endsList) && (step.when === undefined || step.when === true));
}

function reportUnreachable(steps: readonly Step[], walk: Walk): void {
  const end = steps.findIndex((step) => endsList([step]));
  const next = end < 0 ? undefined : steps[end + 1];
  if (next === undefined) return;
  checkerAt(pointerOf(next, walk), walk.read, walk.catalog).report(
    'flow.unreachable',
    `This step never runs: the run has ended in \`${steps[end]?.id ?? ''}\`.`,
    '/id',
  );
}

/** Reports below a JSON pointer; what is not in the file is reported at the nearest thing above that is. */
export function checkerAt(pointer: string, { document, problems }: ReadFlow, catalog: Catalog): StepChecker {
  const report = (code: ProblemCode, message: string, below: string, place: 'key' | 'value' = 'value'): void => {
    const path = pointer + below;
    const node = place === 'key' ? (keyNodeAt(document.root, path) ?? nodeAt(document.root, path)) : nodeAt(document.root, path);
    const above = nodeAt(document.root, pointer);
    problems.report(code, message, node ?? { offset: above?.offset ?? 0, length: 1 }, node ? path : pointer);
  };
  return { catalog, pointer, report };
}
