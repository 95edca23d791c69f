import type { Component, Json } from '@millrace/component-sdk';
import {
  compileCondition,
  compileTemplate,
  parseDuration,
  type CallStep,
  type CompiledExpression,
  type CompiledTemplate,
  type Flow,
  type ForEachStep,
  type ParallelStep,
  type Step,
  type SwitchCase,
  type TryStep,
  type UseStep,
  type WaitStep,
} from '@millrace/flow';
import { retryPolicy, type RetryPolicy } from './retry.js';

/** A flow version made ready to run: expressions compiled, policies resolved. Immutable, shared by all its runs. */
export interface Plan {
  readonly flowId: string;
  readonly version: number;
  /** The trigger's condition where it could not be decided on the accept path. */
  readonly when: CompiledExpression | undefined;
  readonly steps: readonly PlannedStep[];
  readonly onError: readonly PlannedStep[];
  /** Ids of the steps outside loops that wait for a request: their URLs are known from the start. */
  readonly resumable: readonly string[];
}

interface Common {
  readonly id: string;
  readonly when: CompiledExpression | undefined;
  readonly continueOnError: boolean;
}

export interface PlannedUse extends Common {
  readonly kind: 'use';
  readonly component: string;
  readonly credential: string | undefined;
  readonly props: CompiledTemplate;
  readonly timeoutMs: number;
  readonly retry: RetryPolicy;
  readonly stopOnCrash: boolean;
}

export interface PlannedIf extends Common {
  readonly kind: 'if';
  readonly condition: CompiledExpression;
  readonly then: readonly PlannedStep[];
  readonly else: readonly PlannedStep[];
}

export interface PlannedSwitch extends Common {
  readonly kind: 'switch';
  /** Undefined for `switch: true`, where the first case whose condition holds is taken. */
  readonly subject: CompiledExpression | undefined;
  readonly cases: readonly PlannedCase[];
  readonly default: readonly PlannedStep[];
}

export interface PlannedCase {
  /** A constant or a list of them; a condition for `switch: true`. */
  readonly when: Json | CompiledExpression;
  readonly steps: readonly PlannedStep[];
}

export interface PlannedSet extends Common {
  readonly kind: 'set';
  readonly values: CompiledTemplate;
}

export interface PlannedStop extends Common {
  readonly kind: 'stop';
  readonly as: 'succeeded' | 'failed';
  readonly message: CompiledTemplate | undefined;
}

export interface PlannedForEach extends Common {
  readonly kind: 'forEach';
  readonly items: CompiledTemplate;
  readonly as: string;
  readonly concurrency: number;
  readonly continueOnItemError: boolean;
  readonly steps: readonly PlannedStep[];
  /** Ids of the steps of one item that wait for a request. */
  readonly resumable: readonly string[];
}

export interface PlannedParallel extends Common {
  readonly kind: 'parallel';
  readonly branches: readonly { readonly name: string; readonly steps: readonly PlannedStep[] }[];
  readonly failFast: boolean;
}

export interface PlannedTry extends Common {
  readonly kind: 'try';
  readonly steps: readonly PlannedStep[];
  readonly catch: readonly PlannedStep[] | undefined;
  /** Codes that `catch` takes; undefined: all. */
  readonly on: readonly string[] | undefined;
  readonly finally: readonly PlannedStep[];
}

export interface PlannedWait extends Common {
  readonly kind: 'wait';
  readonly wait:
    | { readonly kind: 'for' | 'until'; readonly value: CompiledTemplate }
    | { readonly kind: 'webhook'; readonly credential: string | undefined; readonly timeoutMs: number };
}

export interface PlannedCall extends Common {
  readonly kind: 'call';
  readonly flow: string;
  readonly input: CompiledTemplate;
  readonly awaits: boolean;
  readonly timeoutMs: number | undefined;
  readonly retry: RetryPolicy;
}

export interface PlannedRespond extends Common {
  readonly kind: 'respond';
  readonly answer: CompiledTemplate;
}

export type PlannedStep =
  | PlannedUse
  | PlannedIf
  | PlannedSwitch
  | PlannedSet
  | PlannedStop
  | PlannedForEach
  | PlannedParallel
  | PlannedTry
  | PlannedWait
  | PlannedCall
  | PlannedRespond;

const DEFAULT_TIMEOUT = '30s';
const DEFAULT_WAIT = '7d';

/** Compiles a checked flow. Throws when the flow was not checked: unknown components and bad expressions are the checker's to report. */
export function planFlow(flow: Flow, version: number, component: (name: string) => Component | undefined): Plan {
  const planner = new Planner(flow, component);
  return {
    flowId: flow.id,
    version,
    when: whenOf(flow),
    steps: planner.list(flow.steps),
    onError: planner.list(flow.onError),
    resumable: resumable([...flow.steps, ...(flow.onError ?? [])]),
  };
}

function whenOf({ trigger }: Flow): CompiledExpression | undefined {
  const when = 'when' in trigger ? trigger.when : undefined;
  return when === undefined ? undefined : compileCondition(when);
}

/** The steps of these lists that wait for a request, without those in loops inside, which have a URL per item. */
function resumable(steps: readonly Step[]): string[] {
  return steps.flatMap((step) => {
    if ('wait' in step) return 'webhook' in step.wait ? [step.id] : [];
    return 'forEach' in step ? [] : resumable(branchesOf(step).flat());
  });
}

class Planner {
  constructor(
    private readonly flow: Flow,
    private readonly component: (name: string) => Component | undefined,
  ) {}

  list(steps: readonly Step[] | undefined): PlannedStep[] {
    return (steps ?? []).map((step) => this.step(step));
  }

  private step(step: Step): PlannedStep {
    if ('use' in step) return this.use(step);
    if ('forEach' in step) return this.forEach(step);
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
      steps: this.list(step.steps),
      resumable: resumable(step.steps),
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
    };
  }
}

/** The lists of steps inside a step, of every kind. */
function branchesOf(step: Step): (readonly Step[])[] {
  if ('if' in step) return [step.then, step.else ?? []];
  if ('switch' in step) return [...step.cases.map(({ steps }) => steps), step.default ?? []];
  if ('parallel' in step) return Object.values(step.parallel);
  if ('try' in step) return [step.try, step.catch ?? [], step.finally ?? []];
  return 'forEach' in step ? [step.steps] : [];
}
