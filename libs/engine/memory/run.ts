import type { Json } from '@millrace/component-sdk';
import type { NewRun } from '../accept.js';
import type { ClaimedRun, ErrorRecord, EventRecord, RunEnd } from '../records.js';

/** How long a queued run waits for its hint before it counts as due. */
export const HINT_GRACE_MS = 5_000;

/** By how much later than others runs are due. */
const SHIFT_MS = { high: -60_000, low: 60_000 } as const;

/** An active run as the store keeps it. */
export interface MemoryRun {
  readonly id: string;
  readonly eventId: string;
  readonly flowId: string;
  readonly version: number;
  status: 'queued' | 'running' | 'waiting' | 'held' | 'behind' | 'paced';
  runner: string | undefined;
  claim: number;
  dueAt: number | undefined;
  startedAt: number | undefined;
  crashes: number;
  journalRows: number;
  journalRowsAtClaim: number;
  /** Something the run may wait for has come since its claim. */
  woken: boolean;
  readonly depth: number;
  /** The run to be woken by this one's end. */
  readonly caller: string | undefined;
  /** Called by a test. */
  test: boolean;
}

/** How a run ended, as the store keeps it. */
export interface MemoryEnd {
  readonly status: RunEnd;
  readonly error: ErrorRecord | undefined;
  readonly output?: Json;
}

/** An active run as it is when it is stored. */
export function newborn(
  event: EventRecord,
  flowId: string,
  { id, version, status, lease, priority }: NewRun,
  call: Pick<MemoryRun, 'depth' | 'caller' | 'test'> = { depth: 0, caller: undefined, test: false },
): MemoryRun {
  return {
    id,
    eventId: event.id,
    flowId,
    version,
    status: status as MemoryRun['status'],
    runner: lease?.runner,
    claim: lease?.claim ?? 0,
    dueAt: status === 'queued' ? event.receivedAt + HINT_GRACE_MS + (priority ? SHIFT_MS[priority] : 0) : undefined,
    startedAt: status === 'running' ? event.receivedAt : undefined,
    crashes: 0,
    journalRows: 0,
    journalRowsAtClaim: 0,
    woken: false,
    ...call,
  };
}

/** Gives the run to a runner, and says what that is told of it. */
export function claimed(run: MemoryRun, { runner, now, laned }: { runner: string; now: number; laned: boolean }): ClaimedRun {
  const { id, flowId, version, eventId, crashes, depth } = run;
  const startedAt = run.startedAt ?? now;
  const claim = run.claim + 1;
  Object.assign(run, { status: 'running', runner, claim, dueAt: undefined, startedAt, journalRowsAtClaim: run.journalRows, woken: false });
  const awaited = run.caller !== undefined;
  return {
    id,
    flowId,
    version,
    eventId,
    crashes,
    startedAt,
    lease: { runner, claim },
    depth,
    awaited,
    laned,
    ...(run.test && { test: true }),
  };
}
