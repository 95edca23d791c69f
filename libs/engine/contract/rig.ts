import { defineComponent, type Component, type ComponentContext, type Json } from '@millrace/component-sdk';
import type { Flow, Step } from '@millrace/flow';
import { MemoryStore } from '../memory/memory-store.js';
import { defaultLimits, type Limits } from '../limits.js';
import type { Plan } from '../plan.js';
import { planFlow } from '../planner.js';
import type { ClaimedWork, Clock, Host, Journal } from '../ports.js';
import type { StepRow } from '../records.js';
import { parseTrigger } from '../triggers/webhook.js';
import { walk, type SliceOutcome } from '../walk.js';
import { eventOf, newId } from './store.js';

/** Time that passes only when it is told to. */
export class VirtualClock implements Clock {
  private time = Date.UTC(2025, 0, 1);
  private readonly timers = new Set<{ readonly at: number; readonly callback: () => void }>();

  now(): number {
    return this.time;
  }

  random(): number {
    return 0.5;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.time + ms, callback };
    this.timers.add(timer);
    return () => void this.timers.delete(timer);
  }

  /** When the next timer is due; undefined when there is none. */
  get next(): number | undefined {
    return this.timers.size === 0 ? undefined : Math.min(...[...this.timers].map(({ at }) => at));
  }

  advance(ms: number): void {
    this.time += ms;
    for (const timer of [...this.timers]) {
      if (timer.at > this.time || !this.timers.delete(timer)) continue;
      timer.callback();
    }
  }

  advanceTo(time: number): void {
    this.advance(Math.max(0, time - this.time));
  }
}

/** One call of a component. */
export interface Call {
  readonly path: string;
  readonly attempt: number;
  readonly key: string;
  readonly props: Json;
}

export type Run = (context: ComponentContext & Call) => unknown;

/** A component that takes any props and does what it is told. */
export function componentOf(name: string, run: Run, parts: Partial<Component> = {}): Component {
  return { ...defineComponent({ name, title: name, props: { type: 'object' }, run: run as unknown as Component['run'] }), ...parts };
}

export function flowOf(steps: readonly Step[], parts: Partial<Flow> = {}): Flow {
  return { format: 1, id: 'rig', trigger: { type: 'webhook' }, steps, ...parts };
}

export interface SliceOptions {
  readonly signal?: AbortSignal;
  readonly shouldYield?: () => boolean;
  /** In place of the store's own journal. */
  readonly journal?: Journal;
  readonly limits?: Limits;
}

/** One run of one flow on a memory store, walked slice by slice. */
export class Rig {
  readonly clock: VirtualClock;
  readonly store: MemoryStore;
  readonly calls: Call[] = [];
  /** Per credential name: what `redact` takes out. */
  readonly secrets: Record<string, string> = {};
  readonly runId: string;
  plan: Plan;
  /** Finished items drop the rows of their steps, unless a test is about those that are kept. */
  limits: Limits = { ...defaultLimits, keptItems: 0 };
  private readonly components: ReadonlyMap<string, Component>;
  private runners = 0;

  /** `flow` may be a plan already, which saves compiling it for every run. */
  constructor(flow: Flow | Plan, components: readonly Component[], runId = newId()) {
    this.clock = new VirtualClock();
    this.store = new MemoryStore(() => this.clock.now());
    this.runId = runId;
    this.components = new Map(components.map((component) => [component.name, component]));
    this.plan = 'format' in flow ? this.planned(flow) : flow;
  }

  planned(flow: Flow): Plan {
    return planFlow(flow, 1, (name) => this.components.get(name));
  }

  async accept(body: Json = {}): Promise<void> {
    const receivedAt = this.clock.now() - 60_000;
    const event = eventOf('rig', { receivedAt, body: Buffer.from(JSON.stringify(body)) });
    await this.store.accept({ event, run: { id: this.runId, version: 1, status: 'queued' } });
  }

  /** Claims the run for a new runner, whose lease is over as soon as somebody looks. */
  async claim(): Promise<ClaimedWork> {
    await this.store.reclaimExpired();
    const due = this.store.active.get(this.runId)?.dueAt;
    if (due !== undefined) this.clock.advanceTo(due);
    const runner = `runner ${(this.runners += 1)}`;
    await this.store.register(runner, 0);
    const [work] = await this.store.claimDue(runner, 1);
    if (!work) throw new Error('the run is not to be had');
    return work;
  }

  async slice(work: ClaimedWork, options: SliceOptions = {}): Promise<SliceOutcome> {
    const { signal = new AbortController().signal, shouldYield = () => false, journal = this.journal, limits = this.limits } = options;
    const { run, event, journal: rows } = work;
    return walk(
      { run, plan: this.plan, trigger: await parseTrigger(event), journal: rows, giveUp: { signal }, shouldYield },
      { journal, host: this.host, clock: this.clock, calls: this.store, resumptions: this.store, limits },
    );
  }

  /** Walks until the run ends, through all its waits. */
  async toEnd(): Promise<SliceOutcome> {
    for (let slices = 0; slices < 1_000; slices += 1) {
      const outcome = await this.slice(await this.claim());
      if (outcome.kind !== 'suspended') return outcome;
    }
    throw new Error('the run does not end');
  }

  /** Accepts an event and walks its run to the end. */
  async run(body?: Json): Promise<SliceOutcome> {
    await this.accept(body);
    return this.toEnd();
  }

  get rows(): StepRow[] {
    return this.store.journal(this.runId);
  }

  /** `path#attempt status` of every row. */
  get trail(): string[] {
    return this.rows.map(({ path, attempt, status }) => `${path}#${attempt} ${status}`);
  }

  get journal(): Journal {
    const { store } = this;
    return {
      record: (run, entry) => store.record(run, entry),
      suspend: (run, entry, resumeAt) => store.suspend(run, entry, resumeAt),
      finish: (run, entry, result) => store.finish(run, entry, result),
      items: (run, path, index) => store.items(run, path, index),
    };
  }

  private get host(): Host {
    return {
      component: (name) => {
        const component = this.components.get(name);
        return component && { component: this.recorded(component), invalidProps: () => undefined };
      },
      context: (_, { path, attempt, idempotencyKey, signal }) =>
        ({ path, attempt, key: idempotencyKey, idempotencyKey, signal, credential: undefined }) as never,
      redact: (text, credential) => text.replaceAll(this.secrets[credential ?? ''] ?? '\0', '[redacted]'),
    };
  }

  private recorded(component: Component): Component {
    return {
      ...component,
      run: (context: never) => {
        const { path, attempt, key, props } = context as Call;
        this.calls.push({ path, attempt, key, props: structuredClone(props) });
        return component.run(context);
      },
    };
  }
}
