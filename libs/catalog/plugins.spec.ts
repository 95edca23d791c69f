import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { tryComponent } from '@millrace/component-sdk';
import { type LoadPluginsOptions, loadPlugins } from './plugins.js';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'millrace-plugins-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function write(files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}

async function load(paths: string[], options?: LoadPluginsOptions) {
  const { components, problems } = await loadPlugins(paths, root, options);
  return { names: components.map(({ component }) => component.name), components, problems, codes: problems.map(({ code }) => code) };
}

const component = (name: string): string => `{ name: '${name}', title: 'T', props: { type: 'object' }, run: () => '${name}' }`;
const MODULE_TYPE = '{ "type": "module" }';

describe('where plugins are found', () => {
  it('a folder of plugins: folders and files, without specs, declarations and hidden ones', async () => {
    await write({
      'package.json': MODULE_TYPE,
      'plugins/a/index.js': `export default ${component('a.one')}`,
      'plugins/b.mjs': `export default [${component('b.one')}, ${component('b.two')}]`,
      'plugins/c/package.json': '{ "type": "module", "exports": { ".": { "import": "./lib/main.js" } } }',
      'plugins/c/lib/main.js': `export default { name: 'c', components: [${component('c.one')}] }`,
      'plugins/README.md': '# Plugins',
      'plugins/LICENSE': 'MIT',
      'plugins/b.spec.js': 'throw 1',
      'plugins/b.d.ts': 'throw 1',
      'plugins/.git/x': '',
    });
    const { names, problems, components } = await load(['./plugins']);
    expect([names, problems]).toEqual([['a.one', 'b.one', 'b.two', 'c.one'], []]);
    expect(components[3]?.source).toBe(join(root, 'plugins/c/lib/main.js'));
  });

  it("one plugin's folder, one file, and an npm package above", async () => {
    await write({
      'package.json': MODULE_TYPE,
      'mine/index.js': `export default ${component('mine.one')}`,
      'single.js': `export default ${component('single.one')}`,
      'node_modules/@acme/millrace-x/package.json': '{ "type": "module", "main": "x.js" }',
      'node_modules/@acme/millrace-x/x.js': `export default ${component('acme.one')}`,
    });
    expect(await load(['mine', './single.js', '@acme/millrace-x'])).toMatchObject({
      names: ['mine.one', 'single.one', 'acme.one'],
      problems: [],
    });
  });

  it('a place that is not there, or holds nothing, is named', async () => {
    await write({ 'plugins/empty/notes.txt': '' });
    const { codes, problems } = await load(['./nowhere', 'not-installed', './plugins']);
    expect(codes).toEqual(['plugin.not-found', 'plugin.not-found', 'plugin.no-entry']);
    expect(problems[0]).toMatchObject({ plugin: './nowhere', message: expect.stringContaining(root) });
    expect(problems[2]?.message).toContain('Add an index.ts or index.js');
  });

  it('a package.json that is not JSON is named', async () => {
    await write({ 'a/package.json': '{' });
    expect((await load(['./a'])).codes).toEqual(['plugin.unreadable']);
  });
});

describe('TypeScript and the SDK', () => {
  const text = `
    import { defineComponent } from '@millrace/component-sdk';
    import { shout } from './shout.js';
    type Text = string;
    export default defineComponent({
      name: 'text.shout', title: 'Shout',
      props: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
      run: ({ props }) => shout(props.text as Text),
    });`;

  it('load without a build step and without an SDK of their own', async () => {
    await write({ 'p/index.ts': text, 'p/shout.ts': 'export const shout = (text: string): string => text + "!";' });
    const { components, problems } = await load(['./p']);
    expect(problems).toEqual([]);
    expect((await tryComponent(components[0]!.component, { props: { text: 'a' } })).output).toBe('a!');
  });
});

describe('a broken plugin', () => {
  it.each([
    ['throws an error', 'throw new Error("no key");', 'plugin.load-failed', 'Error: no key'],
    ['throws something else', 'throw { toString: 1 };', 'plugin.load-failed', 'something that is no Error'],
    ['does not parse', 'export default {', 'plugin.load-failed', 'SyntaxError'],
    ['imports what is not there', 'import "gone-package"; export default [];', 'plugin.load-failed', 'gone-package'],
    ['has no default export', 'export const a = 1;', 'plugin.no-default-export', 'export default definePlugin'],
    ['exports something else', 'export default 42;', 'plugin.bad-export', 'neither a plugin'],
    ['never finishes loading', 'await new Promise(() => {}); export default [];', 'plugin.load-timeout', '200 ms'],
  ])('that %s becomes a problem, and the others load', async (_what, source, code, words) => {
    await write({
      'package.json': MODULE_TYPE,
      'plugins/bad/index.js': source,
      'plugins/good/index.js': `export default ${component('good.one')}`,
    });
    const { names, problems } = await load(['./plugins'], { timeoutMs: 200 });
    expect(names).toEqual(['good.one']);
    expect(problems).toEqual([{ code, plugin: join(root, 'plugins/bad/index.js'), message: expect.stringContaining(words) }]);
  });

  it.each([
    ['a bad name', component('Bad Name'), 'vendor.verb-noun'],
    ['no title', "{ name: 'a.b', props: { type: 'object' }, run() {} }", 'title is missing'],
    ['no run', "{ name: 'a.b', title: 'T', props: { type: 'object' } }", 'run must be a function'],
    ['no props', "{ name: 'a.b', title: 'T', run() {} }", 'props must be a JSON Schema of type object'],
    [
      'an invalid schema',
      "{ name: 'a.b', title: 'T', props: { type: 'object', properties: { a: { type: 'strin' } } }, run() {} }",
      'props is not a valid JSON Schema',
    ],
    [
      'a bad pattern',
      "{ name: 'a.b', title: 'T', props: { type: 'object', properties: { a: { pattern: '(' } } }, run() {} }",
      'props is not a valid JSON Schema',
    ],
    [
      'an invalid output',
      "{ name: 'a.b', title: 'T', props: { type: 'object' }, output: { type: 1 }, run() {} }",
      'output is not a valid JSON Schema',
    ],
    [
      'an unknown credential type',
      "{ name: 'a.b', title: 'T', props: { type: 'object' }, credential: { types: ['key'] }, run() {} }",
      'credential.types',
    ],
    [
      'a recipe for a credential that it does not take',
      "{ name: 'a.b', title: 'T', props: { type: 'object' }, credential: { types: ['api-key'], recipes: [{ title: 'A', definition: { type: 'basic' }, asks: { secret: 'B' } }] }, run() {} }",
      'credential.recipes',
    ],
    [
      'a recipe that does not ask for a secret',
      "{ name: 'a.b', title: 'T', props: { type: 'object' }, credential: { types: ['basic'], recipes: [{ title: 'A', definition: { type: 'basic' }, asks: {} }] }, run() {} }",
      'credential.recipes',
    ],
    ['an unknown idempotent', "{ name: 'a.b', title: 'T', props: { type: 'object' }, idempotent: true, run() {} }", 'idempotent must be'],
    ['no object', 'null', 'not an object'],
  ])('a component with %s is left out, its neighbour stays', async (_what, source, words) => {
    await write({ 'package.json': MODULE_TYPE, 'p.js': `export default [${source}, ${component('good.one')}]` });
    const { names, problems } = await load(['./p.js']);
    expect(names).toEqual(['good.one']);
    expect(problems).toEqual([{ code: 'plugin.bad-component', plugin: join(root, 'p.js'), message: expect.stringContaining(words) }]);
  });

  it('cannot take a name that another plugin or Millrace has', async () => {
    await write({
      'package.json': MODULE_TYPE,
      'a.js': `export default [${component('x.one')}, ${component('http.request')}]`,
      'b.js': `export default ${component('x.one')}`,
    });
    const { names, problems } = await load(['./a.js', './b.js'], { reserved: ['http.request'] });
    expect(names).toEqual(['x.one']);
    expect(problems.map(({ plugin, message }) => [plugin, message])).toEqual([
      [join(root, 'a.js'), expect.stringContaining('"http.request" is taken by Millrace itself')],
      [join(root, 'b.js'), expect.stringContaining(`"x.one" is taken by ${join(root, 'a.js')}`)],
    ]);
  });
});
