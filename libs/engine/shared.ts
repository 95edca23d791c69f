import { defaultLimits, type Limits } from './limits.js';
import { NO_RATES, type Calls, type Clock, type CredentialRates, type Host, type Journal, type Resumptions } from './ports.js';
import type { Plan } from './plan.js';
import { Progress } from './progress.js';
import type { ClaimedRun, FlowResponse, StepRow, TriggerView } from './records.js';
import { isResponse } from './steps/respond.js';
import { Strands } from './strands.js';

/** Everything one slice of a run needs: its plan, what the trigger gave, and what is journalled so far. */
export interface Slice {
  readonly run: ClaimedRun;
  readonly plan: Plan;
  readonly trigger: TriggerView;
  readonly journal: readonly StepRow[];
  /** Its signal aborts when the run must be given up at once, because its lease is lost or the process is out of time. */
  readonly giveUp: { readonly signal: AbortSignal };
  /** True when the run should be handed over at the next step boundary. */
  shouldYield(): boolean;
}

export interface WalkPorts {
  readonly journal: Journal;
  readonly host: Host;
  readonly clock: Clock;
  readonly calls: Calls;
  readonly resumptions: Resumptions;
  readonly rates?: CredentialRates;
  readonly limits?: Limits;
  /** Told of every row as it is noted, also of those that never reach the journal because another row says what they say. */
  noted?(row: StepRow): void;
}

/** What all strands of a slice share. */
export interface Shared {
  readonly run: ClaimedRun;
  readonly host: Host;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly calls: Calls;
  readonly resumptions: Resumptions;
  readonly rates: CredentialRates;
  limits: Limits;
  readonly progress: Progress;
  readonly strands: Strands;
  readonly giveUp: { readonly signal: AbortSignal };
  shouldYield(): boolean;
  readonly noted: ((row: StepRow) => void) | undefined;
  /** Falls to 0 as soon as a component step is journalled. */
  crashes: number;
  /** Steps that were journalled, to hold against the limit. */
  steps: number;
  /** What they were given and gave, the same way. */
  bytes: number;
  /** What a `respond` step gave. */
  response: FlowResponse | undefined;
}

/** What a slice begins with. */
export function sharedBy(slice: Slice, ports: WalkPorts): Shared {
  const { run, journal: rows, giveUp } = slice;
  const progress = new Progress(run, ports.journal, rows);
  return {
    run,
    host: ports.host,
    clock: ports.clock,
    journal: ports.journal,
    calls: ports.calls,
    resumptions: ports.resumptions,
    rates: ports.rates ?? NO_RATES,
    limits: ports.limits ?? defaultLimits,
    progress,
    strands: new Strands(ports.clock),
    giveUp,
    noted: ports.noted,
    shouldYield: () => slice.shouldYield(),
    crashes: run.crashes,
    ...progress.began,
    response: responseIn(rows),
  };
}

/** A run answers once: the rows of later `respond` steps are not `succeeded`. */
function responseIn(rows: readonly StepRow[]): Shared['response'] {
  const row = rows.find(isResponse);
  return row && (row.output as unknown as FlowResponse);
}
