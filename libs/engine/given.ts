import type { Json } from '@millrace/component-sdk';
import { chainOf, listsOf, stepIn, type Level } from './plan-chain.js';
import { isLoop, type Plan, type PlannedStep } from './plan.js';
import type { ErrorRecord, Given, StepRow } from './records.js';
import { goesOn } from './passed-over.js';
import { recordedPath } from './rerun.js';
import { plainPath } from './tries.js';

/** What a run of the same event gave, for tests to take it instead of doing it again. */
export interface Recording {
  readonly runId: string;
  readonly rows: readonly StepRow[];
  /** The steps as they were when it ran, by id. */
  readonly steps: ReadonlyMap<string, Json>;
  /** Ids of steps of which it did only a part: those around the step that it tested. */
  readonly partly: ReadonlySet<string>;
  /** It repeats another run, and what it took over counts as what it gave: that run may be gone by now, or have had another event. */
  readonly repeats: boolean;
}

/** A sample that somebody pinned as the output of a step. */
export interface PinnedOutput {
  readonly step: string;
  readonly output: Json;
}

/** What is to be tested. */
export interface TestedStep {
  /** Of the flow up to the step; of the whole flow where no step is named. */
  readonly plan: Plan;
  /** Its path in the test; undefined for a test of the whole flow. */
  readonly path: string | undefined;
  /** Ids of the steps that it stands in. */
  readonly around: readonly string[];
  /** Ids of steps of which one has to fail so that the step is reached, per handler that it stands in. */
  readonly tried: readonly (readonly string[])[];
  /** The steps as they are now, by id. */
  readonly steps: ReadonlyMap<string, Json>;
}

/** A step that a test does not do. */
export interface GivenStep {
  readonly step: string;
  readonly path: string;
  readonly from: Given;
  /** The run that gave it. */
  readonly runId: string | undefined;
  /** The step was edited since. */
  readonly changed: boolean;
}

/** How a test begins: the rows of its journal, what they give, and what is left to do, in order. */
export interface TestStart {
  readonly rows: readonly StepRow[];
  readonly given: readonly GivenStep[];
  readonly left: readonly PlannedStep[];
}

/** Kinds whose steps are not decided anew in every test: what they gave came from outside, or took time. */
const TAKEN: ReadonlySet<string> = new Set(['use', 'call', 'wait', 'forEach', 'repeat', 'parallel']);

/** Where the journal of a test keeps the sample that is pinned for a step, wherever it stands. */
function pinnedPath(step: string): string {
  return `~pin:${step}`;
}

/** The row that a step gets in a test without being done; undefined when nothing is given for it. */
export function givenFor({ id, kind }: PlannedStep, path: string, row: (path: string) => StepRow | undefined): StepRow | undefined {
  const found = row(pinnedPath(id)) ?? row(recordedPath(path));
  return found && { ...found, path, kind };
}

interface Found {
  readonly row: StepRow;
  readonly recording: Recording;
}

/**
 * What a test takes over: pinned samples first, then the newest that runs of the same event gave (`recordings`, newest first).
 * The step that is tested is always done, and so is whatever only decides. A step that is another one by now has given nothing.
 */
export function givenRows(tested: TestedStep, recorded: readonly Recording[], pins: readonly PinnedOutput[], now: number): TestStart {
  const recordings = recorded.map(asTriedOnce);
  const candidates = new Set(candidatesOf(tested).map(({ id }) => id));
  const samples = pins.filter(({ step }) => candidates.has(step)).map((pin) => pinRow(pin, tested.plan, now));
  const sampled = new Set(samples.map(({ path }) => idOf(path)));
  const newest = newestOf(tested, recordings).filter(({ row }) => candidates.has(idOf(row.path)) && !sampled.has(idOf(row.path)));
  const succeeded = new Set([...samples, ...newest.map(({ row }) => row)].map(({ path }) => path));
  const assumed = tested.tried.map((ids) => failureAmong(ids, { tested, recordings, succeeded, now }));
  // What has to fail does not succeed as well, whatever gave it.
  const failing = new Set(assumed.map(({ path }) => idOf(path)));
  const pinned = samples.filter(({ path }) => !failing.has(idOf(path)));
  const kept = newest.filter(({ row }) => !failing.has(idOf(row.path)));
  const seeds = [...pinned, ...kept.map(({ row }) => ({ ...row, given: 'recorded' as const })), ...assumed];
  const given = inOrder(tested.plan, [
    ...pinned.map(givenStep),
    ...kept.map((found) => recordedStep(found, tested.steps)),
    ...assumed.map(givenStep),
  ]);
  const done = new Set([...given.map(({ step }) => step), ...tested.tried.flat()]);
  return { rows: seeds.map(seedRow), given, left: leftIn(tested.plan.steps, done) };
}

/** What the runs of an event gave at last, by path: for whoever looks at values. The flow need not check. */
export function newestOutputs(
  steps: TestedStep['steps'],
  recordings: readonly Recording[],
): { readonly row: StepRow; readonly given: GivenStep }[] {
  const found = new Map<string, Found>();
  for (const recording of recordings.map(asTriedOnce)) {
    for (const row of recording.rows) if (!found.has(row.path) && isOutput(row, recording, steps)) found.set(row.path, { row, recording });
  }
  return [...found.values()].map((one) => ({ row: one.row, given: recordedStep(one, steps) }));
}

/** What a later attempt gave goes before what an earlier one did, whatever step it was that was tried again. */
function asTriedOnce(recording: Recording): Recording {
  if (!recording.rows.some(({ kind }) => kind === 'tries')) return recording;
  return { ...recording, rows: [...recording.rows].reverse().map((row) => ({ ...row, path: plainPath(row.path) })) };
}

function inOrder(plan: Plan, given: readonly GivenStep[]): GivenStep[] {
  const order = allIn(plan.steps).map(({ id }) => id);
  return [...given].sort((one, other) => order.indexOf(one.step) - order.indexOf(other.step));
}

/** All steps but the tested one, what it stands in and what stands in it. */
function candidatesOf({ plan, path, around }: TestedStep): PlannedStep[] {
  const target = path === undefined ? undefined : stepIn(plan, path);
  const excepted = new Set([...around, ...(target ? allIn([target]).map(({ id }) => id) : [])]);
  return allIn(plan.steps).filter(({ id }) => !excepted.has(id));
}

function allIn(steps: readonly PlannedStep[]): PlannedStep[] {
  return steps.flatMap((step) => [step, ...allIn(listsOf(step).flatMap(([, list]) => list))]);
}

/** The newest success of each path that the plan has. */
function newestOf(tested: TestedStep, recordings: readonly Recording[]): Found[] {
  const found = new Map<string, Found>();
  for (const recording of recordings) {
    for (const row of recording.rows) if (!found.has(row.path) && isTaken(row, recording, tested)) found.set(row.path, { row, recording });
  }
  return [...found.values()];
}

function isTaken(row: StepRow, recording: Recording, { steps, plan }: TestedStep): boolean {
  return TAKEN.has(row.kind) && isOutput(row, recording, steps) && isWithin(plan, row.path);
}

/** Something that the step itself gave, and all of it. */
function isOutput(row: StepRow, recording: Recording, steps: TestedStep['steps']): boolean {
  const id = idOf(row.path);
  const before = recording.steps.get(id);
  const isStandIn = row.given !== undefined && !recording.repeats;
  if (row.status !== 'succeeded' || isStandIn || recording.partly.has(id)) return false;
  return before !== undefined && isSameStep(before, steps.get(id));
}

/** A loop of which only the first item is done has no use for what the others gave. */
function isWithin(plan: Plan, path: string): boolean {
  const chain = chainOf(plan, path);
  return chain?.at(-1)?.path === path && chain.every(({ step, item }) => !isLoop(step) || !step.sampled || item === 0);
}

/** Whether a step still does the same kind of thing, so that what it gave has the same shape. */
function isSameStep(before: Json, now: Json | undefined): boolean {
  const [one, other] = [membersOf(before), membersOf(now)];
  return WHAT_IT_IS.every((key) => key in one === key in other) && one['use'] === other['use'] && one['call'] === other['call'];
}

const WHAT_IT_IS = ['use', 'call', 'wait', 'forEach', 'repeat', 'parallel'] as const;

/** What does not change the result of a step. */
const ASIDE: ReadonlySet<string> = new Set(['id', 'name', 'note', 'when', 'retry', 'timeout', 'onError', 'onCrash']);

function essence(step: Json | undefined): string {
  return JSON.stringify(Object.entries(membersOf(step)).filter(([key]) => !ASIDE.has(key)));
}

function membersOf(value: Json | undefined): Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

interface Known {
  readonly tested: TestedStep;
  readonly recordings: readonly Recording[];
  /** Paths of what is given. */
  readonly succeeded: ReadonlySet<string>;
  readonly now: number;
}

/** A failure for a handler to handle: one that a run had there, else an assumed one of the first step that can fail and gave nothing. */
function failureAmong(ids: readonly string[], { tested: { plan }, recordings, succeeded, now }: Known): StepRow {
  const failed = recordings
    .flatMap(({ rows }) => rows)
    .find((row) => row.status === 'failed' && failsOneOf(ids, chainOf(plan, row.path) ?? []));
  if (failed) return { ...failed, given: 'assumed' };
  const steps = ids.map((id) => stepIn(plan, id)).filter((step) => step !== undefined);
  const able = steps.filter(({ kind }) => CAN_FAIL.has(kind));
  const open = able.find(({ id }) => !succeeded.has(pathTo(plan, id)));
  const step = open ?? able.at(-1) ?? steps[0];
  const path = step ? pathTo(plan, step.id) : '';
  const message = `Assumed by the test, so that what handles errors has one: ${step?.id ?? 'a step'} failed.`;
  const error: ErrorRecord = { code: 'test.assumed', message, step: path, blame: 'remote', attempt: 1 };
  return { path, attempt: 1, kind: step?.kind ?? 'use', status: 'failed', startedAt: now, finishedAt: now, error, given: 'assumed' };
}

/** Whether a failure at the end of this way comes as far as one of these steps: nothing in between passes over it. */
function failsOneOf(ids: readonly string[], chain: readonly Level[]): boolean {
  const at = chain.findIndex(({ step }) => ids.includes(step.id));
  return at >= 0 && !chain.some((level, depth) => depth >= at && goesOn(level, chain[depth + 1]));
}

const CAN_FAIL: ReadonlySet<string> = new Set(['use', 'call', 'wait', 'forEach', 'repeat', 'parallel', 'try']);

/** Where a test comes to a step: in loops, with the first item. */
function pathTo(plan: Plan, id: string): string {
  const chain = chainOf(plan, id) ?? [];
  const loops = chain.slice(0, -1).filter(({ step }: Level) => isLoop(step));
  return [...loops.map(({ step }) => `${step.id}[0]`), id].join('.');
}

function pinRow({ step, output }: PinnedOutput, plan: Plan, now: number): StepRow {
  return {
    path: pathTo(plan, step),
    attempt: 1,
    kind: 'use',
    status: 'succeeded',
    startedAt: now,
    finishedAt: now,
    output,
    given: 'pinned',
  };
}

/** A row as the journal of the test begins with it: for whichever place of the step, where it is pinned. */
function seedRow(row: StepRow): StepRow {
  const path = row.given === 'pinned' ? pinnedPath(idOf(row.path)) : recordedPath(row.path);
  return { ...row, path, attempt: 1, kind: 'recorded' };
}

function givenStep({ path, given }: StepRow): GivenStep {
  return { step: idOf(path), path, from: given ?? 'recorded', runId: undefined, changed: false };
}

function recordedStep({ row: { path }, recording: { runId, steps } }: Found, now: TestedStep['steps']): GivenStep {
  const step = idOf(path);
  return { step, path, from: 'recorded', runId, changed: essence(steps.get(step)) !== essence(now.get(step)) };
}

/** Whether a test comes to a step on every way: no condition decides about it but those that the test has decided itself. */
export function isOnEveryWay({ plan, around }: TestedStep, id: string): boolean {
  const chain = chainOf(plan, id) ?? [];
  return chain.every(({ step }, depth) => around.includes(step.id) || (step.when === undefined && !isChoice(step, chain[depth + 1])));
}

function isChoice(step: PlannedStep, inside: Level | undefined): boolean {
  if (inside === undefined) return false;
  return step.kind === 'if' || step.kind === 'switch' || inside.list === 'catch';
}

/** What a test may have to do, in order; of branches, all of them. */
function leftIn(steps: readonly PlannedStep[], done: ReadonlySet<string>): PlannedStep[] {
  return steps.flatMap((step) => {
    if (done.has(step.id)) return [];
    return [step, ...listsOf(step).flatMap(([, list]) => leftIn(list, done))];
  });
}

function idOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}
