import { stepIdPattern } from '../types.js';
import { joinPointer, nodeAt, propertiesOf, splitPointer } from '../text.js';
import type { JsonNode } from '../text.js';
import { EditFault } from './result.js';
import type { SoundDocument } from './result.js';

/** A list of steps in the file. */
export interface StepList {
  readonly pointer: string;
  readonly node: JsonNode;
}

/** A step in the file, whatever its kind and however broken. */
export interface StepNode {
  readonly pointer: string;
  readonly node: JsonNode;
  readonly list: StepList;
  readonly index: number;
  /** Empty when the step has none, or one that is no string. */
  readonly id: string;
}

/** Keys of a flow whose value is a list of steps. */
const flowLists = ['steps', 'onError'] as const;

/** Keys of a step whose value is a list of steps, whatever the step is. */
export const stepListKeys = ['then', 'else', 'default', 'steps', 'repeat', 'try', 'catch', 'finally'] as const;

/** Keys that say what a step is. */
export const kindKeys = ['use', 'if', 'switch', 'forEach', 'repeat', 'parallel', 'try', 'wait', 'call', 'respond', 'set', 'stop'] as const;

/** The key that says what a step is, unless it has none. */
export function kindKeyOf(node: JsonNode): string | undefined {
  return kindKeys.find((key) => member(node, key) !== undefined);
}

/** The value of a direct property. */
export function member(node: JsonNode, name: string): JsonNode | undefined {
  if (node.type !== 'object') return undefined;
  return propertiesOf(node).find(({ key }) => key.value === name)?.value;
}

/** The lists of steps that a flow has at its top. */
export function listsOfFlow(root: JsonNode): StepList[] {
  return flowLists.flatMap((key) => listAt(member(root, key), `/${key}`));
}

/** The lists of steps directly inside a step: branches, cases, loop body, parallel branches, try, catch, finally. */
export function listsOfStep(node: JsonNode, pointer: string): StepList[] {
  const plain = stepListKeys.flatMap((key) => listAt(member(node, key), joinPointer(pointer, key)));
  return [...plain, ...caseLists(node, pointer), ...branchLists(node, pointer)].sort((a, b) => a.node.offset - b.node.offset);
}

function caseLists(node: JsonNode, pointer: string): StepList[] {
  const cases = member(node, 'cases');
  if (cases?.type !== 'array') return [];
  const base = joinPointer(pointer, 'cases');
  return (cases.children ?? []).flatMap((item, index) => listAt(member(item, 'steps'), `${base}/${index}/steps`));
}

function branchLists(node: JsonNode, pointer: string): StepList[] {
  const parallel = member(node, 'parallel');
  if (parallel?.type !== 'object') return [];
  const base = joinPointer(pointer, 'parallel');
  return propertiesOf(parallel).flatMap(({ key, value }) => listAt(value, joinPointer(base, String(key.value))));
}

function listAt(node: JsonNode | undefined, pointer: string): StepList[] {
  return node?.type === 'array' ? [{ pointer, node }] : [];
}

/** The steps of a list and of the lists inside them, parents first, in file order. */
export function stepsBelow(list: StepList): StepNode[] {
  return (list.node.children ?? []).flatMap((node, index) => {
    const step = stepNode(node, list, index);
    return [step, ...stepsInside(step)];
  });
}

/** The steps inside a step, without itself. */
export function stepsInside({ node, pointer }: StepNode): StepNode[] {
  return listsOfStep(node, pointer).flatMap(stepsBelow);
}

const found = new WeakMap<JsonNode, readonly StepNode[]>();

/** Every step of a flow, parents first, in file order. */
export function stepsOf(root: JsonNode): readonly StepNode[] {
  const steps = found.get(root) ?? listsOfFlow(root).flatMap(stepsBelow);
  found.set(root, steps);
  return steps;
}

function stepNode(node: JsonNode, list: StepList, index: number): StepNode {
  const id: unknown = member(node, 'id')?.value;
  return { node, list, index, pointer: joinPointer(list.pointer, index), id: typeof id === 'string' ? id : '' };
}

/** The step that `step` names: by its id, or by its JSON pointer where it has none of its own. */
export function findStep({ root }: SoundDocument, step: string): StepNode {
  const found = stepsOf(root).find(({ id, pointer }) => (step.startsWith('/') ? pointer === step : id === step));
  if (found !== undefined) return found;
  throw new EditFault('edit.no-step', `There is no step \`${step}\`; it may have been deleted or renamed meanwhile.`);
}

/** The list of steps at a pointer. */
export function findList({ root }: SoundDocument, pointer: string): StepList {
  const found = knownList(root, pointer);
  if (found !== undefined) return found;
  throw new EditFault('edit.no-list', `There is no list of steps at ${pointer || 'the top'}.`);
}

/** The list of steps at a pointer, unless there is none. */
export function knownList(root: JsonNode, pointer: string): StepList | undefined {
  const lists = [...listsOfFlow(root), ...stepsOf(root).flatMap((step) => listsOfStep(step.node, step.pointer))];
  return lists.find((list) => list.pointer === pointer);
}

/** Whether a list of steps could stand at a pointer: in a flow, in a step, in a case, or as a branch of `parallel`. */
export function mayHoldList(root: JsonNode, pointer: string): boolean {
  const segments = splitPointer(pointer);
  const key = segments.at(-1) ?? '';
  if (segments.length === 1) return (flowLists as readonly string[]).includes(key);
  const isStepAt = (length: number): boolean => stepsOf(root).some((step) => step.pointer === pointerOf(segments.slice(0, length)));
  if ((stepListKeys as readonly string[]).includes(key) && isStepAt(segments.length - 1)) return true;
  if (segments.at(-3) === 'cases' && key === 'steps')
    return isStepAt(segments.length - 3) && nodeAt(root, pointerOf(segments.slice(0, -1))) !== undefined;
  return segments.at(-2) === 'parallel' && isStepAt(segments.length - 2);
}

/** The JSON pointer of segments. */
export function pointerOf(segments: readonly string[]): string {
  return segments.reduce((pointer, segment) => joinPointer(pointer, segment), '');
}

/** Refuses what cannot be the id of a step. */
export function checkId(id: string): void {
  if (new RegExp(stepIdPattern).test(id)) return;
  throw new EditFault('edit.bad-id', `\`${id}\` is not an id; write a lower-case letter, then letters, digits and underscores.`);
}

/** `contact`, `contact2`, `contact3`: the first that is not taken. */
export function freeId(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted;
  const stem = wanted.replace(/\d+$/, '');
  for (let count = 2; ; count += 1) if (!taken.has(`${stem}${count}`)) return `${stem}${count}`;
}
