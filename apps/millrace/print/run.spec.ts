import { inRunOrder } from '@millrace/flow';
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
    waitsFor: null,
    passedOver: 0,
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
  question: null,
  passedOver: null,
};

describe('the list of runs', () => {
  it('names the failing step and a short cause', () => {
    const failed = run({ status: 'failed', error: { ...error, message: 'a'.repeat(500) } });
    const [, line = ''] = runTable({ items: [failed] }, NOW).split('\n');
    expect(line).toMatch(/^✗ failed +01920f7a\S+ +hello +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +1\.2 s +send: http\.503 a+…$/);
    expect(line.length).toBeLessThan(190);
  });

  it.each<[Partial<RunView>, string]>([
    [{}, 'hello'],
    [{ version: 2 }, 'hello (v2)'],
    [{ version: 2, rerunOf: RUN }, 'hello (v2, re-run)'],
    [{ rerunOf: RUN, dry: true }, 'hello (dry run, re-run)'],
    [{ test: true, version: 0 }, 'hello (test)'],
    [{ flowId: 'gone', version: 2 }, 'gone'],
  ])('marks what is special about a run behind its flow: %j', (part, words) => {
    const [, line = ''] = runTable({ items: [run(part)] }, NOW, new Map([['hello', 3]])).split('\n');
    expect(/f \s*(.*?) +\d{4}-/.exec(line)?.[1]).toBe(words);
  });

  it('counts the time of a run that still goes on up to now', () => {
    expect(runTable({ items: [run({ status: 'running', finishedAt: null })] }, NOW)).toContain('10 min 0 s');
  });

  it('says until when a run waits at the latest: what it waits for may come before', () => {
    const waiting = run({ status: 'waiting', finishedAt: null, resumeAt: '2026-01-01T01:00:00.000Z' });
    expect(runTable({ items: [waiting] }, NOW)).toMatch(/waits, until \d{4}-\S+ \S+ at the latest$/);
  });

  it('says which step waits, for what and until when', () => {
    const until = '2026-01-01T01:00:00.000Z';
    const line = (waits: Omit<NonNullable<RunView['waitsFor']>, 'others'>, others = 0): string =>
      runTable({ items: [run({ status: 'waiting', finishedAt: null, resumeAt: until, waitsFor: { ...waits, others } })] }, NOW)
        .split(/\d s +|\n/)
        .at(-1)!;
    const time = expect.stringMatching;
    expect(line({ for: 'request', step: 'approval', until })).toEqual(time(/^approval: waits for a request, until \S+ \S+ at the latest$/));
    expect(line({ for: 'time', step: 'nap', until })).toEqual(time(/^nap: waits until \S+ \S+$/));
    expect(line({ for: 'retry', step: 'each[3].send', until })).toEqual(time(/^each\[3\]\.send: is tried again at \S+ \S+$/));
    expect(line({ for: 'call', step: 'sub', until: null })).toBe('sub: waits for the run that it called');
    expect(line({ for: 'call', step: 'sub', until: null }, 2)).toBe('sub: waits for the run that it called, and 2 more');
    expect(line({ for: 'turn', step: null, until: null })).toBe('waits for its turn in line');
  });

  it('says of a run that succeeded how many failures it went on from', () => {
    expect(runTable({ items: [run({ passedOver: 2 })] }, NOW)).toMatch(/✓ succeeded .* 2 failures passed over$/);
    expect(runTable({ items: [run({ passedOver: 1 })] }, NOW)).toMatch(/1 failure passed over$/);
    expect(runTable({ items: [run({ passedOver: null })] }, NOW)).not.toContain('passed over');
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

  it('say who passed over a failure, and where the first of them was', () => {
    const message = 'The flow went on without its output (onError: continue).';
    const over = { ...step, passedOver: { by: 'continue' as const, path: 'send', message } };
    const text = runDetails(run({ passedOver: 2, steps: [over] }), NOW);
    expect(text).toContain(`      then    ${message}`);
    expect(text).toContain('The run succeeded, but 2 failures were passed over, the first at send.');
    expect(runDetails(run({ passedOver: 1, steps: [over] }), NOW)).toContain('but 1 failure was passed over, at send.');
    const answered = { ...over, error: { ...over.error!, details: { responseBody: { hint: 'ask Bob' } } } };
    expect(runDetails(run({ passedOver: 1, steps: [answered] }), NOW)).toContain('\n      reply   {"hint":"ask Bob"}\n');
    expect(text).not.toContain('      reply');
  });

  it('say of a wait that was open when the run was cancelled that it was cancelled too, and for how long it had waited', () => {
    const ended = {
      ...step,
      kind: 'wait',
      status: 'interrupted' as const,
      attempts: 1,
      error: null,
      finishedAt: '2026-01-01T00:01:00.000Z',
    };
    const asked = { ...ended, path: 'approval', question: { title: 'Well?', text: null } };
    const text = runDetails(run({ status: 'cancelled', steps: [asked, ended, { ...ended, path: 'call', finishedAt: null }] }), NOW);
    expect(text).toMatch(/⊘ cancelled +approval \(wait\) never answered, 1 min 0 s$/m);
    expect(text).toMatch(/⊘ cancelled +send \(wait\) 1 min 0 s$/m);
    expect(text).toMatch(/\? interrupted +call \(wait\)$/m);
    expect(text).not.toContain('Answer at');
  });

  it('say who called it, and whose its failure is', () => {
    const parent = '01920f7a-5c1e-7cc3-98c4-dc0c0c073981';
    expect(runDetails(run({ parent }), NOW).split('\n')).toContain(`  called   by run ${parent}`);
    const failed = run({ parent, status: 'failed', error, resolution: 'caller' });
    expect(runDetails(failed, NOW).split('\n')).toContain(`  called   by run ${parent}, which was told of the failure`);
  });

  it('say why a failure that may pass was not tried again, and what would change that', () => {
    const text = runDetails(run({ status: 'failed', error: { ...error, unsafeToRepeat: true } }), NOW);
    expect(text).toMatch(
      /not tried again by itself: the step may have taken effect.*name http\.503 in "on" of its retry\.\nNext: look first whether the step took effect, for a re-run sends another idempotency key; where it did not, see/,
    );
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

  describe('of a loop', () => {
    const items = (count: number, failing: (n: number) => boolean): RunView['steps'] =>
      Array.from({ length: count }, (_, n) => [
        { ...step, attempts: 1, attemptLog: [], error: null, status: 'succeeded' as const, path: `each[${n}].look` },
        {
          ...step,
          attempts: 1,
          attemptLog: [],
          ...(failing(n) ? {} : { error: null, status: 'succeeded' as const }),
          path: `each[${n}].send`,
        },
      ]).flat();
    const shown = (text: string): Set<string> => new Set([...text.matchAll(/each\[(\d+)\]/g)].map(([, n]) => n!));

    it('show the first twenty items that succeeded, and those that failed, in their order, and count the rest', () => {
      const text = runDetails(run({ steps: items(2_000, (n) => n === 700 || n === 1_900) }), NOW);
      expect([...shown(text)]).toEqual([...Array.from({ length: 20 }, (_, n) => String(n)), '700', '1900']);
      expect(text).toContain('\n  … and 1978 more of each that succeeded (millrace runs show ');
    });

    it('show no more than fifty that failed, and say how many more did', () => {
      const text = runDetails(run({ steps: items(300, (n) => n >= 100) }), NOW);
      expect(shown(text).size).toBe(70);
      expect(text).toContain('\n  … and 80 more of each that succeeded, 150 that did not (millrace runs show ');
    });

    it('show what the first three that succeeded did, and of the others that they did', () => {
      const finished = Array.from({ length: 20 }, (_, n) => ({
        ...step,
        error: null,
        status: 'succeeded' as const,
        kind: 'item',
        path: `each[${n}]`,
      }));
      const text = runDetails(run({ steps: inRunOrder([...finished, ...items(20, (n) => n === 9)], ['each', 'look', 'send']) }), NOW);
      expect([...text.matchAll(/each\[(\d+)\]\.look/g)].map(([, n]) => n)).toEqual(['0', '1', '2', '9']);
      expect([...text.matchAll(/each\[(\d+)\] \(item\)/g)].length).toBe(20);
      expect(text).toContain('\n  … and what the steps of 16 items of each did (millrace runs show ');
    });

    it('show everything when that is asked for, and where it is short', () => {
      expect(shown(runDetails(run({ steps: items(300, (n) => n > 100) }), NOW, { all: true })).size).toBe(300);
      const short = runDetails(run({ steps: items(20, () => false) }), NOW);
      expect([shown(short).size, short.includes('--all')]).toEqual([20, false]);
    });
  });

  it('tell what holds a run, and how it goes on', () => {
    const text = runDetails(run({ status: 'queued', held: true }), NOW);
    expect(text).toContain('The run is held, because its flow is paused: millrace resume hello lets it go on.');
  });

  it('tell when a waiting run goes on', () => {
    expect(runDetails(run({ status: 'waiting', resumeAt: '2026-01-01T01:00:00.000Z' }), NOW)).toMatch(/waits, until \d{4}-/);
  });

  it('tell what a person has to do for a run to go on', () => {
    const asks = { ...step, path: 'approval', status: 'waiting', resumeUrl: 'http://127.0.0.1:3000/resume/x/approval/s' } as const;
    const text = runDetails(run({ status: 'waiting', resumeAt: '2026-01-01T01:00:00.000Z', steps: [asks] }), NOW);
    expect(text).toMatch(/until \d{4}-.* at the latest\.\napproval waits for somebody: a POST to http:\S+ lets it go on\.$/);
  });

  it('tell what a person is asked, and where to answer', () => {
    const url = 'http://127.0.0.1:3000/resume/x/approval/s';
    const question = { title: 'Refund 40 €?\u001b[2J', text: null };
    const asks = { ...step, path: 'approval', status: 'waiting', resumeUrl: url, question } as const;
    const text = runDetails(run({ status: 'waiting', steps: [asks] }), NOW);
    expect(text).toContain(`\n      resume  by an answer at ${url}\n`);
    expect(text).toMatch(new RegExp(`\\napproval asks: Refund 40 €\\?\\S*\\nAnswer at ${url}$`));
    expect(text).not.toContain('\u001b[2J');
  });

  it('let no text from outside steer the terminal', () => {
    const evil = { ...error, message: '\u001b[2J\u001b]0;title\u0007\r\nfake line\u202e' };
    const text = runDetails(run({ status: 'failed', error: evil, steps: [{ ...step, error: evil, input: '\u001b[31m' }] }), NOW);
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u202e]/);
    expect(text).not.toMatch(/^fake line/m);
  });
});

describe('what to do next after a failure', () => {
  const next = (part: Partial<NonNullable<RunView['error']>>, more: Partial<RunView> = {}): string =>
    runDetails(run({ status: 'failed', error: { ...error, ...part }, steps: [{ ...step, kind: 'http.request' }], ...more }), NOW)
      .split('\n')
      .at(-1)!;

  it.each([
    [
      { code: 'trigger.schema', blame: 'remote' },
      /does not fit the trigger of hello: have the sender correct it and send it again, or change/,
    ],
    [{ code: 'component.crashed', blame: 'author' }, /took effect.*correct the plugin that has http\.request/],
    [
      { code: 'output.not-json', blame: undefined },
      /the step has acted, and a re-run acts once more.*correct the plugin that has http\.request/,
    ],
    [{ code: 'output.too-large', blame: 'author' }, /has acted.*have the plugin of http\.request give less, or raise MILLRACE_MAX_OUTPUT/],
    [{ code: 'component.unknown', blame: 'operator' }, /install the plugin that has the component/],
    [{ code: 'flow.stopped', blame: 'author' }, /nothing is wrong with hello: a stop step .*for the reason above\..* --from start$/],
    [{ code: 'wait.timeout', blame: 'remote' }, /why nobody answered in time.* --from <step>\. Name the step that sends the URL/],
    [{ code: 'crash.in-flight', blame: 'operator' }, /^Next: look first whether the step took effect/],
    [{ code: 'run.poison', blame: 'operator' }, /took effect.*log of the runner/],
    [{ code: 'http.503', blame: 'remote', details: { runId: RUN } }, new RegExp(`run that it called: millrace runs show ${RUN}, then`)],
    [{ code: 'http.503', blame: 'remote' }, /the other side works again \(a longer retry/],
    [{ code: 'http.401', blame: 'operator' }, /settings and credentials/],
    [{ code: 'http.422', blame: 'author' }, /correct the flow hello.* --live$/],
  ] as const)('%j', (part, sentence) => {
    expect(next(part)).toMatch(sentence);
  });

  it.each(['trigger.schema', 'component.crashed', 'output.not-json', 'output.too-large', 'flow.stopped'])(
    '%s neither blames the flow nor waits for the other side',
    (code) => {
      for (const blame of ['author', 'remote'] as const) expect(next({ code, blame })).not.toMatch(/correct the flow|other side works/);
    },
  );

  it('is nothing where somebody has seen to it', () => {
    expect(next({}, { resolution: 'discarded' })).toBe('It was discarded: somebody set it aside as a dead letter.');
    expect(next({}, { resolution: 'rerun' })).toMatch(/^It was run again: millrace runs --event 01920f7a\S+ lists/);
  });
});

describe('what is known of a failure', () => {
  const details = (value: object): string =>
    runDetails(run({ status: 'failed', error: { ...error, details: value } as RunView['error'] }), NOW);

  it('is how the other side answered, in a few bounded lines, and where the rest is', () => {
    const text = details({ responseBody: `{"error":"no such channel"}\n${'line\n'.repeat(50)}\u001b[2J` });
    expect(text).toContain('It answered:\n    {"error":"no such channel"}\n    line\n');
    expect(text.match(/^ {4}line$/gm)).toHaveLength(5);
    expect(text).toContain(`    … millrace runs show ${RUN} --json has the rest.`);
    expect(details({ responseBody: 'x'.repeat(5_000) })).toMatch(/\n {4}x{159}…\n {4}… millrace runs show/);
  });

  it('is all of a short answer, and the stack of a component', () => {
    expect(details({ responseBody: 'no' })).toContain('It answered:\n    no\nNext:');
    expect(details({ stack: 'TypeError: x\n    at run (plugin.js:3:5)' })).toContain(
      'Where it broke:\n    TypeError: x\n        at run (plugin.js:3:5)',
    );
  });
});

it('a loop that a re-run goes on with takes as long as it took there', () => {
  const loop = { ...step, path: 'each', kind: 'forEach', startedAt: '2025-12-31T23:00:00.000Z' };
  const taken = { ...loop, path: 'each[0]', kind: 'item', given: 'recorded' as const, finishedAt: '2025-12-31T23:00:01.000Z' };
  const text = runDetails(run({ rerunOf: 'before', steps: [loop, taken] }), NOW);
  expect(text).toMatch(/each \(forEach\) .*2\.2 s/);
  expect(text).toMatch(/each\[0\] \(item\) .*taken over.*, 1\.0 s/);
  expect(runDetails(run({ steps: [loop] }), NOW)).toMatch(/each \(forEach\) .*1 h/);
});

it('steps that were not done are marked', () => {
  const given = (['recorded', 'pinned', 'assumed'] as const).map((how) => ({ ...step, given: how, attempts: 1, attemptLog: [] }));
  const text = runDetails(run({ steps: given }), NOW);
  for (const how of ['taken over', 'pinned', 'assumed']) expect(text).toMatch(new RegExp(`send \\(use\\) ${how}, 2\\.2 s`));
});
