import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { jest } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type {
  DraftView,
  FlowList,
  FlowView,
  PublishedView,
  RunPage,
  RunView,
  SourceView,
  VersionPage,
} from '../../apps/control-api/index.js';
import { endOf, eventually, webhookFlow } from '../support/flow-files.js';
import { MAIN, newHome, startInstance, type TestInstance } from '../support/instance.js';

jest.setTimeout(300_000);

const runFile = promisify(execFile);

function text(id: string, message: string): string {
  return `{\n  // ours\n  "format": 1,\n  "id": "${id}",\n  "trigger": { "type": "webhook" },\n  "steps": [{ "id": "say", "set": { "text": "${message}" } }]\n}\n`;
}

interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly body: T & { readonly error?: { readonly code: string; readonly message: string } };
}

/** A request to the API of which every status is an answer. */
async function ask<T>(
  { url, token }: TestInstance,
  method: string,
  path: string,
  body?: unknown,
  headers: object = {},
): Promise<Answer<T>> {
  const init = {
    method,
    headers: { authorization: `Bearer ${token}`, ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  };
  const response = await fetch(`${url}/api/v1/${path}`, init as RequestInit);
  return { status: response.status, body: (await response.json()) as Answer<T>['body'] };
}

function command(instance: TestInstance, home: string, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { ...process.env, MILLRACE_HOME: home, MILLRACE_TOKEN: instance.token, MILLRACE_FLOWS: instance.flows };
  return runFile(process.execPath, [MAIN, ...args, '--url', instance.url], { env, cwd: home }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, stdout, stderr }),
  );
}

async function send(instance: TestInstance, flow: string): Promise<{ status: number; runId?: string }> {
  const response = await fetch(`${instance.url}/flows/${flow}/hook`, {
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'application/json' },
  });
  return { status: response.status, runId: ((await response.json()) as { runId?: string }).runId };
}

describe('with the folder as the source', () => {
  let instance: TestInstance;
  let home: string;
  beforeAll(async () => {
    home = await newHome();
    instance = await startInstance({ home, flows: { ...webhookFlow('hello', {}), ...webhookFlow('quiet', { whenPaused: 'refuse' }) } });
  });
  afterAll(() => instance.stop());

  const draft = (id: string): string => `flows/${id}/draft`;

  it('a flow that was nowhere is drafted, published, answers at once, and is in its file byte for byte', async () => {
    const saved = await ask<DraftView>(instance, 'PUT', draft('fresh'), { text: text('fresh', 'one'), revision: 0 });
    expect([saved.status, saved.body.base, saved.body.liveVersion]).toEqual([200, { version: 0, hash: '' }, 0]);
    const early = await send(instance, 'fresh');
    expect([early.status, early.runId]).toEqual([202, undefined]);
    const published = await ask<PublishedView>(instance, 'POST', `${draft('fresh')}/publish`, { revision: saved.body.revision });
    expect(published).toMatchObject({ status: 200, body: { version: 1, published: true } });
    const run = await endOf(instance, (await send(instance, 'fresh')).runId ?? '');
    expect([run.status, run.steps[0]?.output]).toEqual(['succeeded', { text: 'one' }]);
    expect(await readFile(join(instance.flows, 'fresh.json'), 'utf8')).toBe(text('fresh', 'one'));
    expect((await ask(instance, 'GET', draft('fresh'))).body.error?.code).toBe('draft.not-found');
  });

  it('of two tabs the second sees both texts, and may then save over the first', async () => {
    const one = await ask<DraftView>(instance, 'PUT', draft('tabs'), { text: 'one' }, { 'if-match': '"0"' });
    const two = await ask<DraftView>(instance, 'PUT', draft('tabs'), { text: 'two' }, { 'if-match': `"${one.body.revision}"` });
    const late = await ask<{ theirs: DraftView; yours: string }>(instance, 'PUT', draft('tabs'), {
      text: 'three',
      revision: one.body.revision,
    });
    expect(late).toMatchObject({ status: 409, body: { error: { code: 'draft.stale' }, theirs: { text: 'two' }, yours: 'three' } });
    const kept = await ask<DraftView>(instance, 'PUT', draft('tabs'), { text: 'three', revision: two.body.revision });
    expect((await ask<DraftView>(instance, 'GET', draft('tabs'))).body.text).toBe('three');
    expect((await ask(instance, 'DELETE', `${draft('tabs')}?revision=${two.body.revision}`)).status).toBe(409);
    expect((await ask(instance, 'DELETE', `${draft('tabs')}?revision=${kept.body.revision}`)).body).toEqual({ removed: true });
  });

  it.each(['2147483648', '9'.repeat(30)])('a revision that no draft can have is a conflict: If-Match "%s"', async (revision) => {
    const ifMatch = { 'if-match': `"${revision}"` };
    const { body: saved } = await ask<DraftView>(instance, 'PUT', draft('far'), { text: 'one' }, { 'if-match': '"0"' });
    const answers = await Promise.all([
      ask(instance, 'PUT', draft('far'), { text: 'two' }, ifMatch),
      ask(instance, 'POST', `${draft('far')}/publish`, {}, ifMatch),
      ask(instance, 'DELETE', draft('far'), undefined, ifMatch),
    ]);
    expect(answers.map(({ status, body }) => [status, body.error?.code])).toEqual(answers.map(() => [409, 'draft.stale']));
    await ask(instance, 'DELETE', `${draft('far')}?revision=${saved.revision}`);
  });

  it('a file that was changed on disk meanwhile stops the publication and shows both', async () => {
    const { body: source } = await ask<SourceView>(instance, 'GET', 'flows/hello/source');
    const saved = await ask<DraftView>(instance, 'PUT', draft('hello'), { text: text('hello', 'mine'), revision: 0, base: source.base });
    await writeFile(join(instance.flows, 'hello.json'), '{ half an edit');
    const stopped = await ask<{ theirs: { text: string; hash: string } }>(instance, 'POST', `${draft('hello')}/publish`, {
      revision: saved.body.revision,
    });
    expect(stopped).toMatchObject({
      status: 409,
      body: { error: { code: 'flow.conflict' }, theirs: { from: 'file', text: '{ half an edit' }, yours: text('hello', 'mine') },
    });
    expect(await readFile(join(instance.flows, 'hello.json'), 'utf8')).toBe('{ half an edit');
    // Having seen theirs, mine goes over it.
    const base = { version: source.base.version, hash: stopped.body.theirs.hash };
    const again = await ask<DraftView>(instance, 'PUT', draft('hello'), {
      text: text('hello', 'mine'),
      revision: saved.body.revision,
      base,
    });
    expect((await ask<PublishedView>(instance, 'POST', `${draft('hello')}/publish`, { revision: again.body.revision })).body).toEqual({
      version: 2,
      published: true,
    });
  });

  it('what does not check is refused with every problem and its place, and the draft stays', async () => {
    const broken = text('hello', '{{ steps.nobody }}').replace('"set"', '"sett"');
    const { body: checked } = await ask<{ ok: boolean; problems: { line: number; code: string }[] }>(
      instance,
      'POST',
      'flows/hello/check',
      { text: broken },
    );
    expect(checked).toMatchObject({ ok: false, problems: [{ line: 6 }] });
    const saved = await ask<DraftView>(instance, 'PUT', draft('hello'), { text: broken, revision: 0 });
    const refused = await ask(instance, 'POST', `${draft('hello')}/publish`, { revision: saved.body.revision });
    expect(refused).toMatchObject({ status: 422, body: { error: { code: 'flow.does-not-check' }, problems: checked.problems } });
    expect((await ask(instance, 'DELETE', `${draft('hello')}?revision=${saved.body.revision}`)).status).toBe(200);
  });

  it('versions are listed, compared in words and rolled back, by the command line too', async () => {
    await ask(instance, 'POST', 'flows/rolled/versions', { text: text('rolled', 'one') });
    await ask(instance, 'POST', 'flows/rolled/versions', { text: text('rolled', 'two') });
    const diff = await ask<{ changes: { words: string[] }[] }>(instance, 'POST', 'flows/rolled/diff', {
      from: { version: 1 },
      to: { live: true },
    });
    expect(diff.body.changes.map(({ words }) => words)).toEqual([['`set.text` changed from "one" to "two".']]);
    const back = await command(instance, home, 'rollback', 'rolled', '1');
    expect([back.code, back.stdout]).toEqual([0, 'rolled is live as version 3, with the text of version 1.\n']);
    const { body } = await ask<VersionPage>(instance, 'GET', 'flows/rolled/versions?limit=2');
    expect(body).toMatchObject({
      items: [
        { version: 3, live: true, origin: 'rollback', restored: 1 },
        { version: 2, live: false },
      ],
      next: 2,
    });
    expect((await command(instance, home, 'versions', 'rolled')).stdout).toMatch(/3\s+live .*rollback to 1/);
    expect(await readFile(join(instance.flows, 'rolled.json'), 'utf8')).toBe(text('rolled', 'one'));
  });

  it('a flow is archived with its file, and brought back, by the command line too', async () => {
    await ask(instance, 'POST', 'flows/leaving/versions', { text: text('leaving', 'one') });
    const hook = async (): Promise<number> => (await fetch(`${instance.url}/flows/leaving/hook`, { method: 'POST', body: '{}' })).status;
    const conflict = await ask<{ theirs: object }>(instance, 'POST', 'flows/leaving/archive', { base: { version: 1, hash: 'another' } });
    expect([conflict.status, conflict.body.error?.code, conflict.body.theirs]).toMatchObject([
      409,
      'flow.conflict',
      { from: 'file', version: 1 },
    ]);
    const gone = await command(instance, home, 'archive', 'leaving');
    expect([gone.code, gone.stdout]).toEqual([0, 'leaving is archived. millrace rollback leaving <version> brings it back.\n']);
    expect(await hook()).toBe(404);
    await expect(readFile(join(instance.flows, 'leaving.json'), 'utf8')).rejects.toThrow('ENOENT');
    expect((await ask<{ state: string }>(instance, 'GET', 'flows/leaving')).body.state).toBe('archived');
    const listed = await ask<FlowList>(instance, 'GET', 'flows?archived=true');
    expect(listed.body.items.map(({ id, state, version }) => [id, state, version])).toContainEqual(['leaving', 'archived', 1]);
    expect((await ask<FlowList>(instance, 'GET', 'flows')).body.items.map(({ id }) => id)).not.toContain('leaving');
    expect((await ask(instance, 'GET', 'flows?archived=perhaps')).status).toBe(400);
    expect((await command(instance, home, 'archive', 'leaving')).stderr).toMatch(/There is no flow/);
    expect((await command(instance, home, 'rollback', 'leaving', '1')).code).toBe(0);
    expect(await readFile(join(instance.flows, 'leaving.json'), 'utf8')).toBe(text('leaving', 'one'));
    expect((await ask<{ state: string }>(instance, 'GET', 'flows/leaving')).body.state).toBe('live');
  });

  it('a flow that live flows call is archived only by force, and what calls it then says how to bring it back', async () => {
    const publish = (id: string, trigger: object, steps: readonly object[]): Promise<unknown> =>
      ask(instance, 'POST', `flows/${id}/versions`, { text: JSON.stringify({ format: 1, id, trigger, steps }) });
    await publish('sub', { type: 'call' }, []);
    await publish('calling', { type: 'webhook' }, [{ id: 'ask', call: 'sub' }]);
    const refused = await ask<{ callers: string[] }>(instance, 'POST', 'flows/sub/archive');
    expect([refused.status, refused.body.error?.code, refused.body.callers]).toEqual([409, 'flow.called', ['calling']]);
    expect((await command(instance, home, 'archive', 'sub')).stderr).toBe(
      'calling calls sub, and would fail there from then on. Change it first, or say --force to archive sub all the same.\n',
    );
    expect((await command(instance, home, 'archive', 'sub', '--force')).code).toBe(0);
    const { runId = '' } = await send(instance, 'calling');
    expect((await endOf(instance, runId)).error).toMatchObject({
      code: 'call.unknown-flow',
      message: expect.stringMatching(/sub was archived.* Roll back to its version 1 .*millrace rollback sub 1/),
    });
  });

  it('the folder makes no version of what was published', async () => {
    await ask(instance, 'POST', 'flows/once/versions', { text: text('once', 'one') });
    // Something else that the folder brings in shows that it was read after the publication.
    await writeFile(join(instance.flows, 'marker.json'), text('marker', 'x'));
    await eventually('the folder to be read', async () => ((await ask(instance, 'GET', 'flows/marker')).status === 200 ? true : undefined));
    expect((await ask<VersionPage>(instance, 'GET', 'flows/once/versions')).body.items).toHaveLength(1);
  });

  it('a run goes on to its end although its flow is archived meanwhile', async () => {
    const steps = [
      { id: 'tell', set: { url: '{{ resume.rest.url }}' } },
      { id: 'rest', wait: { webhook: {} } },
      { id: 'after', set: { said: '{{ steps.rest.said }}' } },
    ];
    const flow = webhookFlow('lasting', {}, steps)['lasting'];
    await ask(instance, 'POST', 'flows/lasting/versions', { text: JSON.stringify(flow) });
    const { runId = '' } = await send(instance, 'lasting');
    const waiting = await eventually('the run to wait', async () => {
      const { body: run } = await ask<RunView>(instance, 'GET', `runs/${runId}`);
      return run.status === 'waiting' ? run : undefined;
    });
    expect((await command(instance, home, 'archive', 'lasting')).code).toBe(0);
    expect((await send(instance, 'lasting')).status).toBe(404);
    const { url } = waiting.steps[0]?.output as { url: string };
    await fetch(url, { method: 'POST', body: '{"said":"late"}', headers: { 'content-type': 'application/json' } });
    const ended = await endOf(instance, runId);
    expect([ended.status, ended.steps.at(-1)?.output]).toEqual(['succeeded', { said: 'late' }]);
  });

  it.each([
    ['a draft of what is no flow file', 'PUT', 'flows/credentials/draft', { text: '{}', revision: 0 }, 400, 'flow.bad-id'],
    ['a draft under a bad id', 'PUT', 'flows/Not-An-Id/draft', { text: '{}', revision: 0 }, 400, 'flow.bad-id'],
    ['a version under a path', 'POST', 'flows/..%2Fescape/versions', { text: '{}' }, 400, 'flow.bad-id'],
    ['a draft without a revision', 'PUT', 'flows/x/draft', { text: '{}' }, 400, 'request.invalid'],
    ['a draft without a text', 'PUT', 'flows/x/draft', { revision: 0 }, 400, 'request.invalid'],
    ['a draft that is a number', 'PUT', 'flows/x/draft', { text: 1, revision: 0 }, 400, 'request.invalid'],
    ['a body that is not JSON', 'PUT', 'flows/x/draft', '{ nonsense', 400, 'request.invalid'],
    ['a text with a NUL', 'PUT', 'flows/x/draft', { text: 'a\u0000b', revision: 0 }, 422, 'draft.not-text'],
    ['a text with half a character', 'PUT', 'flows/x/draft', '{"text":"\\ud800","revision":0}', 422, 'draft.not-text'],
    ['a text that no flow may be as long as', 'PUT', 'flows/x/draft', { text: 'x'.repeat(600_000), revision: 0 }, 413, 'draft.too-large'],
    ['a body without end', 'PUT', 'flows/x/draft', `{"text":"${'x'.repeat(5_000_000)}"}`, 413, 'request.too-large'],
    ['a pause of nobody', 'POST', 'flows/nobody/pause', undefined, 404, 'flow.not-found'],
    ['the archiving of nobody', 'POST', 'flows/nobody/archive', {}, 404, 'flow.not-found'],
    ['the archiving of half a base', 'POST', 'flows/hello/archive', { base: { version: 1 } }, 400, 'request.invalid'],
    ['a roll back to nothing', 'POST', 'flows/hello/rollback', { version: 99 }, 404, 'version.not-found'],
    [
      'a comparison with two things at once',
      'POST',
      'flows/hello/diff',
      { from: { version: 1, text: 'x' }, to: { live: true } },
      400,
      'request.invalid',
    ],
    ['a version that is no number', 'GET', 'flows/hello/versions/zero', undefined, 400, 'request.invalid'],
    ['the versions of nobody', 'GET', 'flows/nobody/versions', undefined, 404, 'flow.not-found'],
    ['the publication of no draft', 'POST', 'flows/hello/draft/publish', { revision: 1 }, 404, 'draft.not-found'],
  ])('%s is answered with a code and a sentence', async (_what, method, path, body, status, code) => {
    const answer = await ask(instance, method, path, body);
    expect([answer.status, answer.body.error?.code]).toEqual([status, code]);
    expect(answer.body.error?.message).toMatch(/^[A-Z`].*\.$/s);
  });

  it('a paused flow holds its events over a restart and a new version, and runs them when it is resumed', async () => {
    const paused = await command(instance, home, 'pause', 'fresh');
    expect([paused.code, paused.stdout]).toEqual([0, 'fresh is paused. millrace resume fresh lets it go on.\n']);
    await instance.stop();
    instance = await startInstance({ home, flows: instance.flows });
    await ask(instance, 'POST', 'flows/fresh/versions', { text: text('fresh', 'two') });
    expect((await ask<FlowView>(instance, 'GET', 'flows/fresh')).body).toMatchObject({
      version: 2,
      paused: true,
      enabled: false,
      state: 'paused',
    });
    const held = await send(instance, 'fresh');
    expect(held.status).toBe(202);
    expect((await ask<RunPage>(instance, 'GET', 'runs?flow=fresh&status=succeeded')).body.items).toHaveLength(1);
    const run = (): Promise<{ body: RunView }> => ask<RunView>(instance, 'GET', `runs/${held.runId}`);
    expect((await run()).body).toMatchObject({ status: 'queued', held: true });
    const shown = await command(instance, home, 'runs', 'show', held.runId ?? '');
    expect(shown.stdout).toContain('The run is held, because its flow is paused: millrace resume fresh lets it go on.');
    const resumed = await command(instance, home, 'resume', 'fresh');
    expect([resumed.code, resumed.stdout]).toEqual([0, 'fresh goes on; what was held runs now.\n']);
    expect((await endOf(instance, held.runId ?? '')).status).toBe('succeeded');
    expect((await run()).body.held).toBe(false);
  });

  it('a paused flow whose trigger says so refuses its events', async () => {
    await ask(instance, 'POST', 'flows/quiet/pause');
    expect((await send(instance, 'quiet')).status).toBe(503);
  });

  it('answers what the OpenAPI document says', async () => {
    await ask(instance, 'PUT', draft('described'), { text: '{}', revision: 0 });
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
    ajv.addSchema(await instance.api<object>('openapi.json'), 'api');
    for (const [schema, method, path, body] of [
      ['DraftList', 'GET', 'drafts', undefined],
      ['Draft', 'GET', draft('described'), undefined],
      ['DraftStale', 'PUT', draft('described'), { text: 'x', revision: 0 }],
      ['TextRefused', 'POST', 'flows/described/versions', { text: '{}' }],
      ['VersionPage', 'GET', 'flows/rolled/versions', undefined],
      ['Version', 'GET', 'flows/rolled/versions/1', undefined],
      ['Source', 'GET', 'flows/rolled/source', undefined],
      ['Checked', 'POST', 'flows/rolled/check', { text: '{}' }],
      ['Difference', 'POST', 'flows/rolled/diff', { from: { version: 1 }, to: { version: 2 } }],
      ['PauseState', 'POST', 'flows/rolled/resume', undefined],
      ['Published', 'POST', 'flows/rolled/rollback', { version: 1 }],
    ] as const) {
      const validate = ajv.compile({ $ref: `api#/components/schemas/${schema}` });
      const answer = await ask(instance, method, path, body);
      expect([schema, validate(answer.body), validate.errors]).toEqual([schema, true, null]);
    }
  });
});

describe('with the database as the source', () => {
  let local: string;
  beforeAll(async () => {
    local = await mkdtemp(join(tmpdir(), 'millrace-deploy-'));
  });
  afterAll(() => rm(local, { recursive: true, force: true }));

  it('the folder is ignored, files come by deploy, and stay over a restart', async () => {
    const home = await newHome();
    const env = { MILLRACE_SOURCE: 'database' };
    let instance = await startInstance({ home, env, flows: webhookFlow('ignored', {}) });
    expect((await send(instance, 'ignored')).status).toBe(404);
    await writeFile(join(local, 'sent.json'), text('sent', 'one'));
    expect(await command(instance, home, 'deploy', local)).toMatchObject({ code: 0, stdout: 'sent is live as version 1\n' });
    expect(await command(instance, home, 'deploy', join(local, 'sent.json'))).toMatchObject({
      code: 0,
      stdout: 'sent is unchanged at version 1\n',
    });
    await writeFile(join(local, 'bad.json'), '{ "format": 1 }');
    await writeFile(join(local, 'sent.json'), text('sent', 'two'));
    const refused = await command(instance, home, 'deploy', local);
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringMatching(/bad\.json:1:1: error flow\.missing-key[^]*Nothing was deployed/),
    ]);
    await instance.stop();
    instance = await startInstance({ home, env, flows: instance.flows });
    expect((await endOf(instance, (await send(instance, 'sent')).runId ?? '')).steps[0]?.output).toEqual({ text: 'one' });
    await instance.stop();
  });
});
