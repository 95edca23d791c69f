import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { MAIN, newHome, startInstance, type TestInstance } from '../support/instance.js';
import { spawnMillrace } from '../support/millrace-process.js';

jest.setTimeout(300_000);

const NOWHERE = '01920f7a-5c1e-7cc3-98c4-dc0c0c07398f';
const SECRET = 'a-secret-that-is-long-enough';

const FLOWS = {
  credentials: { github: { type: 'hmac', scheme: 'github', secrets: [{ env: 'GITHUB_SECRET' }] } },
  pushes: {
    format: 1,
    id: 'pushes',
    trigger: { type: 'webhook', credential: 'github' },
    steps: [{ id: 'tell', use: 'log', with: { message: 'by {{ trigger.body.pusher.name }}' } }],
  },
};

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

let instance: TestInstance;
let folder: string;

beforeAll(async () => {
  instance = await startInstance({ flows: FLOWS, env: { GITHUB_SECRET: SECRET } });
  folder = await mkdtemp(join(tmpdir(), 'millrace-cli-'));
  await writeFile(join(folder, 'push.json'), '{ "pusher": { "name": "Ada" } }');
  await writeFile(join(folder, 'nameless.json'), '{ "pusher": {} }');
});
afterAll(async () => {
  await instance.stop();
  await rm(folder, { recursive: true });
});

/** The command line as a person would use it beside the running instance. */
function millrace(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  const here = { MILLRACE_HOME: instance.home, MILLRACE_FLOWS: instance.flows, GITHUB_SECRET: SECRET };
  const own = { ...process.env, ...here, MILLRACE_TOKEN: '', MILLRACE_PLUGINS: '', ...env };
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], { env: own, cwd: folder }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });
}

describe('the version', () => {
  it.each(['--version', '-v'])('is all that %s prints', async (flag) => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
    expect(await millrace([flag])).toEqual({ code: 0, out: `${version}\n`, err: '' });
  });
});

describe('trigger', () => {
  it('signs like the provider, waits for the run and shows it', async () => {
    const { code, out } = await millrace(['trigger', 'pushes', 'push.json', '--wait']);
    expect(out).toMatch(/^202 \{"eventId":/);
    expect(out).toMatch(/✓ succeeded +pushes, version 1/);
    expect(out).toMatch(/input +\{"message":"by Ada"\}/);
    expect(code).toBe(0);
  });

  it('ends with 1 when the run fails, and says why and what to do', async () => {
    const { code, out } = await millrace(['trigger', 'pushes', 'nameless.json', '--wait']);
    expect(out).toMatch(/The run failed at tell: .*trigger\.body\.pusher has no `name`/);
    expect(out).toMatch(/^Next: /m);
    expect(code).toBe(1);
  });

  it('with another secret is turned away, and refusals says why', async () => {
    const { code, out, err } = await millrace(['trigger', 'pushes', 'push.json'], { GITHUB_SECRET: `${SECRET}-old` });
    expect([code, out.slice(0, 3)]).toEqual([1, '401']);
    expect(err).toContain('millrace refusals --flow pushes');
    let refusals = await millrace(['refusals', '--flow', 'pushes']);
    while (!refusals.out.includes('credential.mismatch')) refusals = await millrace(['refusals', '--flow', 'pushes']);
    expect(refusals.out).toMatch(/401 credential\.mismatch +POST \/flows\/pushes\/hook from 127\.0\.0\.1\n +\S/);
  });

  it('names the flows there are when there is no such flow', async () => {
    const { code, err } = await millrace(['trigger', 'pulls', 'push.json']);
    expect([code, err]).toEqual([1, 'There is no flow pulls there. There are: pushes.\n']);
  });
});

describe('runs and events', () => {
  it('are listed and shown', async () => {
    await millrace(['trigger', 'pushes', 'push.json', '--wait']);
    const { items } = JSON.parse((await millrace(['runs', '--limit', '1', '--json'])).out) as { items: { id: string; eventId: string }[] };
    const [{ id, eventId } = { id: '', eventId: '' }] = items;
    expect((await millrace(['runs', '--status', 'succeeded'])).out).toMatch(new RegExp(`✓ succeeded +${id} +pushes`));
    expect((await millrace(['runs', 'show', id])).out).toContain('✓ succeeded   tell (log)');
    expect((await millrace(['events'])).out).toContain(eventId);
    expect((await millrace(['events', 'show', eventId])).out).toContain('{"pusher":{"name":"Ada"}}');
  });
});

describe('a mistake', () => {
  it.each([
    [['runs', '--status', 'broken'], /status must be one of queued/],
    [['runs', 'show', '42'], /is a UUID/],
    [['runs', '--colour'], /Unknown option '--colour'\. Usage: millrace runs/],
    [['runs', '--url', 'http://127.0.0.1:1'], /Nothing answers at http:\/\/127\.0\.0\.1:1\. Start Millrace with npm start/],
    [['trigger', 'pushes'], /takes a flow and a file/],
    [['trigger', 'pushes', 'nowhere.json'], /There is no file nowhere\.json/],
  ])('%j is answered with one sentence, not a stack', async (args, message) => {
    const { code, err } = await millrace(args);
    expect(err).toMatch(message);
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(code).toBe(1);
  });

  it('without an instance the answer says how to start one', async () => {
    const { code, err } = await millrace(['runs'], { MILLRACE_HOME: await newHome() });
    expect([code, err]).toEqual([1, expect.stringMatching(/^There is no token in .*\. Start Millrace with npm start/)]);
  });
});

describe('validate', () => {
  it('needs no instance, and its exit code says whether the flows can run', async () => {
    const env = { MILLRACE_HOME: join(folder, 'no-home') };
    expect(await millrace(['validate'], env)).toMatchObject({ code: 0, out: '', err: expect.stringContaining('1 flow: no problems') });
    const without = await millrace(['validate'], { ...env, GITHUB_SECRET: '' });
    expect(without.code).toBe(1);
    expect(without.out).toMatch(/pushes\.json:1:\d+: error credential\.missing-secret .*GITHUB_SECRET/);
    expect((await millrace(['validate', '--without-secrets'], { ...env, GITHUB_SECRET: '' })).code).toBe(0);
  });

  it('asks the instance what no file declares, and says where it could ask nobody', async () => {
    const body = JSON.stringify({ definition: { methods: ['POST'] } });
    await instance.api('endpoints/made', { method: 'PUT', body });
    const listens = { format: 1, id: 'listens', trigger: { type: 'webhook', endpoint: 'made' }, steps: [] };
    await writeFile(join(folder, 'listens.json'), JSON.stringify(listens));
    expect(await millrace(['validate', 'listens.json'])).toMatchObject({
      code: 0,
      out: '',
      err: expect.stringMatching(/^1 flow: no problems; with what the instance at http.* has beside its files/),
    });
    const alone = await millrace(['validate', 'listens.json'], { MILLRACE_HOME: join(folder, 'no-home'), DATABASE_URL: '' });
    expect(alone.code).toBe(0);
    expect(alone.out).toMatch(/warning endpoint\.unknown There is no endpoint `made` in endpoints\.json\. Whether .* There is no token in/);
    const only = await millrace(['validate', 'listens.json', '--files-only']);
    expect([only.code, only.out]).toEqual([1, expect.stringMatching(/error endpoint\.unknown/)]);
    const nobody = await millrace(['validate', 'listens.json', '--url', 'http://127.0.0.1:9']);
    expect([nobody.code, nobody.err]).toEqual([1, expect.stringContaining('Nothing answers at http://127.0.0.1:9')]);
  });
});

describe('a plugin', () => {
  const flow = { format: 1, id: 'priced', trigger: { type: 'webhook' }, steps: [{ id: 'price', use: 'price.look-up' }] };
  const cases = [{ name: 'looks it up', event: { body: {} }, replies: { price: { output: {} } }, expect: { run: 'succeeded' } }];
  const component = "{ name: 'price.look-up', title: 'Look up', props: { type: 'object' }, run: () => ({}) }";

  /** A folder of flows beside one plugin. */
  async function folderWith(plugin: string): Promise<string> {
    const place = await mkdtemp(join(folder, 'plugin-'));
    await mkdir(join(place, 'flows'));
    await writeFile(join(place, 'flows', 'priced.json'), JSON.stringify(flow));
    await writeFile(join(place, 'flows', 'priced.cases.json'), JSON.stringify(cases));
    await writeFile(join(place, 'price.mjs'), plugin);
    return place;
  }

  it.each([['validate'], ['test']])(
    'that leaves a timer behind does not keep %s from ending, with all that it printed',
    async (command) => {
      const place = await folderWith(`setInterval(() => {}, 60_000); export default ${component};`);
      const env = { MILLRACE_HOME: join(place, 'home'), MILLRACE_PLUGINS: join(place, 'price.mjs') };
      const broken = Array.from({ length: 900 }, (_, n) => ({ id: `s${n}`, use: 'nowhere.to-be-found' }));
      const good = await millrace([command, join(place, 'flows', 'priced.json'), '--json'], env);
      expect(good.code).toBe(0);
      await writeFile(join(place, 'flows', 'broken.json'), JSON.stringify({ ...flow, id: 'broken', steps: broken }));
      const bad = await millrace([command, join(place, 'flows', 'broken.json'), '--json'], env);
      expect(bad.code).toBe(1);
      expect(JSON.stringify(JSON.parse(bad.out)).split('component.unknown').length - 1).toBe(900);
    },
  );

  it('that never finishes loading is named when its time is over', async () => {
    const place = await folderWith(`await new Promise(() => {}); export default ${component};`);
    const plugin = join(place, 'price.mjs');
    const { code, out } = await millrace(['validate', join(place, 'flows')], {
      MILLRACE_HOME: join(place, 'home'),
      MILLRACE_PLUGINS: plugin,
    });
    expect(out).toMatch(/price\.mjs: error plugin\.load-timeout It did not finish loading in 10000 ms\./);
    expect(code).toBe(1);
  });
});

describe('a flow that asks a person, once it is deployed,', () => {
  const asks = {
    format: 1,
    id: 'asks',
    trigger: { type: 'event', event: 'ask' },
    steps: [{ id: 'approval', wait: { webhook: {} } }],
  };

  beforeAll(async () => {
    await writeFile(join(folder, 'asks.json'), JSON.stringify(asks));
    expect(await millrace(['deploy', 'asks.json'])).toMatchObject({ code: 0, out: 'asks is live as version 1\n' });
  });

  it('is in the list of flows, with what starts it', async () => {
    const { code, out } = await millrace(['flows']);
    expect(out).toMatch(/^FLOW +VERSION +STATE +STARTED BY +PROBLEM\nasks +1 +enabled +event ask\npushes +1 +enabled +POST http:/);
    expect(code).toBe(0);
    expect((JSON.parse((await millrace(['flows', '--json'])).out) as { items: object[] }).items).toHaveLength(2);
    expect((await millrace(['flows', '--archived'])).out).toBe('No flow is archived.\n');
    expect((await millrace(['versions', 'nowhere'])).err).toContain('millrace flows');
  });

  it('is waited for with a word on what lets it go on', async () => {
    const waiting = spawnMillrace({ args: ['run', 'asks', '--wait'], home: instance.home });
    await waiting.prints(/Waiting for the run \S+\. Ctrl-C leaves it alone/);
    await waiting.prints(/approval waits for somebody: a POST to \S+ lets it go on/);
    const [, url = ''] = /a POST to (\S+)/.exec(waiting.output())!;
    await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"approved":true}' });
    expect(await waiting.ended()).toMatchObject({ code: 0 });
  });

  it('has runs that are held while it is paused, and those are not said to be started', async () => {
    await millrace(['pause', 'asks']);
    expect((await millrace(['run', 'asks'])).out).toMatch(
      /^The run \S+ is kept\. The run is held, because its flow is paused: millrace resume asks/,
    );
    const waiting = spawnMillrace({ args: ['run', 'asks', '--wait'], home: instance.home });
    await waiting.prints('The run is held, because its flow is paused: millrace resume asks lets it go on.');
    const [, id = ''] = /Waiting for the run (\S+)\./.exec(waiting.output())!;
    waiting.signal('SIGINT');
    await waiting.ended();
    expect((await millrace(['runs', 'show', id])).out).toContain('· queued');
    await millrace(['resume', 'asks']);
  });

  it('is said to be paused or not to be, where pausing or resuming it changes nothing', async () => {
    expect((await millrace(['resume', 'asks'])).out).toBe('asks is not paused: there is nothing to resume.\n');
    expect((await millrace(['pause', 'asks'])).out).toBe('asks is paused. millrace resume asks lets it go on.\n');
    expect((await millrace(['pause', 'asks'])).out).toBe('asks was paused already. millrace resume asks lets it go on.\n');
    expect((await millrace(['resume', 'asks'])).out).toBe('asks goes on; what was held runs now.\n');
  });

  it('that no file declares has no cases, and nothing is counted of them', async () => {
    const { code, out, err } = await millrace(['test', 'nope']);
    expect([code, err]).toEqual([1, '']);
    expect(out.trim().split('\n')).toHaveLength(1);
    expect(out).toContain('nope.json');
  });

  it('is not started for an event that it does not listen to', async () => {
    expect(await millrace(['run', 'asks', '--event', 'foo'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('listens to ask, which'),
    });
    expect(await millrace(['run', 'pushes', '--event', 'foo'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('leave `event` out'),
    });
  });
});

describe('what there is none of', () => {
  it('is told apart from what a filter leaves out', async () => {
    expect((await millrace(['dead-letters', '--code', 'nosuch'])).out).toBe(
      'There is no such dead letter. millrace dead-letters lists all of them.\n',
    );
    expect(await millrace(['dead-letters', 'discard', NOWHERE, '--reason', 'x'])).toMatchObject({
      code: 1,
      err: expect.stringContaining(`There is no run ${NOWHERE}`),
    });
  });

  it('is named with what to say', async () => {
    const { code, err } = await millrace(['credentials', 'set', 'v4']);
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/^There is no credential v4 yet\. Say what it is: --scheme <vendor>, or --type/),
    ]);
  });

  it('is not what an endpoint that is made again says', async () => {
    expect((await millrace(['endpoints', 'create', 'twice', '--open'])).code).toBe(0);
    const { code, err } = await millrace(['endpoints', 'create', 'twice', '--open']);
    expect([code, err]).toEqual([1, expect.stringMatching(/^There is an endpoint twice already: change that one, or take another name\./)]);
  });
});

it('trigger --json prints JSON and nothing else', async () => {
  const { out } = await millrace(['trigger', 'pushes', 'push.json', '--json']);
  expect(JSON.parse(out)).toMatchObject({ runId: expect.any(String) });
});
