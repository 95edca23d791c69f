import { stepIdOf } from '@millrace/flow';
import type { RunView, StepView } from '../api/wire.js';
import { count } from '../format/format.js';
import { everyStep, type FlowStep, type FlowTree, type Lane } from '../flow/structure.js';
import { stepTitle } from '../flow/words.js';
import { givenIn } from './given.js';

export interface TakenOver {
  /** What a re-run did not do again, such as `3 steps and 1 item of Lines`. */
  readonly words: string;
  readonly isOne: boolean;
  /** Where it began; undefined when it has not yet. */
  readonly from: string | undefined;
}

/** Undefined where it did everything. A loop is one step, however many items; of one that it went on with, the items count. */
export function takenOver(run: RunView, tree: FlowTree): TakenOver | undefined {
  const rows = run.steps.filter((row) => givenIn(run, row) === 'taken over');
  const done = rows.filter(({ status }) => status !== 'skipped');
  if (done.length === 0) return undefined;
  const steps = new Set(done.filter(({ kind }) => kind !== 'item').map(({ path }) => stepIdOf(path)));
  const items = done.filter(({ path, kind }) => kind === 'item' && !steps.has(stepIdOf(path))).map(({ path }) => stepIdOf(path));
  const loops = [...new Set(items)].map((id) => `${count(items.filter((item) => item === id).length, 'item')} of ${titleOf(tree, id)}`);
  const parts = [...(steps.size > 0 ? [count(steps.size, 'step')] : []), ...loops];
  return { words: listed(parts), isOne: steps.size + items.length === 1, from: beginning(run, rows, tree) };
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
  const where = `item ${Number(item) + 1} of ${titleOf(tree, loop)}`;
  return stepIdOf(path) === loop ? where : `${title} for ${where}`;
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

/**
 * What a retry of a failed run would do, in a sentence: which steps run, and which keep what they gave. As `rowsBefore` of the
 * engine decides it, which alone counts.
 */
export function retryWords({ error, steps: rows }: RunView, tree: FlowTree): string | undefined {
  if (error?.step === undefined) return undefined;
  const place = error.step;
  const way = wayTo(tree.steps, stepIdOf(place));
  if (!way) return 'Retry from here runs every step again: what failed is not a step of the flow itself.';
  const runs = `Retry from here runs ${placeWords(tree, place)}${isFollowed(way) ? ' and what follows' : ''}`;
  const kept = keptSteps(rows, tree, way);
  const items = keptItems(rows, tree, way);
  const names = [...kept.map(stepTitle), ...items];
  if (names.length === 0) return `${runs}; no step before it gave anything.`;
  const words = names.length <= NAMED ? listed(names) : listed([count(kept.length, 'step'), ...items]);
  return `${runs}; ${words} ${kept.length + items.length === 1 && items.length === 0 ? 'keeps what it gave' : 'keep what they gave'}.`;
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
  return way.some(({ step: { kind, lanes }, list, lane, step }) => {
    if (list.at(-1) !== step) return true;
    if (lane === undefined || kind !== 'try') return lane !== undefined && kind === 'forEach';
    return lane.role !== 'finally' && lanes.some(({ role, steps }) => role === 'finally' && steps.length > 0);
  });
}

/** In the order of the flow; steps inside of loops that are not around the place are the loop's. */
function keptSteps(rows: readonly StepView[], tree: FlowTree, way: readonly Level[]): FlowStep[] {
  const around = new Set(way.map(({ step }) => step.id));
  const loops = new Set(way.filter(({ step }) => step.kind === 'forEach').map(({ step }) => step.id));
  const again = new Set(way.flatMap(undone).map(({ id }) => id));
  const gave = new Set(rows.filter((row) => row.status === 'succeeded' && row.kind !== 'item' && isOutside(row.path, loops)).map(idOf));
  const decides = ({ kind }: FlowStep): boolean => kind === 'if' || kind === 'switch';
  return everyStep(tree.steps).filter(
    (step) => gave.has(step.id) && !again.has(step.id) && (!around.has(step.id) || (decides(step) && step !== way.at(-1)?.step)),
  );
}

/** What `catch` and `finally` did is done again where the place is before them. */
function undone({ step: { kind, lanes }, lane }: Level): FlowStep[] {
  if (kind !== 'try' || lane === undefined) return [];
  return lanes.slice(lanes.indexOf(lane) + 1).flatMap(({ steps }) => everyStep(steps));
}

function isOutside(path: string, loops: ReadonlySet<string>): boolean {
  return [...path.matchAll(/(\w+)(?:~\d+)?\[/g)].every(([, loop]) => loops.has(loop!));
}

function idOf({ path }: StepView): string {
  return stepIdOf(path);
}

/** Of the loops around the place, the items that are done. */
function keptItems(rows: readonly StepView[], tree: FlowTree, way: readonly Level[]): string[] {
  const loops = way.slice(0, -1).filter(({ step }) => step.kind === 'forEach');
  return loops.flatMap(({ step: { id } }) => {
    const done = rows.filter(({ path, kind, status }) => kind === 'item' && status === 'succeeded' && stepIdOf(path) === id).length;
    return done === 0 ? [] : [`${count(done, 'finished item')} of ${titleOf(tree, id)}`];
  });
}

/** `Big, Note it and Lines`. */
function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)!}`;
}
