import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventView, RunView, StepView } from '../../control-api/index.js';
import { appendCase } from './append.js';
import { caseFromRun } from './from-run.js';

const ID = '01920f7a-5c1e-7cc3-98c4-dc0c0c07398f';
const AT = '2026-01-02T03:04:05.000Z';

function step(part: Partial<StepView>): StepView {
  const attempt = { attempt: 1, status: 'succeeded', startedAt: AT, finishedAt: AT, durationMs: 0, error: null } as const;
  const times = {
    startedAt: AT,
    finishedAt: AT,
    retryAt: null,
    resumeAt: null,
    rateOf: null,
    resumeUrl: null,
    passedOver: null,
    question: null,
  };
  return {
    path: 'send',
    kind: 'use',
    status: 'succeeded',
    attempts: 1,
    attemptLog: [attempt],
    input: null,
    output: null,
    inputFile: null,
    outputFile: null,
    given: null,
    large: [],
    error: null,
    ...times,
    ...part,
  };
}

const run = (steps: StepView[], part: Partial<RunView> = {}): RunView =>
  ({ id: ID, flowId: 'orders', status: 'succeeded', error: null, steps, ...part }) as RunView;

const event = (part: Partial<EventView> = {}): EventView =>
  ({
    receivedAt: AT,
    method: 'POST',
    url: '/flows/orders/hook',
    headers: {},
    body: { kind: 'parsed', value: { a: 1 } },
    ...part,
  }) as EventView;

const failedWith = (attempt: number, code: string): StepView['attemptLog'][number] => ({
  attempt,
  status: 'failed',
  startedAt: AT,
  finishedAt: AT,
  durationMs: 0,
  error: { code, message: 'no' },
});

describe('a case made of a run', () => {
  it('has resume URLs as a test gives them, and nobody can answer by what it says', () => {
    const url = `https://flows.example/base/resume/${ID}/each%5B2%5D.approval/b8PB_x-9`;
    const { made } = caseFromRun(run([step({ input: { text: `Here: ${url}?` }, output: [url] })]), event(), 'x');
    const given = 'https://millrace.test/resume/each[2].approval';
    expect(made.expect.steps).toMatchObject({ send: { input: { text: `Here: ${given}?` } } });
    expect(made.replies).toEqual({ send: { output: [given] } });
  });

  it('has what steps did in the items of loops, and says of which that was not kept', () => {
    const steps = [
      step({ path: 'each[0].post', output: { id: 1 } }),
      step({ path: 'each[0]', kind: 'item' }),
      step({ path: 'each[1]', kind: 'item' }),
    ];
    const { made, left } = caseFromRun(run(steps), event(), 'x');
    expect(made.replies).toEqual({ 'each[0].post': { output: { id: 1 } } });
    expect(left).toEqual(['What steps did in each[1] was not kept; add replies for them, such as `each[*].post`.']);
  });

  it('has its event, what its components gave, and how it went', () => {
    const steps = [
      step({ path: 'send', input: { to: 'x' }, output: { id: 1 } }),
      step({ path: 'big', kind: 'if', output: { branch: 'then' } }),
      step({ path: 'kind', kind: 'switch', output: { case: -1 } }),
      step({ path: 'approval', kind: 'wait', output: { ok: true } }),
      step({ path: 'nap', kind: 'wait', output: { until: AT } }),
      step({ path: 'left', kind: 'when', status: 'skipped' }),
    ];
    const headers = { 'x-kind': 'a', 'x-forwarded-for': '1.2.3.4', cookie: 'c' };
    expect(caseFromRun(run(steps), event({ headers, url: '/flows/orders/hook?q=1' }), 'as it was')).toEqual({
      made: {
        name: 'as it was',
        now: AT,
        event: { headers: { 'x-kind': 'a' }, query: { q: '1' }, body: { a: 1 } },
        replies: { send: { output: { id: 1 } } },
        resume: { approval: { ok: true } },
        expect: {
          run: 'succeeded',
          steps: {
            send: { status: 'succeeded', input: { to: 'x' } },
            big: { branch: 'then' },
            kind: { branch: 'default' },
            left: { status: 'skipped' },
          },
        },
      },
      left: [],
    });
  });

  it('fails its attempts as they failed', () => {
    const attemptLog = [failedWith(1, 'http.503'), failedWith(2, 'network.refused'), failedWith(3, 'timeout')];
    const error = { code: 'timeout', message: 'no', step: 'send' };
    const { made } = caseFromRun(
      run([step({ status: 'failed', attempts: 3, attemptLog, error })], { status: 'failed', error }),
      event(),
      'x',
    );
    expect(made.replies).toEqual({ send: [{ status: 503 }, { error: 'refused' }, { error: 'timeout' }] });
    expect(made.expect).toMatchObject({
      run: 'failed',
      error: { code: 'timeout', step: 'send' },
      steps: { send: { attempts: 3, status: 'failed' } },
    });
  });

  it('says what it does not have', () => {
    const { left } = caseFromRun(
      run([step({ path: 'each[0]', kind: 'item' }), step({ path: 'sub', kind: 'call' })]),
      event({ body: { kind: 'large', value: null } }),
      'x',
    );
    expect(left.map((sentence) => sentence.split(' ').slice(0, 3).join(' '))).toEqual([
      'The body of',
      'What steps did',
      'Called flows are',
    ]);
  });
});

describe('adding a case to a file', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millrace-cases-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const one = { name: 'new', expect: {} };

  it('makes the file, and leaves comments and other cases alone', async () => {
    const path = join(folder, 'a.cases.json');
    await appendCase(path, one);
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual([one]);
    await writeFile(path, '[\n  // ours\n  { "name": "old", "expect": {} }\n]\n');
    await appendCase(path, one);
    const text = await readFile(path, 'utf8');
    expect(text).toContain('  // ours\n  { "name": "old", "expect": {} }');
    expect(JSON.parse(text.replace('// ours', ''))).toEqual([{ name: 'old', expect: {} }, one]);
  });

  it('changes nothing where the name is taken or the file is no list', async () => {
    const path = join(folder, 'a.cases.json');
    await appendCase(path, one);
    const before = await readFile(path, 'utf8');
    await expect(appendCase(path, one)).rejects.toThrow('--name');
    expect(await readFile(path, 'utf8')).toBe(before);
    await writeFile(path, '{}');
    await expect(appendCase(path, one)).rejects.toThrow('no list of cases');
  });
});
