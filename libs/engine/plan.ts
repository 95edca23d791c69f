import type { Component, Json } from '@millrace/component-sdk';
import {
  compileCondition,
  compileTemplate,
  parseDuration,
  type CompiledExpression,
  type CompiledTemplate,
  type Flow,
  type Step,
  type SwitchCase,
  type UseStep,
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

export type PlannedStep = PlannedUse | PlannedIf | PlannedSwitch | PlannedSet | PlannedStop;

const DEFAULT_TIMEOUT = '30s';

/** Compiles a checked flow. Throws when the flow was not checked: unknown components and bad expressions are the checker's to report. */
export function planFlow(flow: Flow, version: number, component: (name: string) => Component | undefined): Plan {
  const planner = new Planner(flow, component);
  return {
    flowId: flow.id,
    version,
    when: flow.trigger.when === undefined ? undefined : compileCondition(flow.trigger.when),
    steps: planner.list(flow.steps),
    onError: planner.list(flow.onError),
  };
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
    return {
      ...common,
      kind: 'stop',
      as: step.stop.as,
      message: step.stop.message === undefined ? undefined : compileTemplate(step.stop.message, 'stop/message'),
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
