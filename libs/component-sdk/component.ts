import type { AcceptedCredential, CredentialTypeName } from './credential.js';
import type { Infer } from './infer.js';
import type { Json, JsonSchema } from './json.js';

/** What a component may know of its step's credential: never a secret. */
export interface CredentialView {
  readonly name: string;
  readonly type: CredentialTypeName;
  /** Where an api-key travels; `url` means that the address itself is the secret. */
  readonly in?: 'header' | 'query' | 'url';
  /** Set when the operator points this vendor elsewhere (a sandbox, a local stand-in). */
  readonly baseUrl?: string;
}

export interface FetchInit {
  /** Default GET, or POST when a body is given. */
  method?: string;
  headers?: Record<string, string>;
  /** Appended to the URL; `undefined` values are left out, arrays repeat the key. */
  query?: Record<string, string | number | boolean | readonly (string | number | boolean)[] | undefined>;
  /** Sent as application/json. Excludes `body`. */
  json?: unknown;
  body?: string | Uint8Array;
  /** Where a relative URL starts, unless the credential has a `baseUrl` or is an address itself. */
  baseUrl?: string;
  /** Statuses that are results, not errors. Default: 200 to 299. */
  accept?: (status: number) => boolean;
}

export interface FetchResponse {
  readonly status: number;
  /** Lower-case names; repeated headers are joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
  text(): string;
  /** Parses the body; throws a StepError `http.bad-json` that names the request. */
  json(): unknown;
}

/** A file that came with the event, as `trigger.files` lists it: hand it to `openFile`. */
export interface EventFile {
  /** The field of the form it came in; `body` where the file is the whole body. */
  readonly name: string;
  /** As the sender said it: data, never a path. */
  readonly filename: string | null;
  /** Media type, without parameters. */
  readonly type: string;
  /** In bytes. */
  readonly size: number;
  /** Where in the event's body it begins, in bytes. */
  readonly offset: number;
}

export interface Logger {
  debug(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

/** An event that a component emitted. */
export interface EmittedEvent {
  readonly eventId: string;
}

/** Everything a component gets. */
export interface ComponentContext<Props = Record<string, unknown>> {
  /** Resolved and checked against the component's `props` schema. */
  readonly props: Props;
  readonly credential: CredentialView | undefined;
  /**
   * The only way out: address-guarded, time- and size-limited, with the step's credential applied.
   * A relative URL starts at the credential's base URL, else at `init.baseUrl`. Fails with a StepError.
   */
  fetch(url: string, init?: FetchInit): Promise<FetchResponse>;
  /**
   * The bytes of a file of the event that started the run, in pieces. A prop holds it: `"file": "{{ trigger.files[0] }}"`.
   * Fails with a StepError `file.not-found` when the event has no such file.
   */
  openFile(file: EventFile): AsyncIterable<Uint8Array>;
  /**
   * Emits an event, which starts the flows that listen to its name. Resolves once it is written down; the same over retries
   * and crashes of this step, call by call. Absent where components run without an engine. Fails with a StepError.
   */
  emit?(name: string, data: Json): Promise<EmittedEvent>;
  /** Aborts when the step times out, the run is cancelled or the runner must give up the run. */
  readonly signal: AbortSignal;
  /** The same over retries and crashes of this step of this run. Send it where the vendor supports one. */
  readonly idempotencyKey: string;
  readonly log: Logger;
}

export interface RetryDefaults {
  attempts?: number;
  delay?: string;
  backoff?: 'fixed' | 'exponential';
  maxDelay?: string;
  jitter?: boolean;
  on?: readonly string[];
}

/**
 * How safe it is to run the step again when it is unknown whether an earlier try took effect.
 * `yes`: repeating changes nothing. `with-key`: the vendor drops repeats with the same idempotency key. `no`: it may act twice.
 */
export type Idempotency = 'yes' | 'with-key' | 'no';

/** A component as the engine sees it, its prop types erased. */
export interface Component {
  readonly name: string;
  readonly title: string;
  readonly description?: string;
  readonly props: JsonSchema;
  readonly output?: JsonSchema;
  /** What the step's `credential` may be; absent means that it takes none. */
  readonly credential?: AcceptedCredential;
  /** Default `no`. */
  readonly idempotent?: Idempotency;
  /** `none`: it changes nothing outside, so that a rehearsal may run it. Default `outside`. */
  readonly effects?: 'none' | 'outside';
  readonly retry?: RetryDefaults;
  /** `30s`, `2m`. */
  readonly timeout?: string;
  // A method, not a property: parameters of methods are compared bivariantly, so that a typed definition is a Component.
  run(context: ComponentContext<never>): unknown;
}

export interface ComponentDefinition<P extends JsonSchema, O extends JsonSchema> extends Omit<Component, 'props' | 'output' | 'run'> {
  readonly props: P;
  readonly output?: O;
  run(context: ComponentContext<Infer<P>>): Infer<O> | Promise<Infer<O>>;
}

/** What a plugin's default export is. */
export interface Plugin {
  readonly name: string;
  readonly components: readonly Component[];
}

export type { Json };
