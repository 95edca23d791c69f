import { defineComponent, StepError, type Json } from '@millrace/component-sdk';
import { parseFlow, type Flow } from '@millrace/flow';
import { differenceText, fakeCredentials, judge, parseCases, runCase, type CaseWorld, type FlowCase } from './index.js';

const post = defineComponent({
  name: 'test.post',
  title: 'Post',
  props: { type: 'object' },
  credential: { types: ['api-key'] },
  idempotent: 'yes',
  run: async ({ props, fetch }) => (await fetch('/things', { baseUrl: 'https://api.example.com', json: props })).json() as never,
});
const broken = defineComponent({
  name: 'test.broken',
  title: 'Broken',
  props: { type: 'object' },
  run: () => {
    throw new StepError({ code: 'test.broken', message: 'It is broken.' });
  },
});
const components = new Map([post, broken].map((component) => [component.name, component]));

function flowOf(id: string, parts: Record<string, unknown>): Flow {
  const { flow, problems } = parseFlow(JSON.stringify({ format: 1, id, trigger: { type: 'webhook' }, ...parts }));
  if (!flow) throw new Error(problems.map(({ message }) => message).join('\n'));
  return flow;
}

const found = flowOf('found', {
  trigger: { type: 'call' },
  steps: [{ id: 'look', use: 'test.post', with: { name: '{{ trigger.body.name }}' } }],
});

function worldOf(flow: Flow): CaseWorld {
  return {
    flows: new Map([flow, found].map((one) => [one.id, one])),
    component: (name) => {
      const component = components.get(name);
      return component && { component, invalidProps: () => undefined };
    },
    credentials: fakeCredentials('{ "shop": { "type": "api-key", "in": "header", "name": "x-key", "value": { "env": "SHOP_KEY" } } }'),
    schemaCheck: () => () => undefined,
  };
}

/** What is different, each as `what: expected, received`. */
async function differences(flow: Flow, one: Omit<FlowCase, 'name'>): Promise<string[]> {
  const named = { name: 'case', ...one };
  return judge(named, await runCase(flow, named, worldOf(flow))).map(({ what, compared }) =>
    compared ? `${what}: ${JSON.stringify(compared.expected)}, ${JSON.stringify(compared.received)}` : what,
  );
}

const posting = flowOf('posting', {
  steps: [{ id: 'send', use: 'test.post', credential: 'shop', with: { text: '{{ trigger.body.text }}' } }],
});

describe('a case', () => {
  const event = { body: { text: 'hi' } };

  it('has the replies to a step in the order of its requests, over the attempts of the step around it', async () => {
    const send = { id: 'send', use: 'test.post', credential: 'shop', with: { n: 1 }, retry: { attempts: 1 } };
    const check = { id: 'check', use: 'test.post', credential: 'shop', with: { n: 2 }, retry: { attempts: 1 } };
    const again = flowOf('again', { steps: [{ id: 'block', if: true, then: [send, check], retry: { attempts: 2, delay: '1m' } }] });
    const replies = { send: [{ body: 1 }, { body: 2 }], check: [{ status: 500 }, { body: { good: true } }] };
    const steps = { send: { status: 'succeeded', attempts: 2, output: 2 }, check: { status: 'succeeded', attempts: 2 } } as const;
    expect(await differences(again, { event, replies, expect: { steps } })).toEqual([]);
  });

  it('holds when requests, outputs and the end are as it says', async () => {
    const expected = {
      requests: {
        send: { method: 'POST', url: 'https://api.example.com/things', headers: { 'X-Key': 'fake-SHOP_KEY' }, body: { text: 'hi' } },
      },
      steps: { send: { status: 'succeeded' as const, output: { id: 1 }, attempts: 1 } },
      output: { id: 1 },
    };
    expect(await differences(posting, { event, replies: { send: { body: { id: 1, more: 2 } } }, expect: expected })).toEqual([]);
  });

  it('names every difference by step and field', async () => {
    const expected = {
      requests: { send: { method: 'PUT', body: { text: 'ho' } } },
      steps: { send: { output: { id: 2 } } },
    };
    expect(await differences(posting, { event, replies: { send: { body: { id: 1 } } }, expect: expected })).toEqual([
      'request of send, method: "PUT", "POST"',
      'request of send, body.text: "ho", "hi"',
      'step send, output.id: 2, 1',
    ]);
  });

  it('that has no reply for a request says which', async () => {
    expect(await differences(posting, { event, expect: { run: 'failed' } })).toEqual([
      'send sent POST https://api.example.com/things, and the case has no reply left for it',
    ]);
  });

  it('that expects success is told why the run failed', async () => {
    const one = { name: 'case', event, replies: { send: { status: 400 } }, expect: {} };
    const [difference] = judge(one, await runCase(posting, one, worldOf(posting)));
    expect(difference).toMatchObject({ what: 'the end of the run', hint: expect.stringContaining('http.400') });
  });

  it('does not pass over replies that nothing asked for', async () => {
    const replies = { send: [{ body: {} }, { body: {} }] };
    expect(await differences(posting, { event, replies, expect: {} })).toEqual(['reply 2 to send was never asked for']);
  });

  it.each([
    ['timeout', 'timeout'],
    ['refused', 'network.refused'],
    ['dns', 'network.dns'],
    ['reset', 'network.reset'],
  ] as const)('whose network says %s fails the step with the code that it has in a real run', async (error, code) => {
    const expected = { run: 'failed' as const, error: { code, step: 'send' }, steps: { send: { attempts: 4 } } };
    expect(await differences(posting, { event, replies: { send: { error } }, expect: expected })).toEqual([]);
  });

  it('may stand in for a component', async () => {
    const flow = flowOf('standing-in', { steps: [{ id: 'odd', use: 'test.broken' }] });
    expect(await differences(flow, { replies: { odd: { output: 7 } }, expect: { output: 7 } })).toEqual([]);
    expect(await differences(flow, { expect: { run: 'failed', error: { code: 'test.broken' } } })).toEqual([]);
  });

  it('names items of loops one by one or all at once, also what their journal does not keep', async () => {
    const each = {
      id: 'each',
      forEach: '{{ trigger.body }}',
      steps: [
        { id: 'name', set: { n: '{{ item }}' } },
        { id: 'send', use: 'test.post' },
      ],
    };
    const flow = flowOf('looping', { steps: [each] });
    const expected = {
      requests: { 'each[*].send': [{}, {}], 'each[1].send': { method: 'POST' } },
      steps: { 'each[1].name': { output: { n: 'b' } }, each: { output: [1, 2] } },
    };
    const replies = { 'each[*].send': { body: '1', headers: { 'content-type': 'application/json' } }, 'each[1].send': { body: '2' } };
    expect(await differences(flow, { event: { body: ['a', 'b'] }, replies, expect: expected })).toEqual([]);
  });

  it('goes into called flows and passes waits at once', async () => {
    const flow = flowOf('calling', {
      steps: [
        { id: 'nap', wait: { for: '3d' } },
        { id: 'approval', wait: { webhook: { timeout: '1d' } } },
        { id: 'find', call: 'found', input: { name: '{{ steps.approval.who }}' } },
        { id: 'late', set: { at: '{{ $now() }}' } },
      ],
    });
    const one = {
      now: '2026-02-26T12:00:00Z',
      resume: { approval: { who: 'Ada' } },
      replies: { 'find/look': { body: { id: 9 } } },
      expect: {
        requests: { 'find/look': { body: { name: 'Ada' } } },
        steps: { find: { output: { id: 9 } }, late: { output: { at: { $matches: '^2026-03-01T12:00' } } } },
      },
    };
    expect(await differences(flow, one)).toEqual([]);
    const { resume: _, replies: __, ...silent } = one;
    const expected = { run: 'failed' as const, error: { code: 'wait.timeout' }, steps: { find: { status: 'not-run' as const } } };
    expect(await differences(flow, { ...silent, expect: expected })).toEqual([]);
  });

  it('answers a question, and cannot go on with what would be refused', async () => {
    const flow = flowOf('asking', {
      steps: [
        { id: 'approval', wait: { webhook: { ask: { title: 'Refund {{ trigger.body.amount }}?', answers: { yes: 'Yes', no: 'No' } } } } },
        { id: 'said', set: { it: '{{ steps.approval.answer }}' } },
      ],
    });
    const answering = (answer: string): Omit<FlowCase, 'name'> => ({
      event: { body: { amount: 40 } },
      resume: { approval: { answer } },
      expect: { steps: { approval: { input: { title: 'Refund 40?' } }, said: { output: { it: 'no' } } } },
    });
    expect(await differences(flow, answering('no'))).toEqual([]);
    const schemaCheck: CaseWorld['schemaCheck'] = (schema) => (body) =>
      JSON.stringify(schema).includes(JSON.stringify((body as { answer: string }).answer))
        ? undefined
        : { problem: '/answer is none', pointers: [] };
    const run = runCase(flow, { name: 'case', ...answering('maybe') }, { ...worldOf(flow), schemaCheck });
    await expect(run).rejects.toThrow('The `resume` of approval would be refused, and the run would wait on: /answer is none.');
  });

  it('runs the same every time', async () => {
    const flow = flowOf('random', { steps: [{ id: 'made', set: { id: '{{ $uuid() }}', run: '{{ run.id }}' } }] });
    const one = { name: 'case', expect: {} };
    const runs = await Promise.all([1, 2].map(() => runCase(flow, one, worldOf(flow))));
    expect(runs[0]?.output).toEqual(runs[1]?.output);
  });

  it('knows branches by their names', async () => {
    const flow = flowOf('branching', {
      steps: [
        { id: 'big', if: '{{ trigger.body.n > 5 }}', then: [{ id: 'yes', set: { a: 1 } }], else: [{ id: 'no', set: { a: 2 } }] },
        {
          id: 'kind',
          switch: '{{ trigger.body.n }}',
          cases: [
            { when: 1, steps: [] },
            { when: 9, steps: [] },
          ],
          default: [],
        },
      ],
    });
    const steps = {
      big: { branch: 'then' },
      kind: { branch: 1 },
      yes: { status: 'succeeded' as const },
      no: { status: 'not-run' as const },
    };
    expect(await differences(flow, { event: { body: { n: 9 } }, expect: { steps } })).toEqual([]);
    const wrong = await differences(flow, {
      event: { body: { n: 2 } },
      expect: { steps: { big: { branch: 'then' }, kind: { branch: 1 } } },
    });
    expect(wrong).toEqual(['step big, branch: "then", "else"', 'step kind, branch: 1, "default"']);
  });
});

describe('a cases file', () => {
  const problems = (text: string): string[] =>
    parseCases(text, posting, new Map()).problems.map(({ code, line, column, message }) => `${line}:${column} ${code} ${message}`);

  it('that is right is read with comments, and knows where everything is', () => {
    const {
      cases,
      problems: none,
      position,
    } = parseCases('[ // one\n  { "name": "a", "expect": { "run": "failed" } },\n]', posting, new Map());
    expect([cases.length, none]).toEqual([1, []]);
    expect(position('/0/expect/run')).toEqual({ line: 2, column: 30 });
    expect(position('/0/expect/error/code')).toEqual({ line: 2, column: 18 });
  });

  it.each<[string, Json, string]>([
    ['an unknown key', [{ name: 'a', expcet: {}, expect: {} }], '1:14 cases.bad-shape There is no `expcet` here. Did you mean `expect`?'],
    [
      'an unknown key of a reply in a list',
      [{ name: 'a', replies: { send: [{ stauts: 1 }] }, expect: {} }],
      '1:34 cases.bad-shape There is no `stauts` here. Did you mean `status`?',
    ],
    ['a missing part', [{ name: 'a' }], "1:2 cases.bad-shape This must have required property 'expect'."],
    [
      'a wrong word',
      [{ name: 'a', expect: { run: 'ok' } }],
      '1:30 cases.bad-shape This must be equal to one of the allowed values: succeeded',
    ],
    [
      'an unknown step',
      [{ name: 'a', expect: { steps: { sned: {} } } }],
      '1:33 cases.unknown-step The flow posting has no step `sned`. Did you mean `send`?',
    ],
    [
      'a flow that is not called',
      [{ name: 'a', expect: { requests: { 'send/x': [] } } }],
      '1:36 cases.unknown-step `send/x` goes into a flow',
    ],
    ['two replies in one', [{ name: 'a', replies: { send: { output: 1, status: 2e2 } }, expect: {} }], '1:32 cases.bad-reply'],
    ['a pattern that is none', [{ name: 'a', expect: { output: { $matches: '(' } } }], '1:45 cases.bad-pattern'],
  ])('is told where it has %s', (_, value, start) => {
    expect(problems(JSON.stringify(value)).map((line) => line.slice(0, start.length))).toEqual([start]);
  });

  it('gives no two cases one name, and is told of all syntax errors', () => {
    expect(problems('[{"name":"a","expect":{}},{"name":"a","expect":{}}]')).toEqual([expect.stringContaining('1:35 cases.duplicate-name')]);
    expect(problems('[{"name": }]')).toEqual([expect.stringMatching(/^1:\d+ cases\.syntax/)]);
  });
});

it('a difference is shown with both values below each other', () => {
  const compared = { expected: 'a', received: undefined };
  expect(
    differenceText({ what: 'step send, output', compared, pointer: '' }, 'x.cases.json:3:4')
      .split('\n')
      .map((line) => line.trim()),
  ).toEqual(['step send, output  (x.cases.json:3:4)', 'expected  "a"', 'received  nothing']);
});
