import type { Credential } from '@millrace/credentials';
import type { CollectRule, LaneRule, Priority, UseRate, WebhookRules } from '@millrace/engine';
import { parseDuration, type Flow, type FlowInfo, type Problem, type Trigger } from '@millrace/flow';

/** What the front door needs of a flow, from memory. */
export interface LiveFlow {
  readonly id: string;
  /** 0 while no version is live. */
  readonly version: number;
  /** Neither its text nor an operator pauses it. */
  readonly enabled: boolean;
  /** No version is live: what comes is kept as its draft says, and nothing runs. */
  readonly draft?: true;
  /** An operator paused it. */
  readonly paused?: boolean;
  /** Of the live version, if one is live and everything it needs is there. */
  readonly trigger?: Trigger | undefined;
  /** Of the live version, also where this process lacks something that it needs: what it listens to must not be lost. */
  readonly declared?: Trigger | undefined;
  /** The flows that its live version calls. */
  readonly calls?: FlowInfo['calls'];
  /** Where its runs stand in line; undefined where nothing holds them back. */
  readonly lane?: LaneRule | undefined;
  /** How many of its runs begin within a time; undefined: as many as come. */
  readonly rate?: UseRate | undefined;
  /** Absent for the normal one. */
  readonly priority?: Priority | undefined;
  /** What is wrong with the input of a call, as a sentence; undefined where the trigger takes any. */
  readonly inputProblem?: ((input: unknown) => string | undefined) | undefined;
  /** The shared endpoint that it listens to; it then has no URL of its own. */
  readonly endpoint?: string;
  /** Present once a version is live and everything it needs is there. */
  readonly rules: WebhookRules | undefined;
  /** Present where events are collected instead of having a run each. */
  readonly collects?: CollectRule | undefined;
  /** Undefined for an open URL. */
  readonly credential: Credential | undefined;
  /** Why the newest text, or any version at all, is not live. */
  readonly problems: readonly Problem[];
}

/** What the front door needs of a shared endpoint, from memory. */
export interface LiveEndpoint {
  /** What its events and refusals are filed under: `endpoints/<name>`, which no flow can be called. */
  readonly id: string;
  readonly name: string;
  readonly enabled: true;
  /** Present unless nothing sound was ever declared under this name. */
  readonly rules: WebhookRules | undefined;
  /** Undefined for an open URL. */
  readonly credential: Credential | undefined;
  readonly problems: readonly Problem[];
  /** The flows that listen. */
  readonly listeners: readonly LiveFlow[];
}

/** The priority of a checked flow, where it is not the normal one. */
export function priorityOf({ priority }: Flow): Priority | undefined {
  return priority === 'normal' ? undefined : priority;
}

/** The rate of a checked flow. */
export function rateOf({ rate }: Flow): UseRate | undefined {
  return rate && { limit: rate.limit, perMs: parseDuration(rate.per) };
}

/** What holds runs back over all flows. */
export interface HeldBack {
  /** Runs of some flow begin at a rate. */
  readonly isPaced: boolean;
  /** Runs of some flow go before or after others. */
  readonly isRanked: boolean;
}

export function heldBack(flows: Iterable<Pick<LiveFlow, 'rate' | 'priority'>>): HeldBack {
  const all = [...flows];
  return { isPaced: all.some(({ rate }) => rate !== undefined), isRanked: all.some(({ priority }) => priority !== undefined) };
}

/** What a new run of this flow is: it waits for a runner, for the end of a pause, or for the rate. */
export function statusAtBirth({ enabled, rate }: Pick<LiveFlow, 'enabled' | 'rate'>): 'queued' | 'held' | 'paced' {
  if (!enabled) return 'held';
  return rate ? 'paced' : 'queued';
}
