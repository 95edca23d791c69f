import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findingLine } from '../validate/index.js';
import { flowPathOf, openSuites, resultSummary, resultText, runSuites, type CaseResult, type Suites } from './index.js';

const FLOW = '{ "format": 1, "id": "shop", "trigger": { "type": "webhook" }, "steps": [STEPS] }';
const POST =
  '{ "id": "post", "use": "http.request", "credential": "internal", "with": { "url": "/orders", "body": { "n": "{{ trigger.body.n }}" } } }';
const CREDENTIALS =
  '{ "internal": { "type": "basic", "username": "us", "password": { "env": "NOT_SET" }, "baseUrl": "https://api.example.com" } }';

describe('the suites of a flows folder', () => {
  let cwd: string;
  let flows: string;
  beforeEach(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'millrace-suites-'));
    flows = join(cwd, 'flows');
    await mkdir(flows);
    await write('credentials.json', CREDENTIALS);
    await write('shop.json', FLOW.replace('STEPS', POST));
  });
  afterEach(() => rm(cwd, { recursive: true }));
  const write = (name: string, text: string): Promise<void> => writeFile(join(flows, name), text);
  const open = (...paths: string[]): Promise<Suites> =>
    openSuites({ cwd, home: join(cwd, 'home'), flows, credentials: join(flows, 'credentials.json'), plugins: [] }, paths);

  async function results(cases: string, filter = ''): Promise<CaseResult[]> {
    await write('shop.cases.json', cases);
    const { suites, findings } = await open();
    expect(findings).toEqual([]);
    return runSuites(suites, filter, () => undefined);
  }

  const GOOD = `{
    "name": "posts the order",
    "event": { "body": { "n": 3 } },
    "replies": { "post": { "body": {} } },
    "expect": { "requests": { "post": { "headers": { "authorization": "Basic ${Buffer.from('us:fake-NOT_SET').toString('base64')}" }, "body": { "n": 3 } } } }
  }`;

  it('run the real components without secrets', async () => {
    const [result] = await results(`[${GOOD}]`);
    expect(result).toEqual({ flow: 'shop', name: 'posts the order', passed: true, differences: [] });
  });

  it('tell of a case that does not hold by step, field, both values and place', async () => {
    const all = await results(`[${GOOD},\n${GOOD.replace('"n": 3 } } }', '"n": 4 } } }').replace('posts', 'sends')}]`);
    expect(all.map(({ passed }) => passed)).toEqual([true, false]);
    const text = resultText(all[1]!);
    expect(text).toContain('✗ shop: sends the order');
    expect(text).toMatch(/request of post, body\.n {2}\(flows\/shop\.cases\.json:11:\d+\)\n +expected {2}4\n +received {2}3/);
    expect(resultSummary(all)).toBe('2 cases: 1 passed, 1 failed');
  });

  it('run only the cases whose name contains a text', async () => {
    expect((await results(`[${GOOD},${GOOD.replace('posts', 'sends')}]`, 'SENDS')).map(({ name }) => name)).toEqual(['sends the order']);
  });

  it('do not run a flow that does not check, nor cases that cannot be read, and say where', async () => {
    await write('shop.cases.json', '[{ "name": "a", "expect": { "steps": { "psot": {} } } }]');
    expect((await open()).findings.map(findingLine)).toEqual([
      'flows/shop.cases.json:1:40: error cases.unknown-step The flow shop has no step `psot`. Did you mean `post`?',
    ]);
    await write('shop.json', FLOW.replace('STEPS', POST.replace('http.request', 'http.reqest')));
    const { suites, findings } = await open();
    expect([suites, findings.map(({ code }) => code)]).toEqual([[], ['component.unknown']]);
  });

  it('name flows without cases', async () => {
    expect((await open()).without).toEqual(['shop']);
  });

  it('tell of cases without a flow', async () => {
    await write('shpo.cases.json', '[]');
    expect((await open()).findings.map(findingLine)).toEqual([
      expect.stringMatching(/^flows\/shpo\.cases\.json: warning cases\.no-flow .*Did you mean `shop`\?$/),
    ]);
  });
});

it.each([
  ['shop', '/flows/shop.json'],
  ['here/shop.json', 'here/shop.json'],
  ['here/shop.cases.json', 'here/shop.json'],
])('%s means the flow file %s', (argument, path) => {
  expect(flowPathOf(argument, { cwd: '/nowhere', flows: '/flows' })).toBe(path);
});
