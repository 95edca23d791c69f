import type { Component, ComponentContext, Json } from '@millrace/component-sdk';
import type { Allowance, UseRate } from './allowances.js';
import type { ClaimedRun, ErrorRecord, EventRecord, RunEnd, RunResult, StepKey, StepRow, TriggerView } from './records.js';

/**
 * Where a run's progress is written. Each method is one transition: it holds only while the run still
 * belongs to the claim, and answers false when it does not (the walker then stops and changes nothing more).
 */
export interface Journal {
  /** Commits an entry; the next step starts only after this resolves. */
  record(run: ClaimedRun, entry: Entry): Promise<boolean>;
  /**
   * Commits an entry and gives the run up until `resumeAt` (milliseconds since the epoch), or until it is woken: a wake
   * that came since the claim makes it due at once.
   */
  suspend(run: ClaimedRun, entry: Entry, resumeAt: number): Promise<boolean>;
  /** Commits the last entry and the end of the run as one, and wakes the run that called this one. */
  finish(run: ClaimedRun, entry: Entry, result: RunResult): Promise<boolean>;
  /**
   * The finished items of a loop (rows of kind `item` directly below `path`), which a claim leaves out; with `index`, that
   * one alone.
   */
  items(run: ClaimedRun, path: string, index?: number): Promise<StepRow[]>;
}

/** What one commit adds to a run's journal and takes out of it: rows first, then drops. */
export interface Entry {
  readonly rows: readonly StepRow[];
  readonly drops: readonly StepKey[];
}

/** Runs of called flows. */
export interface Calls {
  /**
   * Creates the run of a called flow, unless it exists. Fails with a StepError when the flow cannot be called (unknown,
   * paused with `refuse`, input that does not fit).
   */
  begin(caller: ClaimedRun, call: Call): Promise<void>;
  /** How it ended; undefined while it is active. */
  outcome(runId: string): Promise<CallOutcome | undefined>;
}

export interface Call {
  /** Of the run to be created: derived from the calling run and step, so that asking twice creates one. */
  readonly runId: string;
  /** The step that calls. */
  readonly path: string;
  readonly flowId: string;
  readonly input: Json;
  /** The caller wants to be woken by its end, and its output kept. */
  readonly awaited: boolean;
}

export interface CallOutcome {
  readonly status: RunEnd;
  readonly output?: Json;
  readonly error?: ErrorRecord;
}

/** Requests that resume a waiting step. */
export interface Resumptions {
  /** Where the request is to be sent; the same for a run and path at all times. */
  url(runId: string, path: string): string;
  /** The request that came for a step, verified. It is kept until the run ends. */
  find(runId: string, path: string): Promise<Resumption | undefined>;
}

/** A verified request to a resume URL. */
export interface ResumeRequest {
  readonly runId: string;
  readonly path: string;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  readonly request: Pick<EventRecord, 'method' | 'url' | 'headers' | 'caller'>;
  /** What the step is to give. */
  readonly body: Json;
}

/** `kept`: the step goes on with it. `used`: another request came first. `over`: the step or the run has ended. */
export type Resumed = 'kept' | 'used' | 'over';

export interface Resumption {
  readonly body: Json;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
}

/** A component with what its host knows about it. */
export interface HostedComponent {
  readonly component: Component;
  /** A sentence naming the first prop that does not fit the schema, or undefined. */
  invalidProps(props: Json): string | undefined;
}

/** What a step's component is called with, apart from its resolved props. */
export interface Invocation {
  readonly run: ClaimedRun;
  readonly path: string;
  readonly attempt: number;
  readonly credential: string | undefined;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly idempotencyKey: string;
}

/** What the engine needs of the world that runs components. */
export interface Host {
  component(name: string): HostedComponent | undefined;
  /** Everything of the context but the props. Throws a StepError when the credential cannot be had. */
  context(component: Component, invocation: Invocation): Omit<ComponentContext, 'props'>;
  /** Takes known secrets out of a JSON text before it becomes a run's data. */
  redact(text: string, credential: string | undefined): string;
}

/** The rates of credentials, which all runs of all processes share. */
export interface CredentialRates {
  /** Asks for one use now; see `UseWish`. Undefined: the credential has no rate, and nothing was asked. */
  take(credential: string, waited: boolean): Promise<Allowance> | undefined;
}

/** Where no credential has a rate. */
export const NO_RATES: CredentialRates = { take: () => undefined };

/** What is known of the uses of credentials, over all processes. */
export interface UseBook {
  /** Decides and counts in one go; see `allow`. */
  take(credential: string, rate: UseRate, waited: boolean): Promise<Allowance>;
  /** Counts one more use without asking. */
  charge(credential: string, rate: UseRate): Promise<void>;
  /** Nobody may use the credential for so long. */
  hold(credential: string, rate: UseRate, forMs: number): Promise<void>;
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls back after `ms`; the result cancels. */
  after(ms: number, callback: () => void): () => void;
  /** 0 (inclusive) to 1, for jitter only: nothing a flow can see comes from here. */
  random(): number;
}

/** A claimed run with what its runner needs to walk it. */
export interface ClaimedWork {
  readonly run: ClaimedRun;
  readonly event: EventRecord;
  /** In the order of attempts; empty on the first claim. */
  readonly journal: readonly StepRow[];
}

/** How runs reach a runner. Every method is a compare-and-set: a run is handed to one claim at a time. */
export interface RunClaims {
  /** Claims those of `ids` that are still queued, `limit` at the most. */
  claim(runner: string, ids: readonly string[], limit: number): Promise<ClaimedWork[]>;
  /** Claims what is due: waits and retries whose time has come, and queued runs whose hint was lost. */
  claimDue(runner: string, limit: number): Promise<ClaimedWork[]>;
  /**
   * Claims what waits for the rates of its flows, in the order in which it came, as far as they have room: of a flow never more
   * begin within its period than its rate says, whoever claims them.
   */
  claimPaced(runner: string, limit: number): Promise<PacedWork>;
  /** Claims runs of low priority before they are due, for whoever has nothing else to do. */
  claimEarly(runner: string, limit: number): Promise<ClaimedWork[]>;
  /** Milliseconds until the next run becomes due, whoever wrote it down; not above 0 when one is. Undefined: none will by itself. */
  dueIn(): Promise<number | undefined>;
}

/** What a claim by rate brings. */
export interface PacedWork {
  readonly works: readonly ClaimedWork[];
  /** In how many milliseconds there may be room for more; undefined where nobody waits for a rate. */
  readonly nextInMs: number | undefined;
}

/** One claim of one run, without its runner. */
export interface HeldClaim {
  readonly runId: string;
  readonly claim: number;
}

/** Who is alive. A runner's lease covers all the runs it holds. */
export interface RunnerLeases {
  /** Begins a lease of `ttlMs` under a name that was never used before. */
  register(runner: string, ttlMs: number): Promise<void>;
  /** Renews the lease for `ttlMs` from now; false when it had expired, for then its runs may belong to others. */
  renew(runner: string, ttlMs: number): Promise<boolean>;
  /**
   * Gives back the runs of every runner whose lease expired and counts the crash: one more where the journal did not
   * grow under this claim, else the first. Returns how many.
   */
  reclaimExpired(): Promise<number>;
  /** Gives back runs whose runner has no lease at all: its accept committed after it was given up. Returns how many. */
  reclaimOrphans(): Promise<number>;
  /** Ends the leases of runners known to be dead at once, instead of waiting for them to expire. */
  expireDead(isDead: (runnerName: string) => boolean): Promise<void>;
  /** Gives back claims that this runner holds in the store but not in fact; costs the runs no crash. */
  giveBack(runner: string, claims: readonly HeldClaim[]): Promise<void>;
  /** The claims that the store says this runner holds. */
  held(runner: string): Promise<HeldClaim[]>;
  /** Ends the lease; whatever is still held goes back to the queue. */
  retire(runner: string): Promise<void>;
}

/**
 * A place in a runner of this process, so that an accept can insert its run already claimed. The front door takes
 * one before the commit and either starts it after the commit or releases it.
 */
export interface BirthClaims {
  /** Undefined when no slot is free or older runs wait. */
  reserve(runId: string): Reservation | undefined;
  /** Something became due: the runner looks now rather than at its next round. */
  ring(): void;
}

export interface Reservation {
  readonly runner: string;
  /** The run is committed and claimed: walk it. `trigger` spares parsing the body again. */
  start(work: ClaimedWork, trigger: TriggerView): void;
  /** The run was certainly not committed. */
  release(): void;
  /** Whether the run was committed is not known: the place is given back, and the store is searched for the run soon. */
  doubt(): void;
}

/** Tells runners elsewhere that runs are waiting. Ids only; losing a hint loses nothing. */
export interface RunHints {
  offer(runIds: readonly string[]): Promise<void>;
}
