import type { ClaimedRun, Journal, StepRow } from '@millrace/engine';
import { measuredJournal } from './measured-journal.js';

const run: ClaimedRun = {
  id: 'r',
  flowId: 'orders',
  version: 1,
  eventId: 'e',
  lease: { runner: 'r', claim: 1 },
  startedAt: 1_000,
  crashes: 0,
};
const row: StepRow = { path: 'post', attempt: 1, status: 'succeeded', kind: 'use', startedAt: 1_000, finishedAt: 1_250 };

function counted(kept = true): { journal: Journal; counts: unknown[][] } {
  const counts: unknown[][] = [];
  const keeps = (): Promise<boolean> => Promise.resolve(kept);
  const inner: Journal = { record: keeps, suspend: keeps, finish: keeps, items: () => Promise.resolve([]) };
  const journal = measuredJournal(
    inner,
    { attempted: (...parts) => void counts.push(['attempt', ...parts]), ended: (...parts) => void counts.push(['end', ...parts]) },
    { now: () => 3_000 },
  );
  return { journal, counts };
}

describe('a measured journal', () => {
  it('counts the attempts of component steps, and ends', async () => {
    const { journal, counts } = counted();
    await journal.record(run, { rows: [{ ...row, kind: 'if' }, { ...row, status: 'started' }, row], drops: [] });
    await journal.suspend(run, { rows: [{ ...row, status: 'retrying' }], drops: [] }, 5_000);
    await journal.finish(run, { rows: [{ ...row, status: 'failed' }], drops: [] }, { status: 'failed' });
    expect(counts).toEqual([
      ['attempt', 'orders', 'succeeded', 250],
      ['attempt', 'orders', 'retrying', 250],
      ['attempt', 'orders', 'failed', 250],
      ['end', 'orders', 'failed', 2_000],
    ]);
  });

  it('does not count what was refused because the claim was lost', async () => {
    const { journal, counts } = counted(false);
    expect(await journal.record(run, { rows: [row], drops: [] })).toBe(false);
    expect(await journal.finish(run, { rows: [row], drops: [] }, { status: 'succeeded' })).toBe(false);
    expect(counts).toEqual([]);
  });

  it.each([{ test: true }, { dry: true }])('does not count what only tries (%j)', async (kind) => {
    const { journal, counts } = counted();
    await journal.finish({ ...run, ...kind }, { rows: [row], drops: [] }, { status: 'succeeded' });
    expect(counts).toEqual([]);
  });
});
