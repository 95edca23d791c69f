import type { Credential } from '@millrace/credentials';
import type { WebhookRules } from '@millrace/engine';
import type { Problem, Trigger } from '@millrace/flow';

/** What the front door needs of a flow, from memory. */
export interface LiveFlow {
  readonly id: string;
  /** 0 while no version is live. */
  readonly version: number;
  /** Neither its text nor an operator pauses it. */
  readonly enabled: boolean;
  /** An operator paused it. */
  readonly paused?: boolean;
  /** Of the live version, if one is live and everything it needs is there. */
  readonly trigger?: Trigger | undefined;
  /** What is wrong with the input of a call, as a sentence; undefined where the trigger takes any. */
  readonly inputProblem?: ((input: unknown) => string | undefined) | undefined;
  /** The shared endpoint that it listens to; it then has no URL of its own. */
  readonly endpoint?: string;
  /** Present once a version is live and everything it needs is there. */
  readonly rules: WebhookRules | undefined;
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
