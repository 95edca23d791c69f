import { stepIdOf } from '@millrace/flow';
import type { RerunPlanView, RunView, StepView } from '../api/wire.js';
import { count } from '../format/format.js';
import { everyStep, isLoop, type FlowStep, type FlowTree, type Lane } from '../flow/structure.js';
import { stepTitle } from '../flow/words.js';
import { givenIn } from './given.js';

export interface TakenOver {
  /** What a re-run did not do again, such as `3 steps and 1 item of Lines`. */
  readonly words: string;
  readonly isOne: boolean;
  /** Where it began; undefined when it has not yet. */
  readonly from: string | undefined;
}

/** Undefined where it did everything. */
export function takenOver(run: RunView, tree: FlowTree): TakenOver | undefined {
  const rows = run.steps.filter((row) => givenIn(run, row) === 'taken over');
  const done = rows.filter(({ status }) => status !== 'skipped');
  if (done.length === 0) return undefined;
  const { steps, items } = counted(done);
  const isOne = steps.length + items.length === 1;
  return { words: listed(partsOf({ steps, items }, tree, false)), isOne, from: beginning(run, rows, tree) };
}

/** The first step that it did itself; what stands around it goes on, and began before. */
function beginning({ steps }: RunView, given: readonly StepView[], tree: FlowTree): string | undefined {
  const ids = new Set(given.map(({ path }) => stepIdOf(path)));
  const isAround = ({ path, kind }: StepView): boolean =>
    given.some((row) => row.path.startsWith(`${path}[`)) ||
    (kind === 'item' && steps.some((row) => row.given === null && row.path.startsWith(`${path}.`))) ||
    (stepOf(tree, stepIdOf(path))?.lanes.some((lane) => everyStep(lane.steps).some(({ id }) => ids.has(id))) ?? false);
  const first = steps.find((row) => row.given === null && !isAround(row));
  return first && placeWords(tree, first.path);
}

/** `Reserve, for item 2 of Lines`. */
function placeWords(tree: FlowTree, path: string): string {
  const title = titleOf(tree, stepIdOf(path));
  const [, loop, item] = /^(?:.*\.)?(\w+)(?:~\d+)?\[(\d+)\][^[]*$/.exec(path) ?? [];
  if (loop === undefined) return title;
  const where = `${roundOf(tree, loop)} ${Number(item) + 1} of ${titleOf(tree, loop)}`;
  return stepIdOf(path) === loop ? where : `${title} for ${where}`;
}

/** What the turns of a loop are called. */
function roundOf(tree: FlowTree, loop: string): string {
  return stepOf(tree, loop)?.kind === 'repeat' ? 'round' : 'item';
}

function stepOf({ steps, onError }: FlowTree, id: string): FlowStep | undefined {
  return everyStep([...steps, ...onError]).find((step) => step.id === id);
}

function titleOf(tree: FlowTree, id: string): string {
  const step = stepOf(tree, id);
  return step ? stepTitle(step) : id;
}

/** Steps that are named one by one; of more it is said how many. */
const NAMED = 4;

/** What a retry of a failed run would do, in a sentence: which steps run, and which keep what they gave. */
export function retryWords({ steps: rows }: RunView, { from, reused }: RerunPlanView, tree: FlowTree): string {
  const way = from === null ? undefined : wayTo(tree.steps, stepIdOf(from));
  if (from === null || !way) return 'Retry from here runs every step again: what failed is not a step of the flow itself.';
  const runs = `Retry from here runs ${placeWords(tree, from)}${isFollowed(way) ? ' and what follows' : ''}`;
  const paths = new Set(reused);
  const { steps, items } = counted(rows.filter(({ path, status }) => paths.has(path) && status === 'succeeded'));
  if (steps.length + items.length === 0) return `${runs}; no step before it gave anything.`;
  const words = partsOf({ steps, items }, tree, steps.length + items.length <= NAMED);
  return `${runs}; ${listed(words)} ${steps.length === 1 && items.length === 0 ? 'keeps what it gave' : 'keep what they gave'}.`;
}

/** The steps of rows, and of loops that are gone on with the items. */
interface Counted {
  readonly steps: readonly string[];
  readonly items: readonly string[];
}

/** A loop is one step, whatever is kept of its items; of one that goes on, the items count. */
function counted(rows: readonly StepView[]): Counted {
  const whole = new Set(rows.filter(({ kind }) => kind === 'forEach' || kind === 'repeat').map(({ path }) => stepIdOf(path)));
  const outside = rows.filter(({ path }) => !loopsIn(path).some((loop) => whole.has(loop)));
  const ids = (some: readonly StepView[]): string[] => some.map(({ path }) => stepIdOf(path));
  return {
    steps: [...new Set(ids(outside.filter(({ kind }) => kind !== 'item')))],
    items: ids(outside.filter(({ kind }) => kind === 'item')),
  };
}

/** The loops whose items a path goes through. */
function loopsIn(path: string): string[] {
  return [...path.matchAll(/(\w+)(?:~\d+)?\[/g)].map(([, loop]) => loop!);
}

function partsOf({ steps, items }: Counted, tree: FlowTree, named: boolean): string[] {
  const loops = [...new Set(items)].map(
    (id) => `${count(items.filter((item) => item === id).length, roundOf(tree, id))} of ${titleOf(tree, id)}`,
  );
  const some = named ? steps.map((id) => titleOf(tree, id)) : steps.length > 0 ? [count(steps.length, 'step')] : [];
  return [...some, ...loops];
}

/** One step on the way down to another, and the lists that it is in and goes into. */
interface Level {
  readonly step: FlowStep;
  readonly list: readonly FlowStep[];
  readonly lane: Lane | undefined;
}

function wayTo(list: readonly FlowStep[], id: string): readonly Level[] | undefined {
  for (const step of list) {
    if (step.id === id) return [{ step, list, lane: undefined }];
    for (const lane of step.lanes) {
      const inside = wayTo(lane.steps, id);
      if (inside) return [{ step, list, lane }, ...inside];
    }
  }
  return undefined;
}

/** Other items of a loop may be left, and `finally` comes in any case. */
function isFollowed(way: readonly Level[]): boolean {
  return way.some(({ list, lane, step }) => {
    if (list.at(-1) !== step) return true;
    if (lane === undefined || step.kind !== 'try') return lane !== undefined && isLoop(step);
    return lane.role !== 'finally' && step.lanes.some(({ role, steps }) => role === 'finally' && steps.length > 0);
  });
}

/** `Big, Note it and Lines`. */
function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)!}`;
}
