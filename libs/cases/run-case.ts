import { StepError, type Json } from '@millrace/component-sdk';
import {
  BodyRefusal,
  derivedId,
  MemoryStore,
  parseTrigger,
  plainPath,
  planFlow,
  stepIn,
  walk,
  webhookRules,
  type Call,
  type Calls,
  type ClaimedWork,
  type Decision,
  type ErrorRecord,
  type EventRecord,
  type Host,
  type HostedComponent,
  type Plan,
  type SchemaCheck,
  type SliceOutcome,
  type StepRow,
} from '@millrace/engine';
import type { Flow } from '@millrace/flow';
import { Boundary, type Unused } from './boundary.js';
import { CaseClock } from './clock.js';
import type { FakeCredentials } from './credentials.js';
import { DEFAULT_NOW, eventOf } from './event.js';
import { caseHost } from './host.js';
import type { CaseEnd, FlowCase, SentRequest } from './types.js';

/** What a case runs in: everything of an installation but its database, its network and its secrets. */
export interface CaseWorld {
  /** Checked flows by id: the flow itself and those that it may call. */
  readonly flows: ReadonlyMap<string, Flow>;
  component(name: string): HostedComponent | undefined;
  readonly credentials: FakeCredentials;
  /** Compiles the JSON Schema of a trigger. */
  schemaCheck(schema: object | boolean): SchemaCheck;
}

/** What was to be seen of a run. */
export interface CaseRun {
  readonly end: CaseEnd;
  readonly error?: ErrorRecord;
  readonly output?: Json;
  /** By step path, in the order of attempts; steps of called flows below the step that calls. */
  readonly steps: ReadonlyMap<string, readonly StepRow[]>;
  readonly requests: readonly SentRequest[];
  readonly unanswered: readonly SentRequest[];
  readonly unusedReplies: readonly Unused[];
  readonly unusedResumes: readonly string[];
}

/** A case that does not come to its end. */
export class StuckCase extends Error {
  readonly code = 'case.stuck';
}

const RUNNER = 'case';
/** Components may wait for something real; nobody waits longer than this for a case. */
const PATIENCE_MS = 10_000;
const MAX_SLICES = 10_000;

/** Runs a case on the in-memory engine, waits passed at once. Rejects with a StuckCase when it does not end. */
export function runCase(flow: Flow, one: FlowCase, world: CaseWorld): Promise<CaseRun> {
  return new RunningCase(flow, one, world).toEnd();
}

class RunningCase {
  private readonly clock: CaseClock;
  private readonly store: MemoryStore;
  private readonly boundary: Boundary;
  private readonly host: Host;
  private readonly giveUp = new AbortController();
  private readonly steps = new Map<string, Map<string, StepRow>>();
  private readonly resumed = new Set<string>();
  /** Waits that have had their request, by run and path. */
  private readonly answered = new Set<string>();
  private readonly plans = new Map<string, Plan>();
  /** By run: what stands before the paths of its steps. */
  private readonly prefixes = new Map<string, string>();
  private readonly rootId: string;
  private readonly event: EventRecord;

  constructor(
    private readonly flow: Flow,
    private readonly one: FlowCase,
    private readonly world: CaseWorld,
  ) {
    const now = Date.parse(one.now ?? DEFAULT_NOW);
    this.clock = new CaseClock(now);
    this.store = new MemoryStore(() => this.clock.now());
    this.boundary = new Boundary(one.replies);
    this.rootId = derivedId('case', 'run', now);
    this.event = eventOf(flow, one, derivedId('case', 'event', now), now);
    this.host = caseHost({
      component: (name) => world.component(name),
      credentials: world.credentials,
      boundary: this.boundary,
      pathOf: (runId, path) => this.pathOf(runId, path),
      readEvent: (id) => Promise.resolve(this.store.events.get(id)),
      now: () => new Date(this.clock.now()),
    });
    for (const id of world.flows.keys()) this.store.callable.set(id, 1);
  }

  async toEnd(): Promise<CaseRun> {
    const decision = await decide(this.flow, this.event, this.world);
    if (decision.kind !== 'run') return this.seen(decision);
    await this.store.accept({ event: this.event, run: { id: this.rootId, version: 1, status: 'queued' } });
    await this.store.register(RUNNER, Infinity);
    const patience = setTimeout(() => this.giveUp.abort(), PATIENCE_MS);
    try {
      const ended = await this.walkAll();
      return this.seen(ended);
    } finally {
      clearTimeout(patience);
    }
  }

  /** All runs, also those that nobody awaits. */
  private async walkAll(): Promise<Ended> {
    for (let slices = 0; slices < MAX_SLICES; slices += 1) {
      this.resumeWaiting();
      const work = await this.nextWork();
      if (!work) return this.endOfRoot();
      const outcome = await this.slice(work);
      if (outcome.kind === 'abandoned') throw stuck(`has not ended after ${PATIENCE_MS / 1000} s; a component waits for something real`);
    }
    throw stuck(`goes on for more than ${MAX_SLICES} waits`);
  }

  private async nextWork(): Promise<ClaimedWork | undefined> {
    const due = [...this.store.active.values()].flatMap(({ dueAt }) => dueAt ?? []);
    if (due.length === 0) return undefined;
    this.clock.advanceTo(Math.min(...due));
    const [work] = await this.store.claimDue(RUNNER, 1);
    return work;
  }

  private async slice({ run, event, journal }: ClaimedWork): Promise<SliceOutcome> {
    const { store, host, clock, giveUp } = this;
    const isRoot = run.id === this.rootId;
    return walk(
      {
        run: isRoot ? { ...run, awaited: true } : run,
        plan: this.planOf(run.flowId),
        trigger: await parseTrigger(event),
        journal,
        giveUp,
        shouldYield: () => false,
      },
      {
        journal: store,
        host,
        clock,
        calls: this.calls,
        resumptions: {
          url: (id, path) => `https://millrace.test/resume/${this.pathOf(id, path)}`,
          find: (id, path) => store.find(id, path),
        },
        noted: (row) => this.keep(run.id, row),
      },
    );
  }

  private get calls(): Calls {
    return {
      begin: async (caller, call) => {
        this.checkCall(call);
        this.prefixes.set(call.runId, `${this.pathOf(caller.id, call.path)}/`);
        await this.store.begin(caller, call);
      },
      outcome: (runId) => this.store.outcome(runId),
    };
  }

  private checkCall({ flowId, input }: Call): void {
    const trigger = this.world.flows.get(flowId)?.trigger;
    if (trigger?.type !== 'call' || trigger.input === undefined) return;
    const problem = this.world.schemaCheck(trigger.input)(input);
    if (problem === undefined) return;
    const message = `The input does not fit the flow ${flowId}: ${problem}`;
    throw new StepError({ code: 'call.invalid-input', message, blame: 'author', arrived: 'no' });
  }

  /** What the case has for steps that wait for a request comes as soon as they wait. */
  private resumeWaiting(): void {
    const { resume = {} } = this.one;
    for (const { id, flowId, status } of [...this.store.active.values()]) {
      if (status !== 'waiting') continue;
      for (const { path, kind, status: row } of this.store.journal(id)) {
        const casePath = this.pathOf(id, path);
        if (kind !== 'wait' || row !== 'waiting' || !Object.hasOwn(resume, casePath) || this.answered.has(`${id}/${path}`)) continue;
        this.answered.add(`${id}/${path}`);
        this.resumed.add(casePath);
        const body = resume[casePath] ?? null;
        this.checkResumes(flowId, path, casePath, body);
        this.store.resume(id, path, body);
      }
    }
  }

  /** A front door refuses what does not fit, and the run waits on: a case that goes on with it shows what cannot happen. */
  private checkResumes(flowId: string, path: string, casePath: string, body: Json): void {
    const step = stepIn(this.planOf(flowId), path);
    const schema = step?.kind === 'wait' && step.wait.kind === 'webhook' ? step.wait.schema : undefined;
    const misfit = schema === undefined ? undefined : this.world.schemaCheck(schema)(body);
    if (misfit) throw new StuckCase(`The \`resume\` of ${casePath} would be refused, and the run would wait on: ${misfit.problem}.`);
  }

  private planOf(flowId: string): Plan {
    const flow = flowId === this.flow.id ? this.flow : this.world.flows.get(flowId);
    const plan = this.plans.get(flowId) ?? planFlow(flow!, 1, (name) => this.world.component(name)?.component);
    this.plans.set(flowId, plan);
    return plan;
  }

  /** A case speaks of steps, whichever attempt of the step around it is. */
  private pathOf(runId: string, path: string): string {
    return (this.prefixes.get(runId) ?? '') + plainPath(path);
  }

  private keep(runId: string, row: StepRow): void {
    const path = this.pathOf(runId, row.path);
    const attempts = this.steps.get(path) ?? new Map<string, StepRow>();
    this.steps.set(path, attempts.set(`${row.path}#${row.attempt}`, structuredClone(row)));
  }

  private endOfRoot(): Ended {
    const ended = this.store.ended.get(this.rootId);
    if (!ended) throw stuck('waits for something that never comes');
    return { end: ended.status, error: ended.error, output: ended.output };
  }

  private seen(decided: Ended | Exclude<Decision, { kind: 'run' }>): CaseRun {
    const ended = 'end' in decided ? decided : endOf(decided);
    const resumes = Object.keys(this.one.resume ?? {});
    return {
      ...ended,
      steps: new Map([...this.steps].map(([path, attempts]) => [path, [...attempts.values()]])),
      requests: this.boundary.sent,
      unanswered: this.boundary.unanswered,
      unusedReplies: this.boundary.unused,
      unusedResumes: resumes.filter((path) => !this.resumed.has(path)),
    };
  }
}

type Ended = Pick<CaseRun, 'end' | 'error' | 'output'>;

function stuck(why: string): StuckCase {
  return new StuckCase(`The run ${why}.`);
}

/** What the accept path makes of the event. */
async function decide(flow: Flow, event: EventRecord, { schemaCheck }: CaseWorld): Promise<Decision> {
  // A case of such a flow begins where its events are collected already.
  if (flow.batch) return { kind: 'run', dedupe: undefined };
  try {
    const view = await parseTrigger(event);
    const { trigger } = flow;
    if (trigger.type === 'webhook') return webhookRules(trigger, schemaCheck).decide(view);
    const problem = trigger.type === 'call' && trigger.input !== undefined ? schemaCheck(trigger.input)(view.body) : undefined;
    return problem === undefined ? { kind: 'run', dedupe: undefined } : { kind: 'keyless', problem: problem.problem };
  } catch (error) {
    if (error instanceof BodyRefusal) return { kind: 'keyless', problem: error.message };
    throw error;
  }
}

function endOf(decision: Exclude<Decision, { kind: 'run' }>): Ended {
  if (decision.kind === 'unmatched') return { end: 'filtered' };
  if (decision.kind === 'invalid') return { end: 'failed', error: decision.error };
  return { end: 'refused', error: { code: 'request.refused', message: decision.problem, step: 'trigger', blame: 'remote' } };
}
