import { copySteps, deleteSteps, duplicateStep, insertStep, moveStep, pasteSteps, type EditResult, type StepPlace } from '@millrace/flow';
import type { Json } from '@millrace/component-sdk';
import { readFlow, type FlowTree } from '../flow/structure.js';
import { valueAt } from './fields.js';
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

/** Afterwards what stood before it is selected, so that the next key goes on from there. */
export function deleteAction(tree: FlowTree, id: string): Action {
  return { work: (text) => deleteSteps(text, { steps: [id] }), select: keep(beforeOf(tree, id)) };
}

function beforeOf(tree: FlowTree, id: string): string {
  const place = placeOf(tree, id);
  const lane = lanesOf(tree).find(({ list }) => list === place?.list);
  return lane?.steps[(place?.at ?? 0) - 1]?.id ?? lane?.owner?.id ?? 'trigger';
}

export function duplicateAction(id: string): Action {
  return { work: (text) => duplicateStep(text, { step: id }), select: touchedStep };
}

/** One place up or down in its own list; nothing at the list's end. */
export function moveAction(tree: FlowTree, id: string, by: -1 | 1): Action | undefined {
  const place = placeOf(tree, id);
  if (place === undefined || place.at + by < 0 || place.at + by >= place.count) return undefined;
  const to = { list: place.list, at: by < 0 ? place.at - 1 : place.at + 2 };
  return { work: (text) => moveStep(text, { step: id, to }), select: keep(id) };
}

export function pasteAction(tree: FlowTree, selected: string | undefined, snippet: string): Action {
  const place = placeAfter(tree, selected);
  return { work: (text) => pasteSteps(text, { ...place, snippet }), select: touchedStep };
}

/** A step as text for the clipboard; undefined when the text of the flow cannot be read. */
export function copiedText(text: string, id: string): string | undefined {
  const copied = copySteps(text, { steps: [id] });
  return copied.ok ? copied.text : undefined;
}

/** What people read after a deletion. */
export function deletedWords(tree: FlowTree, id: string): string {
  const place = placeOf(tree, id);
  const step = lanesOf(tree).find(({ list }) => list === place?.list)?.steps[place?.at ?? 0];
  const inside = step ? countInside(step.json) : 0;
  return inside === 0 ? `Deleted ${id}` : `Deleted ${inside + 1} steps`;
}

function countInside(json: Json): number {
  const tree = readFlow(JSON.stringify({ steps: [json] }));
  return lanesOf(tree).reduce((sum, { owner, steps }) => sum + (owner ? steps.length : 0), 0);
}

/** The value of a step's setting in the text as it is now. */
export function settingOf(tree: FlowTree, id: string, pointer: string): Json | undefined {
  const place = placeOf(tree, id);
  const step = lanesOf(tree).find(({ list }) => list === place?.list)?.steps[place?.at ?? -1];
  return valueAt(step?.json, pointer);
}
