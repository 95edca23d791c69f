import { StepError, type Component, type Json } from '@millrace/component-sdk';
import { componentOf, VirtualClock } from '../contract/rig.js';
import { eventOf } from '../contract/store.js';
import { stepEnvironment } from '../determinism.js';
import { defaultLimits } from '../limits.js';
import { MemoryStore } from '../memory/memory-store.js';
import type { Plan } from '../plan.js';
import type { Calls, ClaimedWork, Clock, Entry, Host, Journal, Resumptions } from '../ports.js';
import type { StepRow } from '../records.js';
import { keyOf } from '../trail.js';
import { parseTrigger } from '../triggers/webhook.js';
import { walk } from '../walk.js';

export const RUN_ID = '01970000-0000-7000-8000-000000000001';

/** Where a process dies. Writes and effects are counted from 1 over the whole life of the world. */
export interface Death {
  readonly place: 'before write' | 'after write' | 'after effect';
  readonly nth: number;
}

export interface Scenario {
  readonly plans: ReadonlyMap<string, Plan>;
  readonly body: Json;
  /** What chance says of outcomes, delays and requests is derived from this and a step's path. */
  readonly salt: string;
  /** Finished items keep the rows of their steps; else none does. */
  readonly keepsItems: boolean;
}

export interface Effect {
  /** The run, by the step that called it, and the attempt: `main/each[0].a#1`. */
  readonly name: string;
  readonly key: string;
  readonly props: Json;
}

/** A process: what it has in flight is gone when it dies, and nothing that it asked for is ever answered. */
class Process {
  private alive = true;
  private readonly cancels = new Set<() => void>();

  constructor(private readonly clock: VirtualClock) {}

  get isAlive(): boolean {
    return this.alive;
  }

  die(): Promise<never> {
    this.alive = false;
    for (const cancel of this.cancels) cancel();
    return new Promise<never>(() => undefined);
  }

  async do<T>(what: () => Promise<T>): Promise<T> {
    if (!this.alive) return this.die();
    const done = await what();
    return this.alive ? done : this.die();
  }

  get clockOf(): Clock {
    const { clock } = this;
    return {
      now: () => clock.now(),
      random: () => clock.random(),
      after: (ms, callback) => {
        const cancel = this.alive ? clock.after(ms, callback) : () => undefined;
        this.cancels.add(cancel);
        return cancel;
      },
    };
  }
}

/** A store, its time, the world outside and the processes that come and go; everything in it is decided by the scenario. */
export class World {
  readonly clock = new VirtualClock();
  readonly store = new MemoryStore(() => this.clock.now());
  readonly effects: Effect[] = [];
  /** How runs are told apart in every life: ids of called runs hold the time of their call. */
  readonly names = new Map([[RUN_ID, 'main']]);
  /** Effects that the journal knows of: they must not happen again. */
  private readonly committed = new Set<string>();
  private readonly requested = new Set<string>();
  private process = new Process(this.clock);
  /** A walk rejected, which none of these ports gives it reason to. */
  private broken: { readonly reason: unknown } | undefined;
  private runners = 0;
  private boundaries = 0;
  writes = 0;
  deaths = 0;

  constructor(
    private readonly scenario: Scenario,
    private readonly dying: readonly Death[],
    private readonly yieldAt = 0,
  ) {
    for (const flow of scenario.plans.keys()) this.store.callable.set(flow, 1);
  }

  /** Lets everything happen until no run is active. */
  async live(): Promise<this> {
    const event = eventOf('main', { receivedAt: this.clock.now() - 60_000, body: Buffer.from(JSON.stringify(this.scenario.body)) });
    await this.store.accept({ event, run: { id: RUN_ID, version: 1, status: 'queued' } });
    const runner = { name: '' };
    for (let rounds = 0; this.store.active.size > 0; rounds += 1) {
      if (rounds > 5_000) throw new Error('the runs do not end');
      if (!this.process.isAlive || runner.name === '') runner.name = await this.start();
      const works = await this.store.claimDue(runner.name, 100);
      for (const work of works) this.slice(work, this.process).catch((reason: unknown) => (this.broken ??= { reason }));
      await new Promise(setImmediate);
      if (this.broken) throw this.broken.reason;
      if (works.length === 0 && this.process.isAlive && this.store.active.size > 0) this.pass();
    }
    return this;
  }

  /** A process takes the place of the one that died. */
  private async start(): Promise<string> {
    this.process = new Process(this.clock);
    await this.store.expireDead(() => true);
    await this.store.reclaimExpired();
    const name = `runner ${(this.runners += 1)}`;
    await this.store.register(name, Number.MAX_SAFE_INTEGER);
    return name;
  }

  private pass(): void {
    const due = [...this.store.active.values()].map(({ dueAt }) => dueAt ?? Infinity);
    const next = Math.min(this.clock.next ?? Infinity, ...due);
    if (next === Infinity) throw new Error('nothing will ever happen again');
    this.clock.advanceTo(next);
  }

  private async slice({ run, event, journal }: ClaimedWork, process: Process): Promise<void> {
    const plan = this.scenario.plans.get(run.id === RUN_ID ? 'main' : run.flowId)!;
    const shouldYield = (): boolean => (this.boundaries += 1) === this.yieldAt;
    await walk(
      { run, plan, trigger: await parseTrigger(event), journal, giveUp: { signal: new AbortController().signal }, shouldYield },
      {
        journal: this.journal(process),
        host: this.host(process),
        clock: process.clockOf,
        calls: this.calls(process),
        resumptions: this.resumptions,
        limits: { ...defaultLimits, keptItems: this.scenario.keepsItems ? Infinity : 0 },
      },
    );
  }

  private async write<T>(process: Process, commit: () => Promise<T>): Promise<T> {
    if (!process.isAlive) return process.die();
    const nth = (this.writes += 1);
    if (this.dies('before write', nth)) return this.kill(process);
    const kept = await process.do(commit);
    return this.dies('after write', nth) ? this.kill(process) : kept;
  }

  private dies(place: Death['place'], nth: number): boolean {
    return this.dying.some((death) => death.place === place && death.nth === nth);
  }

  private kill(process: Process): Promise<never> {
    this.deaths += 1;
    return process.die();
  }

  private journal(process: Process): Journal {
    const { store } = this;
    return {
      record: (run, entry) => this.write(process, () => (this.see(run.id, entry), store.record(run, entry))),
      suspend: (run, entry, at) => this.write(process, () => (this.see(run.id, entry), store.suspend(run, entry, at))),
      finish: (run, entry, result) => this.write(process, () => (this.see(run.id, entry), store.finish(run, entry, result))),
      items: (run, path, index) => process.do(() => store.items(run, path, index)),
    };
  }

  private see(runId: string, { rows, drops }: Entry): void {
    const keys = [...rows, ...drops].map(keyOf);
    if (new Set(keys).size !== keys.length) throw new Error(`an entry names a row twice: ${keys.join(' ')}`);
    for (const row of rows) this.seeRow(this.names.get(runId)!, row);
  }

  private seeRow(run: string, row: StepRow): void {
    if (row.kind === 'call' && row.status === 'waiting') this.names.set((row.output as { runId: string }).runId, `${run}/${keyOf(row)}>`);
    if (row.kind === 'use' && row.status !== 'started') this.committed.add(`${run}/${keyOf(row)}`);
    if (row.kind === 'item' && row.status === 'succeeded') this.committed.add(`${run}/${row.path}.`);
  }

  private calls(process: Process): Calls {
    return {
      begin: (run, call) => this.write(process, () => this.store.begin(run, call)),
      outcome: (runId) => process.do(() => this.store.outcome(runId)),
    };
  }

  /** A request for a wait that was seen: there already, or on its way, or never sent. */
  private readonly resumptions: Resumptions = {
    url: (runId, path) => this.store.url(runId, path),
    find: async (runId, path) => {
      const name = `${this.names.get(runId)!}/${path}`;
      if (!this.requested.has(name)) {
        this.requested.add(name);
        const chance = this.chance(`request ${name}`);
        const send = (): void => this.store.resume(runId, path, { value: `request for ${name}` });
        if (chance < 0.3) send();
        else if (chance < 0.8) this.clock.after(Math.floor(chance * 100) ** 2, send);
      }
      return this.store.find(runId, path);
    },
  };

  private host(process: Process): Host {
    return {
      component: () => ({ component: this.component(process), invalidProps: () => undefined }),
      context: (_, { path, attempt, run, idempotencyKey }) => ({ path, attempt, runId: run.id, key: idempotencyKey }) as never,
      redact: (text) => text,
    };
  }

  private component(process: Process): Component {
    return componentOf('test.step', (context) => {
      const { path, attempt, props, runId, key } = context as unknown as {
        path: string;
        attempt: number;
        props: Json;
        runId: string;
        key: string;
      };
      const run = this.names.get(runId)!;
      return process.do(() => this.effect(process, `${run}/${path}`, attempt, { name: `${run}/${path}#${attempt}`, key, props }));
    });
  }

  private async effect(process: Process, step: string, attempt: number, effect: Effect): Promise<Json> {
    this.mustBeNew(effect.name);
    this.effects.push({ ...effect, props: structuredClone(effect.props) });
    const nth = this.effects.length;
    const [failures, final, delay] = ['failures', 'final', `delay ${attempt}`].map((what) => this.chance(`${what} ${step}`)) as [
      number,
      number,
      number,
    ];
    await process.do(() => new Promise<void>((resolve) => void process.clockOf.after(Math.floor(delay * 50), resolve)));
    if (this.dies('after effect', nth)) return this.kill(process);
    if (attempt <= Math.floor(failures * 4) - 1)
      throw new StepError({ code: 'test.retry', message: `attempt ${attempt}`, retryable: true });
    if (final < 0.15) throw new StepError({ code: 'test.final', message: 'final' });
    return { value: `${step} saw ${JSON.stringify((effect.props as { seen?: Json }).seen)}` };
  }

  private mustBeNew(name: string): void {
    const [step = '', run = ''] = [name.slice(name.lastIndexOf('>') + 1), name.slice(0, name.lastIndexOf('>') + 1)];
    const items = [...step.matchAll(/\]\./g)].map(({ index }) => run + step.slice(0, index + 2));
    const known = [name, ...items].find((key) => this.committed.has(key));
    if (known) this.broken ??= { reason: new Error(`${name} happens again although ${known} is journalled`) };
  }

  private chance(of: string): number {
    return stepEnvironment(this.scenario.salt, of, 0).random();
  }
}
