import { copySteps, deleteSteps, duplicateStep, insertStep, pasteSteps, type EditResult, type StepPlace } from '@millrace/flow';
import type { Json } from '@millrace/component-sdk';
import { everyStep, readFlow, type FlowTree } from '../flow/structure.js';
import { count } from '../format/format.js';
import { valueAt } from './fields.js';
import { moveSteps, nudgeSteps, type MoveWay } from './moves.js';
import { lanesOf, placeAfter, placeOf } from './places.js';

/** An edit and the step to select after it. */
export interface Action {
  readonly work: (text: string) => EditResult;
  /** What is selected once the edit was made. */
  readonly select: (result: EditResult) => string | undefined;
}

const keep = (id: string | undefined) => () => id;

/** The id of the first step that an edit made or moved. */
function touchedStep(result: EditResult): string | undefined {
  if (!result.ok || result.touched[0] === undefined) return undefined;
  const tree = readFlow(result.text);
  return lanesOf(tree)
    .flatMap(({ list, steps }) => steps.map(({ id }, index) => ({ id, pointer: `${list}/${index}` })))
    .find(({ pointer }) => pointer === result.touched[0])?.id;
}

export function addAction(place: StepPlace, step: Json): Action {
  return { work: (text) => insertStep(text, { ...place, step }), select: touchedStep };
}

/** Afterwards what stood before them is selected, so that the next key goes on from there. */
export function deleteAction(tree: FlowTree, ids: readonly string[]): Action {
  return { work: (text) => deleteSteps(text, { steps: ids }), select: keep(beforeOf(tree, ids[0]!)) };
}

function beforeOf(tree: FlowTree, id: string): string {
  const place = placeOf(tree, id);
  const lane = lanesOf(tree).find(({ list }) => list === place?.list);
  return lane?.steps[(place?.at ?? 0) - 1]?.id ?? lane?.owner?.id ?? 'trigger';
}

/** One is copied right behind itself, several behind the last of them. */
export function duplicateAction(tree: FlowTree, ids: readonly string[]): Action {
  const [only] = ids;
  if (ids.length === 1 && only !== undefined) return { work: (text) => duplicateStep(text, { step: only }), select: touchedStep };
  const place = placeAfter(tree, ids.at(-1));
  const work = (text: string): EditResult => {
    const copied = copySteps(text, { steps: ids });
    return copied.ok ? pasteSteps(text, { ...place, snippet: copied.text }) : copied;
  };
  return { work, select: touchedStep };
}

export function nudgeAction(ids: readonly string[], way: MoveWay): Action {
  return { work: (text) => nudgeSteps(text, ids, way), select: keep(ids[0]) };
}

export function moveAction(ids: readonly string[], to: StepPlace): Action {
  return { work: (text) => moveSteps(text, ids, to), select: keep(ids[0]) };
}

export function pasteAction(tree: FlowTree, selected: string | undefined, snippet: string): Action {
  const place = placeAfter(tree, selected);
  return { work: (text) => pasteSteps(text, { ...place, snippet }), select: touchedStep };
}

/** Steps as text for the clipboard; undefined when the text of the flow cannot be read. */
export function copiedText(text: string, ids: readonly string[]): string | undefined {
  const copied = copySteps(text, { steps: ids });
  return copied.ok ? copied.text : undefined;
}

/** What people read after a deletion: what is gone, and how many fields miss it now. */
export function deletedWords(tree: FlowTree, ids: readonly string[], result: EditResult): string {
  const gone = ids.reduce((sum, id) => sum + 1 + insideOf(tree, id), 0);
  const fields = result.ok ? new Set(result.dangling.map(({ pointer }) => pointer)).size : 0;
  const what = gone === 1 ? `Deleted ${ids[0]}` : `Deleted ${gone} steps`;
  return fields === 0 ? what : `${what}. ${count(fields, 'field')} ${fields === 1 ? 'reads' : 'read'} ${gone === 1 ? 'it' : 'them'}`;
}

function insideOf(tree: FlowTree, id: string): number {
  const step = everyStep([...tree.steps, ...tree.onError]).find((one) => one.id === id);
  return step ? everyStep([step]).length - 1 : 0;
}

/** The value of a step's setting in the text as it is now. */
export function settingOf(tree: FlowTree, id: string, pointer: string): Json | undefined {
  const place = placeOf(tree, id);
  const step = lanesOf(tree).find(({ list }) => list === place?.list)?.steps[place?.at ?? -1];
  return valueAt(step?.json, pointer);
}
