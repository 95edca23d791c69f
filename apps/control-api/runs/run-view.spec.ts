import type { StepRow } from '@millrace/engine';
import type { RunSummary } from '@millrace/postgres';
import { runView } from './run-view.js';

const RUN: RunSummary = {
  id: '01920f7a-5c1e-7cc3-98c4-dc0c0c07398f',
  flowId: 'hello',
  version: 1,
  eventId: '01920f7a-5c1e-7cc3-98c4-dc0c0c07398e',
  status: 'running',
  createdAt: '2026-01-01T00:00:00.000Z',
  startedAt: null,
  finishedAt: null,
  resumeAt: null,
  parent: null,
  rerunOf: null,
  dry: false,
  test: false,
  resolution: null,
  error: null,
};

const failure = { code: 'http.503', message: 'The other side is busy.' };

function row(part: Partial<StepRow>): StepRow {
  return { path: 'send', attempt: 1, status: 'succeeded', kind: 'use', startedAt: 1_000, finishedAt: 1_250, ...part };
}

describe('the view of a run', () => {
  it('has one entry per step, with the latest attempt on top and all attempts below', () => {
    const { steps } = runView(RUN, [
      row({ attempt: 2, startedAt: 3_000, finishedAt: 3_100, input: { n: 2 }, output: 'done' }),
      row({ attempt: 1, status: 'retrying', error: failure, retryAt: 3_000, input: { n: 1 } }),
    ]);
    expect(steps).toHaveLength(1);
    expect(steps[0]).toMatchObject({ path: 'send', status: 'succeeded', attempts: 2, input: { n: 2 }, output: 'done', error: null });
    expect(steps[0]).toMatchObject({ startedAt: '1970-01-01T00:00:01.000Z', finishedAt: '1970-01-01T00:00:03.100Z', retryAt: null });
    expect(steps[0]?.attemptLog).toEqual([
      expect.objectContaining({ attempt: 1, status: 'failed', durationMs: 250, error: failure }),
      expect.objectContaining({ attempt: 2, status: 'succeeded', durationMs: 100, error: null }),
    ]);
  });

  it('lists steps in the order in which they began, a decision before what it decided in the same millisecond', () => {
    const rows = [
      row({ path: 'inner', startedAt: 5, finishedAt: 9 }),
      row({ path: 'branch', kind: 'if', startedAt: 5, finishedAt: 5 }),
      row({ path: 'first', startedAt: 1, finishedAt: 5 }),
    ];
    expect(runView(RUN, rows).steps.map(({ path }) => path)).toEqual(['first', 'branch', 'inner']);
  });

  it('says when a step that failed is tried again', () => {
    const { steps } = runView({ ...RUN, status: 'waiting' }, [row({ status: 'retrying', error: failure, retryAt: 9_000 })]);
    expect(steps[0]).toMatchObject({ status: 'retrying', error: failure, retryAt: '1970-01-01T00:00:09.000Z' });
  });

  it('shows a step with steps inside that is tried again by its attempts, and what is inside by the newest one', () => {
    const tries = (attempt: number, status: StepRow['status'], part: Partial<StepRow> = {}): StepRow =>
      row({ path: 'both~tries', kind: 'tries', attempt, status, startedAt: attempt * 10_000 - 9_500, ...part });
    const rows = [
      row({ path: 'both', kind: 'if', startedAt: 600, output: { branch: 'then' } }),
      row({ path: 'send', error: failure, status: 'failed' }),
      tries(1, 'retrying', { error: failure, finishedAt: 1_250, retryAt: 10_500 }),
    ];
    const waiting = runView({ ...RUN, status: 'waiting' }, rows).steps;
    expect(waiting.map(({ path, status, retryAt }) => [path, status, retryAt])).toEqual([
      ['both', 'retrying', '1970-01-01T00:00:10.500Z'],
      ['send', 'failed', null],
    ]);
    const second = [...rows, row({ path: 'both~2', kind: 'if', startedAt: 10_600 })];
    const going = runView(RUN, [...second, row({ path: 'both~2.send', startedAt: 10_700, status: 'started' })]).steps;
    expect(going.map(({ path, status, attempts }) => [path, status, attempts])).toEqual([
      ['both', 'running', 1],
      ['send', 'running', 2],
    ]);
    const ended = [...second, row({ path: 'both~2.send', startedAt: 10_700 }), tries(2, 'succeeded', { finishedAt: 12_000 })];
    const { steps } = runView({ ...RUN, status: 'succeeded' }, ended);
    expect(steps.map(({ path, status, attempts, error }) => [path, status, attempts, error])).toEqual([
      ['both', 'succeeded', 2, null],
      ['send', 'succeeded', 2, null],
    ]);
    expect(steps[0]?.attemptLog.map(({ attempt, status }) => [attempt, status])).toEqual([
      [1, 'failed'],
      [2, 'succeeded'],
    ]);
  });

  it('shows a try, which has no row of its own, when it was tried again', () => {
    const tries = row({ path: 'safe~tries', kind: 'tries', status: 'failed', attempt: 2, error: failure });
    expect(runView(RUN, [tries]).steps).toMatchObject([{ path: 'safe', kind: 'try', status: 'failed', error: failure }]);
    expect(runView(RUN, [{ ...tries, status: 'started', attempt: 1 }]).steps).toEqual([]);
  });

  it('fails where its time was over, whatever it had decided or begun', () => {
    const failure = { code: 'timeout', message: 'lim and the steps in it took longer than 0.5 seconds.', step: 'lim' };
    const over = row({ path: 'lim~', kind: 'timer', status: 'failed', error: failure, startedAt: 1_000, finishedAt: 1_500 });
    const decided = row({ path: 'lim', kind: 'if', output: { branch: 'then' } });
    const begun = row({ path: 'lim', kind: 'forEach', status: 'started' });
    const [ended] = runView(RUN, [decided, over]).steps;
    expect(ended).toMatchObject({ path: 'lim', kind: 'if', status: 'failed', error: failure, output: { branch: 'then' } });
    expect(ended?.finishedAt).toBe(new Date(1_500).toISOString());
    expect(runView(RUN, [begun, over]).steps).toMatchObject([{ kind: 'forEach', status: 'failed', error: failure }]);
    expect(runView(RUN, [over]).steps).toMatchObject([{ path: 'lim', kind: 'try', status: 'failed', error: failure }]);
    const inTime = { ...over, status: 'succeeded', error: undefined } as StepRow;
    expect(runView(RUN, [decided, inTime]).steps).toMatchObject([{ status: 'succeeded', error: null }]);
    expect(runView(RUN, [decided, { ...inTime, path: 'lim~finally' }]).steps).toMatchObject([{ status: 'succeeded' }]);
  });

  it.each([
    ['retrying', 'failed'],
    ['started', 'interrupted'],
  ] as const)('shows nothing as going on in a run that ended: %s is %s', (stored, shown) => {
    const { steps } = runView({ ...RUN, status: 'cancelled' }, [row({ status: stored, retryAt: 9_000 })]);
    expect(steps[0]).toMatchObject({ status: shown, retryAt: null });
  });

  it('ends a wait with the run that was cancelled meanwhile, and keeps what nobody answered', () => {
    const ended = { ...RUN, status: 'cancelled', finishedAt: '1970-01-01T00:01:01.000Z' } as const;
    const [asking, waiting, done, underway] = runView(ended, [
      row({ path: 'ok', kind: 'wait', status: 'waiting', input: { title: 'Well?' }, resumeAt: 9_000_000 }),
      row({ path: 'nap', kind: 'wait', status: 'waiting', startedAt: 1_001, resumeAt: 9_000_000 }),
      row({ path: 'was', kind: 'wait', startedAt: 1_002, input: { title: 'Well?' }, output: { answer: 'yes' } }),
      row({ path: 'send', status: 'started', startedAt: 1_003 }),
    ]).steps;
    const over = { status: 'interrupted', finishedAt: ended.finishedAt, resumeAt: null, resumeUrl: null };
    expect(asking).toMatchObject({ ...over, question: { title: 'Well?', text: null } });
    expect(asking?.attemptLog).toMatchObject([{ status: 'interrupted', finishedAt: ended.finishedAt, durationMs: 60_000 }]);
    expect(waiting).toMatchObject({ ...over, question: null });
    expect(done).toMatchObject({ status: 'succeeded', question: null });
    expect(underway).toMatchObject({ status: 'interrupted', finishedAt: null });
  });

  it('shows a wait that was given up as ended, with what nobody answered', () => {
    const givenUp = row({ path: 'ok', kind: 'wait', status: 'skipped', input: { title: 'Well?' }, finishedAt: 2_000, resumeAt: 9_000_000 });
    const { steps } = runView(RUN, [givenUp, row({ path: 'no', kind: 'wait', status: 'skipped', startedAt: 1_001 })]);
    expect(steps[0]).toMatchObject({
      status: 'interrupted',
      finishedAt: '1970-01-01T00:00:02.000Z',
      question: { title: 'Well?' },
      resumeAt: null,
    });
    expect(steps[1]).toMatchObject({ status: 'skipped' });
  });

  it('gives a step in flight no end', () => {
    const { steps } = runView(RUN, [row({ status: 'started' })]);
    expect(steps[0]).toMatchObject({ status: 'running', finishedAt: null });
    expect(steps[0]?.attemptLog[0]).toMatchObject({ status: 'running', finishedAt: null, durationMs: null });
  });
});
