import type { Acceptance, EventStore } from '../accept.js';
import type { Json } from '@millrace/component-sdk';
import type { Calls, ClaimedWork, Entry, Journal, Resumptions, RunClaims, RunnerLeases } from '../ports.js';
import type { ErrorRecord, EventRecord, RunEnd, StepKey, StepRow } from '../records.js';

/** What a suite needs of a store beside its ports: to see what is kept. */
export interface StoreUnderTest {
  readonly events: EventStore;
  readonly journal: Journal;
  readonly claims: RunClaims;
  readonly leases: RunnerLeases;
  activeRun(id: string): Promise<ActiveRun | undefined>;
  endOf(id: string): Promise<{ readonly status: RunEnd; readonly error?: ErrorRecord } | undefined>;
  event(id: string): Promise<EventRecord | undefined>;
  rowsOf(runId: string): Promise<StepRow[]>;
}

/** What the suite of Calls needs beside that. */
export interface CallStore extends StoreUnderTest {
  readonly calls: Calls;
  /** Makes version 1 of a flow one that may be called. */
  callable(flowId: string): Promise<void>;
}

/** What the suite of Resumptions needs beside that. */
export interface ResumptionStore extends StoreUnderTest {
  readonly resumptions: Resumptions;
  /** What the front door does with a verified request that resumes a step. */
  resume(runId: string, path: string, body: Json): Promise<void>;
}

export interface ActiveRun {
  readonly status: string;
  readonly claim: number;
  readonly crashes: number;
}

/** Opens an empty store before each test. */
export type OpenStore = () => Promise<StoreUnderTest>;
export type OpenCallStore = () => Promise<CallStore>;
export type OpenResumptionStore = () => Promise<ResumptionStore>;

export function entry(rows: readonly StepRow[], drops: readonly StepKey[] = []): Entry {
  return { rows, drops };
}

let counter = 0;

/** UUIDv7 by its layout (RFC 9562, section 5.7), in the order of the calls. */
export function newId(at = Date.now()): string {
  counter += 1;
  const time = at.toString(16).padStart(12, '0');
  const rest = counter.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${rest}`;
}

export function eventOf(flowId = 'contract', parts: Partial<EventRecord> = {}): EventRecord {
  return {
    id: newId(),
    flowId,
    receivedAt: Date.now(),
    method: 'POST',
    url: `/flows/${flowId}/hook`,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from('{}'),
    ...parts,
  };
}

/** An event with a queued run. */
export function queued(parts: Partial<Acceptance> = {}): Acceptance & { readonly run: NonNullable<Acceptance['run']> } {
  return { event: eventOf(), run: { id: newId(), version: 1, status: 'queued' }, ...parts } as ReturnType<typeof queued>;
}

export function useRow(path: string, parts: Partial<StepRow> = {}): StepRow {
  const now = Date.now();
  return {
    path,
    attempt: 1,
    kind: 'use',
    status: 'succeeded',
    startedAt: now,
    finishedAt: now,
    input: { a: 1 },
    output: { b: [null, 'x'] },
    ...parts,
  };
}

/** Registers a runner with a lease that lasts. */
export async function newRunner({ leases }: StoreUnderTest, ttlMs = 60_000): Promise<string> {
  const runner = newId();
  await leases.register(runner, ttlMs);
  return runner;
}

/** Accepts one queued run and claims it. */
export async function claimedRun(store: StoreUnderTest, runner: string): Promise<ClaimedWork> {
  const acceptance = queued();
  await store.events.accept(acceptance);
  const [work] = await store.claims.claim(runner, [acceptance.run.id], 1);
  if (!work) throw new Error('a queued run was not claimed');
  return work;
}

/** The claim of a run that is waiting or queued again. */
export async function claimAgain({ claims }: StoreUnderTest, runner: string, runId: string): Promise<ClaimedWork> {
  const works = await claims.claimDue(runner, 1_000);
  const work = works.find(({ run }) => run.id === runId);
  if (!work) throw new Error('a due run was not claimed');
  return work;
}
