import type { Json } from '@millrace/component-sdk';
import type { RunView, StepView } from '../api/wire.js';
import { everyStep, isLoop, objectOf, type FlowStep, type FlowTree } from '../flow/structure.js';
import { beganIn, givenIn, type Given } from './given.js';
import { failedPlace } from './opens-at.js';

/**
 * What a step's node shows. `skipped`: a condition or a branch left it out. `unreached`: the run ended before it.
 * `folded`: of this finished iteration only the result was kept, and that does not tell whether it came here.
 */
export type ShownStatus =
  'succeeded' | 'failed' | 'skipped' | 'retrying' | 'running' | 'waiting' | 'interrupted' | 'unreached' | 'pending' | 'folded';

export interface StepState {
  readonly status: ShownStatus;
  /** Of all its attempts in this run, from the first begin to the last end. */
  readonly durationMs: number | null;
  readonly attempts: number;
  readonly row: StepView | undefined;
  /** It stands in a finished iteration of which only the result was kept. */
  readonly isFolded: boolean;
  /** This run did not do it. */
  readonly given: Given | undefined;
}

/** Which iteration of each loop is looked at, by the loop's path. */
export type Iterations = Readonly<Record<string, number>>;

export interface Iteration {
  readonly index: number;
  readonly status: 'succeeded' | 'failed' | 'running';
}

/** One run laid over the structure of its flow. */
export interface Overlay {
  /** Of a step, or of the `trigger`. */
  state(stepId: string): StepState;
  /** Steps that failed, and the trigger when that did. */
  failed(): ReadonlySet<string>;
  /** The path of a step's row in the iterations that are looked at. */
  path(stepId: string): string;
  /** True when the run took this lane, false when it took another, undefined when it did not come to it. */
  took(owner: string, lane: string): boolean | undefined;
  /** Iterations of a loop, in order. */
  iterations(loopId: string): readonly Iteration[];
  /** The one that is looked at. */
  iteration(loopId: string): number | undefined;
  /** Whether what follows this step was reached. */
  reached(stepId: string): boolean;
}

/** Of a step that is `folded`. */
export const NOT_KEPT = 'What the steps of this item did was not kept; its result is in the output of the loop.';

const NOT_BEGUN: readonly ShownStatus[] = ['skipped', 'unreached', 'pending', 'folded'];

const ACTIVE: readonly RunView['status'][] = ['queued', 'running', 'waiting'];

export function isActive({ status }: Pick<RunView, 'status'>): boolean {
  return ACTIVE.includes(status);
}

export function overlayOf(tree: FlowTree, run: RunView, chosen: Iterations = {}): Overlay {
  return new RunOverlay(tree, run, chosen);
}

class RunOverlay implements Overlay {
  private readonly rows: ReadonlyMap<string, StepView>;
  private readonly paths = new Map<string, string>();
  private readonly steps: ReadonlyMap<string, FlowStep>;
  private readonly loops = new Map<string, readonly Iteration[]>();
  private readonly chosen = new Map<string, number>();
  /** Steps of lanes that the run did not take. */
  private readonly leftOut = new Set<string>();
  /** Steps inside of a finished iteration that kept nothing else: its row, and whether they were surely done in it. */
  private readonly folded = new Map<string, { readonly item: StepView; readonly surely: boolean }>();
  /** Steps that the run has left behind: it came to what follows them, or follows what they stand in. */
  private readonly passed = new Set<string>();
  private readonly active: boolean;
  private readonly isTriggerFailed: boolean;

  constructor(
    private readonly tree: FlowTree,
    private readonly run: RunView,
    chosen: Iterations,
  ) {
    this.active = isActive(run);
    this.isTriggerFailed = failedPlace(run, tree) === 'trigger';
    this.rows = new Map(run.steps.map((row) => [row.path, row]));
    const all = [...tree.steps, ...tree.onError];
    this.steps = new Map(everyStep(all).map((step) => [step.id, step]));
    this.visit(all, '', chosen);
    for (const step of this.steps.values()) this.noteLeftOut(step);
    this.notePassed(tree.steps, false);
    this.notePassed(tree.onError, false);
  }

  path(stepId: string): string {
    return this.paths.get(stepId) ?? stepId;
  }

  state(stepId: string): StepState {
    const row = this.rows.get(this.path(stepId));
    const folded = row ? undefined : this.folded.get(stepId);
    const given = givenIn(this.run, row ?? folded?.item);
    const durationMs = row && given === undefined ? this.durationOf(row) : null;
    return { status: this.status(stepId), durationMs, attempts: row?.attempts ?? 0, row, isFolded: folded !== undefined, given };
  }

  failed(): ReadonlySet<string> {
    return new Set(['trigger', ...this.steps.keys()].filter((id) => this.status(id) === 'failed'));
  }

  took(owner: string, lane: string): boolean | undefined {
    const step = this.steps.get(owner);
    // Which way such an iteration took was not kept.
    if (!step || this.folded.has(owner)) return undefined;
    const row = this.rows.get(this.path(owner));
    const decided = row && decidedLane(step, row);
    if (decided !== undefined) return decided === lane;
    return row?.status === 'skipped' ? false : this.cameTo(step, lane, row);
  }

  /** Lanes that nobody decides for: an error does, or they are all taken. */
  private cameTo({ lanes }: FlowStep, lane: string, row: StepView | undefined): boolean | undefined {
    if (lanes.find(({ key }) => key === lane)?.steps.some(({ id }) => this.began(id))) return true;
    return lane === 'catch' && row?.status === 'succeeded' ? false : undefined;
  }

  iterations(loopId: string): readonly Iteration[] {
    return this.loops.get(loopId) ?? [];
  }

  iteration(loopId: string): number | undefined {
    return this.chosen.get(loopId);
  }

  reached(stepId: string): boolean {
    return this.began(stepId);
  }

  private began(stepId: string): boolean {
    const step = this.steps.get(stepId);
    if (this.rows.has(this.path(stepId)) || this.folded.has(stepId) || this.iterations(stepId).length > 0) return true;
    return step?.lanes.some(({ steps }) => steps.some(({ id }) => this.began(id))) ?? false;
  }

  private status(stepId: string): ShownStatus {
    if (stepId === 'trigger') return this.isTriggerFailed ? 'failed' : 'succeeded';
    const row = this.rows.get(this.path(stepId));
    return row ? shown(row) : this.withoutRow(stepId);
  }

  /** From what stands below a step that has no row of its own. */
  private withoutRow(stepId: string): ShownStatus {
    if (this.leftOut.has(stepId)) return 'skipped';
    const folded = this.folded.get(stepId);
    if (folded) return folded.surely ? 'succeeded' : 'folded';
    const below = [...this.below(stepId), ...this.iterations(stepId).map(({ status }) => status)];
    if (below.includes('failed') && !this.active) return 'failed';
    if (below.some((status) => !NOT_BEGUN.includes(status))) return this.active && !this.passed.has(stepId) ? 'running' : 'succeeded';
    return this.active ? 'pending' : 'unreached';
  }

  /** What was tried does not count where it was caught. */
  private below(stepId: string): ShownStatus[] {
    const lanes = this.steps.get(stepId)?.lanes ?? [];
    const caught = lanes.some(({ role, steps }) => role === 'catch' && steps.some(({ id }) => this.began(id)));
    return lanes.filter(({ key }) => !(caught && key === 'try')).flatMap(({ steps }) => steps.map(({ id }) => this.status(id)));
  }

  private visit(steps: readonly FlowStep[], prefix: string, chosen: Iterations): void {
    for (const step of steps) {
      const path = prefix + step.id;
      this.paths.set(step.id, path);
      const inner = isLoop(step) ? this.enterLoop(step, path, chosen) : prefix;
      for (const lane of step.lanes) this.visit(lane.steps, inner, chosen);
    }
  }

  /** Looks at the chosen iteration, else at one that failed, else at the latest, and once the run has ended at the first. */
  private enterLoop({ id, lanes }: FlowStep, path: string, chosen: Iterations): string {
    const iterations = iterationsOf(path, [...this.rows.values()]);
    const usual = this.active ? iterations.at(-1) : iterations[0];
    const index = chosen[path] ?? (iterations.find(({ status }) => status === 'failed') ?? usual)?.index;
    this.loops.set(id, iterations);
    if (index !== undefined) this.chosen.set(id, index);
    const prefix = `${path}[${index ?? 0}]`;
    this.fold(lanes[0]?.steps ?? [], prefix);
    return `${prefix}.`;
  }

  /** Of most finished iterations of a long loop the rows of what they did are dropped. */
  private fold(body: readonly FlowStep[], prefix: string): void {
    const item = this.rows.get(prefix);
    if (!item || [...this.rows.keys()].some((path) => path.startsWith(`${prefix}.`))) return;
    for (const step of everyStep(body)) {
      this.folded.set(step.id, { item, surely: item.status === 'succeeded' && body.includes(step) && isAlwaysDone(step, this.tree) });
    }
  }

  private durationOf({ startedAt, finishedAt }: StepView): number | null {
    return finishedAt === null ? null : Math.max(0, Date.parse(finishedAt) - beganIn(this.run, startedAt));
  }

  private notePassed(steps: readonly FlowStep[], around: boolean): void {
    let passed = around;
    for (const step of [...steps].reverse()) {
      if (passed) this.passed.add(step.id);
      for (const lane of step.lanes) this.notePassed(lane.steps, passed);
      passed ||= this.began(step.id);
    }
  }

  private noteLeftOut(step: FlowStep): void {
    for (const { key, steps } of step.lanes) {
      if (this.took(step.id, key) === false || this.leftOut.has(step.id)) for (const { id } of everyStep(steps)) this.leftOut.add(id);
    }
  }
}

/** Whether a list that ended well has done this step of it: nothing lets it be left out, or fail and be passed over. */
function isAlwaysDone({ kind, json }: FlowStep, { defaults }: FlowTree): boolean {
  return kind !== 'respond' && json['when'] === undefined && (json['onError'] ?? defaults['onError']) !== 'continue';
}

/** The lane that a branching step chose, by its journal row. */
function decidedLane({ kind }: FlowStep, { output }: StepView): string | undefined {
  if (output === null) return undefined;
  const { branch, case: index } = objectOf(output as Json);
  if (kind === 'if') return String(branch);
  return kind === 'switch' ? caseKey(index) : undefined;
}

function caseKey(index: Json | undefined): string {
  return index === -1 ? 'default' : String(index);
}

function shown(row: StepView): ShownStatus {
  return row.kind === 'wait' && row.status === 'retrying' ? 'waiting' : row.status;
}

/** The iterations of a loop that left anything behind: a finished one has a row of its own, one in work has inner rows. */
export function iterationsOf(path: string, rows: readonly StepView[]): Iteration[] {
  const found = new Map<number, Iteration['status']>();
  for (const row of rows) {
    if (!row.path.startsWith(`${path}[`)) continue;
    const end = row.path.indexOf(']', path.length);
    const index = Number(row.path.slice(path.length + 1, end));
    const known = found.get(index);
    const finished = row.path.length === end + 1;
    if (finished) found.set(index, row.status === 'failed' || failedInside(row) ? 'failed' : 'succeeded');
    else if (known === undefined || known === 'running') found.set(index, row.status === 'failed' ? 'failed' : 'running');
  }
  return [...found].sort(([a], [b]) => a - b).map(([index, status]) => ({ index, status }));
}

/** With `onItemError: "continue"` an iteration ends well with `{ error }` as its output. */
function failedInside({ output }: StepView): boolean {
  return objectOf(output as Json)['error'] !== undefined;
}
