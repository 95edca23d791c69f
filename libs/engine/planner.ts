import type { Component, Json } from '@millrace/component-sdk';
import {
  compileCondition,
  compileTemplate,
  parseDuration,
  repeatDefaults,
  type CallStep,
  type CompiledExpression,
  type Flow,
  type ForEachStep,
  type ParallelStep,
  type RepeatStep,
  type Step,
  type SwitchCase,
  type TryStep,
  type UseStep,
  type WaitStep,
} from '@millrace/flow';
import type {
  Plan,
  Common,
  PlannedUse,
  PlannedCase,
  PlannedForEach,
  PlannedParallel,
  PlannedRepeat,
  PlannedTry,
  PlannedWait,
  PlannedCall,
  PlannedStep,
} from './plan.js';
import { retryPolicy } from './retry.js';

const DEFAULT_TIMEOUT = '30s';
const DEFAULT_WAIT = '7d';

const NONE: ReadonlySet<string> = new Set();

/**
 * Compiles a checked flow. Throws when the flow was not checked: unknown components and bad expressions are the checker's to report.
 * `sampled`: ids of loops of which only the first item is done.
 */
export function planFlow(flow: Flow, version: number, component: (name: string) => Component | undefined, sampled = NONE): Plan {
  const planner = new Planner(flow, component, sampled);
  return {
    flowId: flow.id,
    version,
    batches: flow.batch !== undefined,
    when: whenOf(flow),
    steps: planner.list(flow.steps),
    onError: planner.list(flow.onError),
    resumable: resumable([...flow.steps, ...(flow.onError ?? [])]),
  };
}

/** What is collected was decided about event by event. */
function whenOf({ trigger, debounce, batch }: Flow): CompiledExpression | undefined {
  const when = 'when' in trigger && !debounce && !batch ? trigger.when : undefined;
  return when === undefined ? undefined : compileCondition(when);
}

/** The steps of these lists that wait for a request, without those in loops inside, which have a URL per item. */
function resumable(steps: readonly Step[]): string[] {
  return steps.flatMap((step) => {
    if ('wait' in step) return 'webhook' in step.wait ? [step.id] : [];
    return isLoopStep(step) ? [] : resumable(branchesOf(step).flat());
  });
}

function isLoopStep(step: Step): step is ForEachStep | RepeatStep {
  return 'forEach' in step || 'repeat' in step;
}

class Planner {
  constructor(
    private readonly flow: Flow,
    private readonly component: (name: string) => Component | undefined,
    private readonly sampled: ReadonlySet<string>,
  ) {}

  list(steps: readonly Step[] | undefined): PlannedStep[] {
    return (steps ?? []).map((step) => this.step(step));
  }

  private step(step: Step): PlannedStep {
    if ('use' in step) return this.use(step);
    if ('forEach' in step) return this.forEach(step);
    if ('repeat' in step) return this.repeat(step);
    if ('parallel' in step) return this.parallel(step);
    if ('try' in step) return this.try(step);
    if ('wait' in step) return this.wait(step);
    if ('call' in step) return this.call(step);
    const common = this.common(step);
    if ('if' in step) {
      return { ...common, kind: 'if', condition: compileCondition(step.if), then: this.list(step.then), else: this.list(step.else) };
    }
    if ('switch' in step) {
      return {
        ...common,
        kind: 'switch',
        subject: step.switch === true ? undefined : compileCondition(step.switch),
        cases: step.cases.map((candidate) => this.case(step.switch === true, candidate)),
        default: this.list(step.default),
      };
    }
    if ('set' in step) return { ...common, kind: 'set', values: compileTemplate(step.set, 'set') };
    if ('respond' in step) return { ...common, kind: 'respond', answer: compileTemplate({ ...step.respond }, 'respond') };
    return {
      ...common,
      kind: 'stop',
      as: step.stop.as,
      message: step.stop.message === undefined ? undefined : compileTemplate(step.stop.message, 'stop/message'),
    };
  }

  private forEach(step: ForEachStep): PlannedForEach {
    return {
      ...this.common(step),
      kind: 'forEach',
      items: compileTemplate(step.forEach as Json, 'forEach'),
      as: step.as ?? 'item',
      concurrency: step.concurrency ?? 1,
      continueOnItemError: step.onItemError === 'continue',
      sampled: this.sampled.has(step.id),
      steps: this.list(step.steps),
      resumable: resumable(step.steps),
    };
  }

  private repeat(step: RepeatStep): PlannedRepeat {
    return {
      ...this.common(step),
      kind: 'repeat',
      goesOn: compileCondition(step.while),
      limit: step.limit ?? repeatDefaults.limit,
      sampled: this.sampled.has(step.id),
      steps: this.list(step.repeat),
      resumable: resumable(step.repeat),
    };
  }

  private parallel(step: ParallelStep): PlannedParallel {
    const branches = Object.entries(step.parallel).map(([name, steps]) => ({ name, steps: this.list(steps) }));
    return { ...this.common(step), kind: 'parallel', branches, failFast: step.onBranchError !== 'wait-all' };
  }

  private try(step: TryStep): PlannedTry {
    return {
      ...this.common(step),
      kind: 'try',
      steps: this.list(step.try),
      catch: step.catch && this.list(step.catch),
      on: step.on,
      finally: this.list(step.finally),
    };
  }

  private wait({ wait, ...step }: WaitStep): PlannedWait {
    const common = { ...this.common({ ...step, wait }), kind: 'wait' as const };
    if ('for' in wait) return { ...common, wait: { kind: 'for', value: compileTemplate(wait.for, 'wait.for') } };
    if ('until' in wait) return { ...common, wait: { kind: 'until', value: compileTemplate(wait.until, 'wait.until') } };
    const { credential, timeout } = wait.webhook;
    return { ...common, wait: { kind: 'webhook', credential, timeoutMs: parseDuration(timeout ?? DEFAULT_WAIT) } };
  }

  /** A called flow is tried again only where the step itself says so: its own steps have their retries. */
  private call(step: CallStep): PlannedCall {
    return {
      ...this.common(step),
      kind: 'call',
      flow: step.call,
      input: compileTemplate(step.input ?? null, 'input'),
      awaits: step.await !== false,
      timeoutMs: step.timeout === undefined ? undefined : parseDuration(step.timeout),
      retry: retryPolicy(step.retry ?? { attempts: 1 }),
    };
  }

  private case(conditional: boolean, { when, steps }: SwitchCase): PlannedCase {
    return { when: conditional ? compileCondition(when as string | boolean) : when, steps: this.list(steps) };
  }

  private use(step: UseStep): PlannedUse {
    const component = this.component(step.use);
    if (!component) throw new Error(`Flow ${this.flow.id} uses the unknown component ${step.use}; check it before planning.`);
    const defaults = this.flow.defaults;
    return {
      ...this.common(step),
      kind: 'use',
      component: step.use,
      credential: step.credential,
      props: compileTemplate(step.with ?? {}, 'with'),
      timeoutMs: parseDuration(step.timeout ?? defaults?.timeout ?? component.timeout ?? DEFAULT_TIMEOUT),
      retry: retryPolicy(step.retry, defaults?.retry, component.retry),
      stopOnCrash: (step.onCrash ?? defaults?.onCrash) === 'stop',
    };
  }

  private common(step: Step): Common {
    return {
      id: step.id,
      when: step.when === undefined ? undefined : compileCondition(step.when),
      continueOnError: (step.onError ?? this.flow.defaults?.onError) === 'continue',
      ...(hasStepsInside(step) && this.ofBlock(step)),
    };
  }

  /** Only what the step itself says: `defaults` are for steps that do something. */
  private ofBlock(step: Step): Pick<Common, 'withinMs' | 'again'> {
    const { timeout, retry } = step;
    return {
      ...(timeout !== undefined && { withinMs: parseDuration(timeout) }),
      ...(retry && { again: { policy: retryPolicy(retry), resumable: isLoopStep(step) ? [] : resumable(branchesOf(step).flat()) } }),
    };
  }
}

function hasStepsInside(step: Step): boolean {
  return 'if' in step || 'switch' in step || isLoopStep(step) || 'parallel' in step || 'try' in step;
}

/** The lists of steps inside a step, of every kind. */
function branchesOf(step: Step): (readonly Step[])[] {
  if ('if' in step) return [step.then, step.else ?? []];
  if ('switch' in step) return [...step.cases.map(({ steps }) => steps), step.default ?? []];
  if ('parallel' in step) return Object.values(step.parallel);
  if ('try' in step) return [step.try, step.catch ?? [], step.finally ?? []];
  if ('repeat' in step) return [step.repeat];
  return 'forEach' in step ? [step.steps] : [];
}
