import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findingLine, summary } from './findings.js';
import type { Made, NotKnown } from './made.js';
import { validate, type Validation } from './validate.js';

const STEPS = '[{ "id": "a", "use": "log", "with": { "message": "x" } }]';
const GOOD = `{ "format": 1, "id": "good", "trigger": { "type": "webhook" }, "steps": ${STEPS} }`;
const SIGNED = GOOD.replace('"good"', '"signed"').replace('"webhook"', '"webhook", "credential": "shop"');
const CREDENTIALS = '{ "shop": { "type": "hmac", "scheme": "github", "secrets": [{ "env": "SHOP_SECRET" }] } }';

describe('validate', () => {
  let cwd: string;
  beforeEach(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'millrace-validate-'));
    await mkdir(join(cwd, 'flows'));
    await mkdir(join(cwd, 'plugins'));
    await write('flows/credentials.json', '{}');
  });
  afterEach(() => rm(cwd, { recursive: true }));
  const write = (path: string, text: string) => writeFile(join(cwd, path), text);
  const check = (paths: string[] = [], withoutSecrets = false, made?: Made | NotKnown): Promise<Validation> => {
    const files = { cwd, home: join(cwd, 'home'), flows: join(cwd, 'flows'), credentials: join(cwd, 'flows/credentials.json') };
    return validate({
      config: { ...files, plugins: ['./plugins'], variable: () => undefined },
      paths,
      withoutSecrets,
      ...(made && { made }),
    });
  };
  const lines = ({ findings }: Validation): string[] => findings.map(findingLine);

  it('finds nothing wrong with good flows', async () => {
    await write('flows/good.json', GOOD);
    expect(await check()).toEqual({ flows: 1, findings: [] });
  });

  it('reports all problems of all files at once, where they are, under paths that a person would write', async () => {
    await write('flows/a.json', '{\n  "format": 1,\n  "id": "a",\n  "trigger": { "type": "webhook" },\n  "stpes": []\n}');
    await write('flows/b.json', '{ nonsense');
    const reported = lines(await check());
    expect(reported).toContainEqual(expect.stringMatching(/^flows\/a\.json:5:3: error flow\.unknown-key .*steps/));
    expect(reported).toContainEqual(expect.stringMatching(/^flows\/b\.json:1:\d+: error flow\.syntax /));
  });

  it('checks flows of another folder with what stands beside them', async () => {
    await mkdir(join(cwd, 'other'));
    await write('other/signed.json', SIGNED);
    expect(lines(await check(['other'], true))).toEqual([expect.stringMatching(/error credential\.unknown/)]);
    await write('other/credentials.json', CREDENTIALS);
    for (const path of ['other', 'other/signed.json']) {
      expect(lines(await check([path], true))).toEqual([
        expect.stringMatching(/^other\/signed\.json:1:\d+: warning credential\.missing-secret/),
      ]);
    }
    // Of two folders, neither is the one.
    await write('flows/good.json', GOOD);
    expect(lines(await check(['other', 'flows'], true))).toEqual([expect.stringMatching(/error credential\.unknown/)]);
  });

  it('takes files and folders, each flow once, and says which are not there', async () => {
    await write('flows/good.json', GOOD);
    const { flows, findings } = await check(['flows', 'flows/good.json', 'missing.json', 'plugins']);
    expect(flows).toBe(1);
    expect(findings.map(findingLine)).toEqual([
      'missing.json: error file.unreadable There is no such file or folder.',
      'plugins: error file.unreadable There is no flow file in this folder.',
    ]);
  });

  it('has nothing against a flows folder that is empty', async () => {
    expect(await check()).toEqual({ flows: 0, findings: [] });
  });

  it('tells of cases that have no flow beside them, in the folders that were asked about', async () => {
    await write('flows/good.json', GOOD);
    await write('flows/good.cases.json', '[]');
    await write('flows/goood.cases.json', '[]');
    await write('plugins/away.cases.json', '[]');
    const stray = [
      'flows/goood.cases.json: warning cases.no-flow There is no flow goood.json beside it, so that nobody runs these cases. Name them as their flow, or remove them. Did you mean `good`?',
    ];
    expect(lines(await check())).toEqual(stray);
    expect(lines(await check(['flows']))).toEqual(stray);
    expect(lines(await check(['flows/good.json']))).toEqual([]);
    expect(lines(await check(['plugins']))).toContainEqual(expect.stringMatching(/^plugins\/away\.cases\.json: warning cases\.no-flow /));
  });

  it('checks against the components of plugins, and reports a plugin that does not load', async () => {
    await write('plugins/mine.mjs', `export default [{ name: 'mine.do-it', title: 'Do it', props: { type: 'object' }, run: () => 1 }];`);
    await write('plugins/broken.mjs', `throw new Error('no luck');`);
    await write('flows/good.json', GOOD.replace('"log", "with": { "message": "x" }', '"mine.do-it"'));
    expect(lines(await check())).toEqual([expect.stringMatching(/^plugins\/broken\.mjs: error plugin\.load-failed .*no luck/)]);
  });

  it('reports what is wrong with the credentials file', async () => {
    await write('flows/credentials.json', '{ "shop": { "type": "hmca" } }');
    const line = /^flows\/credentials\.json: error credential\.unknown-type shop: .*"hmac"/;
    expect(lines(await check())).toEqual([expect.stringMatching(line)]);
  });

  it('reports what is wrong with the shared endpoints, and with flows that listen to none', async () => {
    await write('flows/endpoints.json', '{\n  "shop": {},\n  "other": { "limit": "big" }\n}');
    await write('flows/good.json', GOOD.replace('"webhook"', '"webhook", "endpoint": "shop"'));
    expect(lines(await check())).toEqual([expect.stringMatching(/^flows\/endpoints\.json:3:\d+: error flow\.bad-value /)]);
    await write('flows/endpoints.json', '{ "stop": {} }');
    expect(lines(await check())).toEqual([
      expect.stringMatching(/^flows\/good\.json:1:\d+: error endpoint\.unknown .*Did you mean `stop`/),
    ]);
  });

  it('knows what was made on an instance, and what is sealed there goes before the file', async () => {
    const listening = GOOD.replace('"webhook"', '"webhook", "endpoint": "shop"');
    await write('flows/good.json', listening);
    await write('flows/signed.json', SIGNED);
    await write('flows/credentials.json', '{ "shop": { "type": "api-key", "in": "url", "value": { "env": "NOT_SET" } } }');
    const shop = { type: 'hmac' };
    expect(lines(await check([], false, { endpoints: ['shop'], credentials: new Map([['shop', shop]]), saidBy: 'x' }))).toEqual([]);
    const address = { type: 'api-key', in: 'url' };
    expect(lines(await check([], false, { endpoints: ['shop'], credentials: new Map([['shop', address]]), saidBy: 'x' }))).toEqual([
      expect.stringMatching(/^flows\/signed\.json:.* error credential\.wrong-type /),
    ]);
  });

  it('says that it could not know, where nobody could be asked, and calls nothing wrong', async () => {
    await write('flows/good.json', GOOD.replace('"webhook"', '"webhook", "endpoint": "shop"'));
    await write('flows/signed.json', SIGNED);
    const why = 'Nothing answers at http://127.0.0.1:3000.';
    expect(lines(await check([], false, { why }))).toEqual([
      expect.stringMatching(
        /warning endpoint\.unknown .*could not be asked: Nothing answers at http:\/\/127\.0\.0\.1:3000\. With --files-only/,
      ),
      expect.stringMatching(/warning credential\.unknown .*could not be asked: Nothing answers/),
    ]);
    expect(lines(await check())).toEqual([
      expect.stringMatching(/error endpoint\.unknown/),
      expect.stringMatching(/error credential\.unknown/),
    ]);
  });

  it('takes a missing secret for an error of the flow that needs it, and for a warning where there are no secrets', async () => {
    await write('flows/credentials.json', CREDENTIALS);
    expect(lines(await check())).toEqual([]);
    await write('flows/signed.json', SIGNED);
    expect(lines(await check())).toEqual([expect.stringMatching(/error credential\.missing-secret .*SHOP_SECRET/)]);
    expect(lines(await check([], true))).toEqual([expect.stringMatching(/warning credential\.missing-secret/)]);
  });
});

describe('the last line of validate', () => {
  it.each([
    [1, [], '1 flow: no problems'],
    [2, [{ file: 'a', severity: 'error', code: 'x', message: 'y' } as const], '2 flows: 1 error, 0 warnings'],
  ])('counts', (flows, findings, text) => expect(summary(flows, findings)).toBe(text));
});
