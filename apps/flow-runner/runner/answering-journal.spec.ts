import type { ClaimedRun, Journal, RunResult, StepRow } from '@millrace/engine';
import { answeringJournal } from './answering-journal.js';

const run: ClaimedRun = {
  id: 'run-1',
  flowId: 'orders',
  version: 1,
  eventId: 'event-1',
  lease: { runner: 'r', claim: 1 },
  startedAt: 0,
  crashes: 0,
  awaited: true,
};
const response = { status: 201, body: 1 };
const row: StepRow = { path: 'reply', attempt: 1, status: 'succeeded', kind: 'respond', startedAt: 0, finishedAt: 0, output: response };

/** What callers are told by a journal that keeps, or refuses, everything. */
function told(kept = true): { journal: Journal; calls: unknown[][] } {
  const calls: unknown[][] = [];
  const keeps = (): Promise<boolean> => Promise.resolve(kept);
  const inner: Journal = { record: keeps, suspend: keeps, finish: keeps, items: () => Promise.resolve([]) };
  const journal = answeringJournal(inner, {
    tell: (...parts) => void calls.push(parts),
    ring: (runId) => Promise.resolve(void calls.push([runId])),
  });
  return { journal, calls };
}

describe('callers are told', () => {
  it('of the answer of a step, once it is committed', async () => {
    const { journal, calls } = told();
    await journal.record(run, { rows: [{ ...row, kind: 'use' }, row], drops: [] });
    await journal.record(run, { rows: [{ ...row, status: 'skipped' }], drops: [] });
    expect(calls).toEqual([['run-1', 'step', { kind: 'response', response }]]);
  });

  it.each<[RunResult, unknown[]]>([
    [{ status: 'succeeded', output: null }, ['run-1', 'end', { kind: 'end', status: 'succeeded', output: null }]],
    [{ status: 'filtered' }, ['run-1', 'end', { kind: 'end', status: 'filtered' }]],
    [{ status: 'failed', response }, ['run-1', 'end', { kind: 'response', response }]],
    // It may have answered before, which who ends it without walking it does not know.
    [{ status: 'failed', error: { code: 'x', message: 'x' } }, ['run-1']],
  ])('of the end %j', async (result, expected) => {
    const { journal, calls } = told();
    expect(await journal.finish(run, { rows: [], drops: [] }, result)).toBe(true);
    expect(calls).toEqual([expected]);
  });

  it('nothing of what was not kept, nor of runs that nobody awaits', async () => {
    const lost = told(false);
    await lost.journal.record(run, { rows: [row], drops: [] });
    await lost.journal.finish(run, { rows: [], drops: [] }, { status: 'succeeded' });
    const { journal, calls } = told();
    await journal.record({ ...run, awaited: false }, { rows: [row], drops: [] });
    await journal.finish({ ...run, awaited: false }, { rows: [], drops: [] }, { status: 'succeeded' });
    expect([...lost.calls, ...calls]).toEqual([]);
  });
});
