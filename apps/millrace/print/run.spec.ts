import type { RunView } from '../../control-api/index.js';
import { runDetails, runTable } from './run.js';

const NOW = Date.parse('2026-01-01T00:10:00.000Z');
const RUN = '01920f7a-5c1e-7cc3-98c4-dc0c0c07398f';
const error = { code: 'http.503', message: 'api.example answered 503. Try later.', step: 'send', blame: 'remote' as const };

function run(part: Partial<RunView> = {}): RunView {
  return {
    id: RUN,
    flowId: 'hello',
    version: 3,
    eventId: '01920f7a-5c1e-7cc3-98c4-dc0c0c07398e',
    status: 'succeeded',
    createdAt: '2026-01-01T00:00:00.000Z',
    startedAt: '2026-01-01T00:00:00.000Z',
    finishedAt: '2026-01-01T00:00:01.250Z',
    resumeAt: null,
    parent: null,
    rerunOf: null,
    dry: false,
    test: false,
    lane: null,
    held: false,
    pace: null,
    resolution: null,
    error: null,
    collected: null,
    steps: [],
    ...part,
  };
}

const step: RunView['steps'][number] = {
  path: 'send',
  kind: 'use',
  status: 'failed',
  attempts: 2,
  large: [],
  attemptLog: [
    { attempt: 1, status: 'failed', startedAt: '2026-01-01T00:00:00.000Z', finishedAt: null, durationMs: 100, error },
    { attempt: 2, status: 'failed', startedAt: '2026-01-01T00:00:02.000Z', finishedAt: null, durationMs: 200, error },
  ],
  input: { url: 'https://api.example', text: 'x'.repeat(2_000) },
  output: null,
  inputFile: null,
  outputFile: null,
  given: null,
  error,
  startedAt: '2026-01-01T00:00:00.000Z',
  finishedAt: '2026-01-01T00:00:02.200Z',
  retryAt: null,
  resumeAt: null,
  rateOf: null,
  resumeUrl: null,
};

describe('the list of runs', () => {
  it('names the failing step and a short cause', () => {
    const failed = run({ status: 'failed', error: { ...error, message: 'a'.repeat(500) } });
    const [, line = ''] = runTable({ items: [failed] }, NOW).split('\n');
    expect(line).toMatch(/^✗ failed +01920f7a\S+ +hello +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +1\.2 s +send: http\.503 a+…$/);
    expect(line.length).toBeLessThan(190);
  });

  it('counts the time of a run that still goes on up to now', () => {
    expect(runTable({ items: [run({ status: 'running', finishedAt: null })] }, NOW)).toContain('10 min 0 s');
  });

  it('keeps its columns under each other', () => {
    const lines = runTable({ items: [run(), run({ status: 'filtered', flowId: 'a-longer-name' })] }, NOW).split('\n');
    expect(new Set(lines.map((line) => [...line].join('').search(/20\d\d-|ARRIVED/))).size).toBe(1);
  });
});

describe('the details of a run', () => {
  it('tell what failed, every attempt, and what to do next', () => {
    const text = runDetails(run({ status: 'failed', error, steps: [step] }), NOW);
    expect(text).toContain('✗ failed  hello, version 3');
    expect(text).toMatch(/✗ failed +send \(use\) 2 attempts, 2\.2 s/);
    expect(text).toMatch(/1\. .* failed after 100 ms: http\.503/);
    expect(text).toMatch(/2\. .* failed after 200 ms: http\.503/);
    expect(text).toContain('The run failed at send: api.example answered 503. Try later.');
    expect(text).toContain(`then run it again from there: millrace rerun ${RUN}`);
  });

  it('say who called it, and whose its failure is', () => {
    const parent = '01920f7a-5c1e-7cc3-98c4-dc0c0c073981';
    expect(runDetails(run({ parent }), NOW).split('\n')).toContain(`  called   by run ${parent}`);
    const failed = run({ parent, status: 'failed', error, resolution: 'caller' });
    expect(runDetails(failed, NOW).split('\n')).toContain(`  called   by run ${parent}, which was told of the failure`);
  });

  it('say why a failure that may pass was not tried again, and what would change that', () => {
    const text = runDetails(run({ status: 'failed', error: { ...error, unsafeToRepeat: true } }), NOW);
    expect(text).toMatch(/not tried again by itself: the step may have taken effect.*name http\.503 in "on" of its retry\.\nNext: see/);
    expect(text).not.toContain('a longer retry');
  });

  it('say that a run repeats another one, and that nothing was done outside', () => {
    const text = runDetails(run({ rerunOf: '01920f7a-5c1e-7cc3-98c4-dc0c0c073980', dry: true }), NOW);
    expect(text).toContain('  re-run   of 01920f7a-5c1e-7cc3-98c4-dc0c0c073980\n  dry run  components');
  });

  it('cut long values short', () => {
    const longest = Math.max(
      ...runDetails(run({ steps: [step] }), NOW)
        .split('\n')
        .map((line) => line.length),
    );
    expect(longest).toBeLessThan(330);
  });

  it('tell what holds a run, and how it goes on', () => {
    const text = runDetails(run({ status: 'queued', held: true }), NOW);
    expect(text).toContain('The run is held, because its flow is paused: millrace resume hello lets it go on.');
  });

  it('tell when a waiting run goes on', () => {
    expect(runDetails(run({ status: 'waiting', resumeAt: '2026-01-01T01:00:00.000Z' }), NOW)).toMatch(/waits, until \d{4}-/);
  });

  it('let no text from outside steer the terminal', () => {
    const evil = { ...error, message: '\u001b[2J\u001b]0;title\u0007\r\nfake line\u202e' };
    const text = runDetails(run({ status: 'failed', error: evil, steps: [{ ...step, error: evil, input: '\u001b[31m' }] }), NOW);
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u202e]/);
    expect(text).not.toMatch(/^fake line/m);
  });
});
