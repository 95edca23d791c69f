import type { Json } from '@millrace/component-sdk';
import { readJsonc, valueOf } from '../text.js';
import { freeId, kindKeys, stepsOf } from './structure.js';

/** A flow cut down to what leads to one step. */
export interface CutFlow {
  /** A flow of its own that ends with the step: JSON, without comments. */
  readonly text: string;
  /** The step's path in a run of it: inside of loops that of the first item. */
  readonly path: string;
  /** Ids of the steps that it stands in, outermost first. */
  readonly around: readonly string[];
  /** Those of them that are loops. */
  readonly loops: readonly string[];
  /** For each `try` whose `catch` or `finally` it stands in: ids of the steps of which one has to fail. */
  readonly tried: readonly (readonly string[])[];
}

type JsonObject = { [key: string]: Json };

/**
 * The flow up to a step, for a test of it: what comes after is left out, and with it whatever is wrong there. Decisions on the
 * way are taken towards the step whatever the event says, other branches are empty, and what only concerns the acceptance of
 * events is gone. Undefined when the text is not JSON or has no such step.
 */
export function cutToStep(text: string, step: string): CutFlow | undefined {
  const { root, faults } = readJsonc(text);
  const flow = root === undefined || faults.length > 0 ? undefined : valueOf(root);
  if (!isObject(flow)) return undefined;
  const cut = cutList(stepsAt(flow, 'steps'), step) ?? cutHandler(flow, step);
  if (cut === undefined) return undefined;
  const { id, format, name, defaults, trigger } = flow;
  const kept = { format, id, name, trigger: isObject(trigger) ? bareTrigger(trigger) : trigger, defaults, steps: cut.steps };
  const { path, around, loops, tried } = cut;
  return { text: JSON.stringify(kept), path, around, loops, tried };
}

/** The steps of a text by id, as JSON; none when the text cannot be read. */
export function stepsById(text: string): ReadonlyMap<string, Json> {
  const { root } = readJsonc(text);
  return new Map(root === undefined ? [] : stepsOf(root).map(({ id, node }) => [id, valueOf(node)]));
}

/** The id of the innermost step that a JSON pointer of a text is in; undefined outside of all steps. */
export function stepAt(text: string, pointer: string): string | undefined {
  const { root } = readJsonc(text);
  const around = root === undefined ? [] : stepsOf(root).filter((step) => `${pointer}/`.startsWith(`${step.pointer}/`));
  return around.at(-1)?.id;
}

/** What says what an event of the trigger looks like; what must be there for the trigger to be one. */
const TRIGGER_KEYS: ReadonlySet<string> = new Set(['type', 'schema', 'input', 'event', 'cron', 'every', 'timezone']);

function bareTrigger(trigger: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(trigger).filter(([key]) => TRIGGER_KEYS.has(key)));
}

interface Cut extends Omit<CutFlow, 'text'> {
  readonly steps: JsonObject[];
}

function cutList(steps: readonly JsonObject[], id: string): Cut | undefined {
  for (const [index, step] of steps.entries()) {
    const cut = step['id'] === id ? target(step, id) : cutInside(step, id);
    if (cut) return { ...cut, steps: [...steps.slice(0, index), ...cut.steps] };
  }
  return undefined;
}

function target(step: JsonObject, id: string): Cut {
  return { steps: [alone(step)], path: id, around: [], loops: [], tried: [] };
}

/** The step runs whether its `when` holds or not. Of a branch only the decision is tested, not what it leads to. */
function alone({ when: _, ...step }: JsonObject): JsonObject {
  if ('if' in step) return { ...named(step), if: step['if']!, then: [] };
  if ('switch' in step) return { ...named(step), switch: step['switch']!, cases: casesOf(step).map((one) => ({ ...one, steps: [] })) };
  return step;
}

/** One list of steps inside a step, and the step with nothing but a part of that list in it. */
interface Way {
  readonly steps: readonly JsonObject[];
  with(steps: JsonObject[]): JsonObject;
  /** Steps of which one has to fail on this way. */
  readonly tried?: readonly JsonObject[];
}

function cutInside(step: JsonObject, id: string): Cut | undefined {
  for (const way of waysInto(step)) {
    const cut = cutList(way.steps, id);
    if (cut) return around(step, way, cut);
  }
  return undefined;
}

function around(step: JsonObject, way: Way, cut: Cut): Cut {
  const own = String(step['id']);
  const isLoop = 'forEach' in step || 'repeat' in step;
  return {
    steps: [way.with(cut.steps)],
    path: isLoop ? `${own}[0].${cut.path}` : cut.path,
    around: [own, ...cut.around],
    loops: isLoop ? [own, ...cut.loops] : cut.loops,
    tried: way.tried ? [way.tried.map((one) => String(one['id'])), ...cut.tried] : cut.tried,
  };
}

/** A condition that may stand behind a round, and holds behind none. */
const NEVER_AGAIN = '{{ index < 0 }}';

const WAYS: readonly (readonly [kind: string, waysOf: (step: JsonObject) => Way[]])[] = [
  ['if', waysOfIf],
  ['switch', waysOfSwitch],
  ['parallel', waysOfParallel],
  ['try', waysOfTry],
  ['forEach', (step) => [{ steps: stepsAt(step, 'steps'), with: (steps) => ({ ...bare(step), forEach: step['forEach']!, steps }) }]],
  ['repeat', (step) => [{ steps: stepsAt(step, 'repeat'), with: (repeat) => ({ ...named(step), repeat, while: NEVER_AGAIN }) }]],
];

function waysInto(step: JsonObject): Way[] {
  return WAYS.find(([kind]) => kind in step)?.[1](step) ?? [];
}

function waysOfIf(step: JsonObject): Way[] {
  return [
    { steps: stepsAt(step, 'then'), with: (then) => ({ ...named(step), if: true, then }) },
    { steps: stepsAt(step, 'else'), with: (otherwise) => ({ ...named(step), if: false, then: [], else: otherwise }) },
  ];
}

/** The cases keep their places, by which the journal names the one that was taken. */
function waysOfSwitch(step: JsonObject): Way[] {
  const cases = casesOf(step);
  const only = (taken: number, steps: JsonObject[]): Json[] =>
    cases.map((_, index) => ({ when: index === taken, steps: index === taken ? steps : [] }));
  return [
    ...cases.map((one, index) => ({
      steps: stepsAt(one, 'steps'),
      with: (steps: JsonObject[]) => ({ ...named(step), switch: true, cases: only(index, steps) }),
    })),
    { steps: stepsAt(step, 'default'), with: (steps) => ({ ...named(step), switch: true, cases: only(-1, []), default: steps }) },
  ];
}

function waysOfParallel(step: JsonObject): Way[] {
  const branches = isObject(step['parallel']) ? step['parallel'] : {};
  return Object.keys(branches).map((name) => ({
    steps: stepsAt(branches, name),
    with: (steps) => ({ ...named(step), parallel: { [name]: steps } }),
  }));
}

/** What is tried fails by itself here, so that the error of the step is seen and not caught. */
function waysOfTry(step: JsonObject): Way[] {
  const tried = stepsAt(step, 'try');
  const skipped = stepsAt(step, 'catch').map((one) => ({ ...one, when: false }));
  return [
    { steps: tried, with: (then) => ({ ...named(step), if: true, then }) },
    { steps: stepsAt(step, 'catch'), tried, with: (steps) => ({ ...named(step), try: tried, catch: steps }) },
    { steps: stepsAt(step, 'finally'), tried, with: (steps) => ({ ...named(step), try: tried, catch: skipped, finally: steps }) },
  ];
}

/** A step of the flow's `onError` is reached as one of a `catch` around everything. */
function cutHandler(flow: JsonObject, id: string): Cut | undefined {
  const steps = stepsAt(flow, 'steps');
  const whole = { id: freeId('everything', new Set(idsIn(flow))), try: steps, catch: stepsAt(flow, 'onError') };
  const cut = cutInside(whole, id);
  return cut && { ...cut, around: cut.around.slice(1) };
}

/** Every value of an `id`: more than those of steps, so that what is not among them is free. */
function idsIn(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(idsIn);
  if (!isObject(value)) return [];
  const own = typeof value['id'] === 'string' ? [value['id']] : [];
  return [...own, ...Object.values(value).flatMap(idsIn)];
}

/** What people know a step by. */
function named({ id, name }: JsonObject): JsonObject {
  return { id: id!, ...(name !== undefined && { name }) };
}

/** Without what lets a step be skipped or its failure be passed over, and without its own kind. */
function bare(step: JsonObject): JsonObject {
  const left = new Set<string>(['when', 'onError', 'onItemError', 'concurrency', ...kindKeys]);
  return Object.fromEntries(Object.entries(step).filter(([key]) => !left.has(key)));
}

function casesOf(step: JsonObject): JsonObject[] {
  return Array.isArray(step['cases']) ? (step['cases'] as Json[]).filter(isObject) : [];
}

function stepsAt(of: JsonObject, key: string): JsonObject[] {
  const value = of[key];
  return Array.isArray(value) ? (value as Json[]).filter(isObject) : [];
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
