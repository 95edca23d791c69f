import type { Json } from '@millrace/component-sdk';
import { compileExpression } from '@millrace/flow';
import { isLoop, objectOf, type FlowStep, type FlowTree, type JsonObject, type StepKind } from '../flow/structure.js';
import { lanesOf, placeOf, type StepLane } from './places.js';

/** A step whose result can be read at a place. */
export interface Readable {
  readonly step: FlowStep;
  /** It may not have run, or have failed and let the run go on: a value that reads it needs a default. */
  readonly mayBeMissing: boolean;
}

/**
 * What the check lets a step read of others, in the order of the flow: earlier steps of its list and of the lists around it, in
 * handlers those that may have run before them. The condition of a repetition (`pointer`) reads the steps of a round as well.
 * Whatever is not here would be offered only to be refused (`libs/flow/check`).
 */
export function readableFrom(tree: FlowTree, stepId: string, pointer = ''): Readable[] {
  const found: Readable[] = [];
  const asked = new Set<string>();
  for (const { lane, at, step } of [...placeInside(tree, stepId, pointer), ...placesAround(tree, stepId)]) {
    found.unshift(...before(tree, lane, at));
    for (const id of [...(step ? askedBy(step) : []), ...askedFor(lane)]) asked.add(id);
  }
  return found
    .filter(({ step }) => givesAnything(step, tree))
    .map(({ step, mayBeMissing }) => ({ step, mayBeMissing: mayBeMissing && !asked.has(step.id) }));
}

interface PlaceAround {
  readonly lane: StepLane;
  readonly at: number;
  /** None at the end of a list. */
  readonly step?: FlowStep;
}

/** The end of a round is where it is asked whether another one follows. */
function placeInside(tree: FlowTree, stepId: string, pointer: string): PlaceAround[] {
  const body = askedBehind(tree, stepId, pointer);
  return body ? [{ lane: body, at: body.steps.length }] : [];
}

/** The list behind which a field of a step is worked out: the round, for the condition of a repetition. Undefined of any other field. */
export function askedBehind(tree: FlowTree, stepId: string, pointer: string): StepLane | undefined {
  return pointer === '/while' ? lanesOf(tree).find(({ owner, key }) => owner?.id === stepId && key === 'repeat') : undefined;
}

/** Where a step stands, then where the step around it does, and so on outwards. */
function placesAround(tree: FlowTree, stepId: string): PlaceAround[] {
  const place = placeOf(tree, stepId);
  const lane = lanesOf(tree).find(({ list }) => list === place?.list);
  if (!place || !lane) return [];
  return [{ lane, at: place.at, step: lane.steps[place.at]! }, ...(lane.owner ? placesAround(tree, lane.owner.id) : [])];
}

function before(tree: FlowTree, lane: StepLane, at: number): Readable[] {
  const earlier = lane.steps.slice(0, at).map((step) => ({ step, mayBeMissing: isSkippable(step) || mayFail(step, tree) }));
  return [...followed(tree, lane).flatMap(possiblyRun), ...earlier];
}

function isSkippable({ json }: FlowStep): boolean {
  return json['when'] !== undefined && json['when'] !== true;
}

function mayFail({ json }: FlowStep, { defaults }: FlowTree): boolean {
  return (json['onError'] ?? defaults['onError']) === 'continue';
}

/** The lists of which any part may have run when this one begins: what it handles or comes after. */
function followed(tree: FlowTree, { owner, key }: StepLane): (readonly FlowStep[])[] {
  if (owner === undefined) return key === 'onError' ? [tree.steps] : [];
  const roles = owner.kind === 'try' ? FOLLOWED[key] : undefined;
  return roles === undefined ? [] : owner.lanes.filter((lane) => roles.includes(lane.key)).map(({ steps }) => steps);
}

const FOLLOWED: Readonly<Record<string, readonly string[]>> = { catch: ['try'], finally: ['try', 'catch'] };

/** Of steps in a loop there is no one result, and how far a branch came beside one that failed is chance. */
function possiblyRun(steps: readonly FlowStep[]): Readable[] {
  return steps.flatMap((step) => [
    { step, mayBeMissing: true },
    ...(isLoop(step) || step.kind === 'parallel' ? [] : step.lanes.flatMap((lane) => possiblyRun(lane.steps))),
  ]);
}

const WITHOUT_RESULT: ReadonlySet<StepKind> = new Set(['if', 'switch', 'try', 'respond', 'stop']);

/** What has no result of its own has its error, where the run goes on after that. */
function givesAnything(step: FlowStep, tree: FlowTree): boolean {
  return !WITHOUT_RESULT.has(step.kind) || mayFail(step, tree);
}

/** What is known of a result before there is one: an object without values. */
export function knownParts({ kind, json }: FlowStep): { readonly [name: string]: undefined } | undefined {
  const names = kind === 'parallel' ? Object.keys(objectOf(json['parallel'])) : WITHOUT_RESULT.has(kind) ? ['error'] : undefined;
  return names && Object.fromEntries(names.map((name) => [name, undefined]));
}

/** Steps that the condition of this one asks about: where it runs, they are there. */
function askedBy({ json }: FlowStep): string[] {
  return idsRead(json['when']);
}

/** Steps that are asked about where it is decided that a lane runs. Where the answer was no, only errors that were asked for are known. */
function askedFor({ owner, key }: StepLane): string[] {
  if (owner?.kind === 'if') return key === 'then' ? idsRead(owner.json['if']) : idsRead(owner.json['if'], isError);
  if (owner?.kind !== 'switch') return [];
  if (key === 'default') return idsRead(owner.json['switch'], isError);
  return idsRead(owner.json['switch'] === true ? caseAt(owner.json, key)['when'] : owner.json['switch']);
}

function caseAt({ cases }: JsonObject, key: string): JsonObject {
  return objectOf(Array.isArray(cases) ? cases[Number(key)] : undefined);
}

function isError(field: string | undefined): boolean {
  return field === 'error';
}

const WHOLE = /^\s*\{\{([\s\S]*)\}\}\s*$/;

function idsRead(condition: Json | undefined, counts: (field: string | undefined) => boolean = () => true): string[] {
  const source = typeof condition === 'string' ? WHOLE.exec(condition)?.[1] : undefined;
  const paths = source === undefined ? [] : pathsRead(source);
  return paths.flatMap(([root, id, field]) => (root === 'steps' && id !== undefined && counts(field) ? [id] : []));
}

function pathsRead(source: string): (readonly string[])[] {
  try {
    return compileExpression(source).reads.map(({ path }) => path);
  } catch {
    // While it is typed it asks for nothing yet.
    return [];
  }
}
