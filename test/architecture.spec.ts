import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import ts from 'typescript';

/**
 * Who may import whom. A row names what a folder may import beside itself: libs by name, packages, `node:` modules
 * (`node:*` is all of them). The reason is printed with every breach.
 */
interface Row {
  readonly may: readonly string[];
  readonly because: string;
}

const NEST = ['@nestjs/common', '@nestjs/core', '@nestjs/bullmq', '@nestjs/platform-fastify', 'reflect-metadata'];

const RULES: Readonly<Record<string, Row>> = {
  'libs/component-sdk': { may: [], because: 'it is published to strangers and must bring nothing along' },
  'libs/flow': {
    may: ['component-sdk', 'ajv', 'ajv-formats', 'croner', 'jsonata', 'jsonc-parser', 're2js', 'temporal-polyfill', '@noble/hashes'],
    because: 'the studio runs the same parser and checker in the browser',
  },
  'libs/engine': {
    may: ['flow', 'component-sdk', 'secure-json-parse', 'lossless-json', 'saxes', '@remix-run/multipart-parser', 'node:util', 'node:zlib'],
    because: 'it decides and is tested without services: no Nest, clock, network or database',
  },
  'libs/credentials': {
    may: ['component-sdk', 'node:crypto'],
    because: 'apps and components need it, neither owns it, and verify is pure',
  },
  'libs/http-client': {
    may: ['component-sdk', 'credentials', 'undici', 'ipaddr.js', 'node:*'],
    because: 'it is the one policy for every outgoing request',
  },
  'libs/components': { may: ['component-sdk', 'node:crypto'], because: 'a component that needs the engine is an engine feature' },
  'libs/postgres': { may: ['engine', 'flow', 'typeorm', 'pg', 'node:*'], because: 'the database driver stays in one folder' },
  'libs/queue': {
    may: ['engine', 'bullmq', 'ioredis', 'pg', 'node:timers/promises', ...NEST],
    because: 'the queue driver stays in one folder',
  },
  'libs/config': { may: ['dotenv', 'node:*'], because: 'it is the only reader of the environment and needs nobody' },
  'libs/telemetry': { may: ['pino', 'prom-client', '@nestjs/common'], because: 'everybody logs and counts, so that it may need nobody' },
  'libs/cases': {
    may: ['component-sdk', 'flow', 'engine', 'credentials', 'http-client', 'ajv', 'ajv-formats'],
    because: 'it runs flows as they are on nothing but memory and a stubbed network: no database, no files',
  },
  'libs/catalog': {
    may: ['component-sdk', 'flow', 'engine', 'credentials', 'postgres', 'telemetry', 'ajv', 'ajv-formats', 'jiti', 'node:*'],
    because: 'it knows what is live and leaves running it to others',
  },
  'libs/triggers': {
    may: ['catalog', 'component-sdk', 'engine', 'flow', 'postgres', 'telemetry'],
    because: 'runner and control API start runs by the same rules, and it knows no app and no Nest',
  },
  'libs/platform': {
    may: [
      'catalog',
      'components',
      'config',
      'engine',
      'postgres',
      'queue',
      'telemetry',
      'uuid',
      'ipaddr.js',
      'fastify',
      'rxjs',
      'node:*',
      ...NEST,
    ],
    because: 'it is what every app stands on, and knows no app',
  },
  'apps/webhook-service': {
    may: ['catalog', 'credentials', 'engine', 'platform', 'queue', 'telemetry', 'fastify', 'node:*', ...NEST],
    because: 'an app is a thin shell and knows no other app',
  },
  'apps/flow-runner': {
    may: [
      'catalog',
      'component-sdk',
      'credentials',
      'engine',
      'http-client',
      'platform',
      'postgres',
      'queue',
      'telemetry',
      'triggers',
      'bullmq',
      'node:*',
      ...NEST,
    ],
    because: 'an app is a thin shell and knows no other app',
  },
  'apps/control-api': {
    may: [
      'catalog',
      'component-sdk',
      // Its table of settings is shown.
      'config',
      'credentials',
      'engine',
      'flow',
      // A credential is tested on the only way out.
      'http-client',
      'platform',
      'postgres',
      'triggers',
      'ajv',
      'ajv-formats',
      'fastify',
      'rxjs',
      'node:*',
      ...NEST,
    ],
    because: 'an app is a thin shell and knows no other app',
  },
  'apps/studio': {
    may: [
      'flow',
      'component-sdk',
      'apps/control-api',
      '@base-ui/react',
      '@codemirror/autocomplete',
      '@codemirror/commands',
      '@codemirror/language',
      '@codemirror/lint',
      '@codemirror/search',
      '@codemirror/state',
      '@codemirror/view',
      '@fontsource-variable/geist-mono',
      '@fontsource-variable/hanken-grotesk',
      '@lezer/common',
      '@lezer/highlight',
      '@tanstack/react-query',
      '@tanstack/react-virtual',
      '@xyflow/react',
      'jsonc-parser',
      'lucide-react',
      'cronstrue',
      'react',
      'react-dom',
      'wouter',
    ],
    because: 'it runs in browsers and talks to the control API only; of that it knows the types of its answers',
  },
  'apps/millrace': {
    may: ['*', 'apps/webhook-service', 'apps/flow-runner', 'apps/control-api', 'jsonc-parser', 'node:*', ...NEST],
    because: 'it alone composes the apps',
  },
};

const ROOT = process.cwd();
const OWN = '@millrace/';

interface Import {
  readonly file: string;
  readonly from: string;
  /** A folder of the tree, a package, or a `node:` module. */
  readonly target: string;
  /** The file it resolves to, when it is in the same folder of the tree. */
  readonly path: string | undefined;
  /** An import of another folder's file instead of its name. */
  readonly reachesIn: boolean;
}

const files = ['apps', 'libs'].flatMap((folder) => sources(join(ROOT, folder)));
const imports = files.flatMap(importsOf);

describe('architecture', () => {
  it('has a rule for every app and lib', () => {
    const folders = ['apps', 'libs'].flatMap((kind) =>
      readdirSync(join(ROOT, kind), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => `${kind}/${entry.name}`),
    );
    expect(Object.keys(RULES).sort()).toEqual(folders.sort());
  });

  it('is kept by every import', () => {
    const breaches = imports
      .filter((entry) => !allowed(entry))
      .map(({ file, from, target }) => `${file} imports ${target}; ${from} may not, because ${RULES[from]?.because}`);
    expect(breaches).toEqual([]);
  });

  it('the studio takes types from the control API and from component-sdk, and nothing that runs', () => {
    const runs = files
      .filter((file) => relative(ROOT, file).startsWith('apps/studio/'))
      .flatMap((file) =>
        [...readFileSync(file, 'utf8').matchAll(/^(?:import|export) (?!type )[^;]*from '([^']+)'/gm)].map(
          ([, from]) => `${relative(ROOT, file)} ${from}`,
        ),
      );
    expect(runs.filter((entry) => /control-api|component-sdk/.test(entry))).toEqual([]);
  });

  it('imports another lib by its name, never its files', () => {
    const reaching = imports.filter(({ reachesIn }) => reachesIn).map(({ file, target }) => `${file} reaches into ${target}`);
    expect(reaching).toEqual([]);
  });

  it('has no import cycles', () => {
    expect(
      cycles(
        new Map(
          files.map((file) => [
            relative(ROOT, file),
            imports.filter((entry) => entry.file === relative(ROOT, file)).flatMap(({ path }) => path ?? []),
          ]),
        ),
      ),
    ).toEqual([]);
  });

  it('reads the environment in libs/config only', () => {
    const readers = files
      .filter((file) => /process\.env\b/.test(withoutComments(readFileSync(file, 'utf8'))))
      .map((file) => relative(ROOT, file));
    expect(readers.filter((file) => !file.startsWith('libs/config/') && !ENVIRONMENT_TO_CHILDREN.includes(file))).toEqual([]);
  });
});

/** Files that hand the environment on to a child process, without reading settings from it. */
const ENVIRONMENT_TO_CHILDREN: readonly string[] = ['apps/millrace/demo/stages/private.ts', 'libs/postgres/embedded/child.ts'];

function allowed({ from, target }: Import): boolean {
  const may = RULES[from]?.may ?? [];
  if (target === from || may.includes(target)) return true;
  if (target.startsWith('node:')) return may.includes('node:*');
  return target.startsWith('libs/') && (may.includes('*') || may.includes(target.slice('libs/'.length)));
}

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (name === 'dist' || name === 'node_modules') return [];
    if (statSync(path).isDirectory()) return sources(path);
    // Suites and reference adapters for tests may use test libraries.
    return /\.tsx?$/.test(name) && !/\.(spec|d)\.ts$|^vite\.config\.ts$/.test(name) && !/libs\/engine\/(contract|memory|model)\//.test(path)
      ? [path]
      : [];
  });
}

function importsOf(path: string): Import[] {
  const file = relative(ROOT, path);
  const from = file.split('/').slice(0, 2).join('/');
  return ts.preProcessFile(readFileSync(path, 'utf8')).importedFiles.map(({ fileName }) => resolve(file, from, fileName));
}

function resolve(file: string, from: string, name: string): Import {
  if (name.startsWith(OWN))
    return {
      file,
      from,
      target: `libs/${name.slice(OWN.length).split('/')[0]}`,
      path: undefined,
      reachesIn: name.slice(OWN.length).includes('/'),
    };
  if (!name.startsWith('.'))
    return { file, from, target: name.startsWith('node:') ? name : packageOf(name), path: undefined, reachesIn: false };
  const path = sourceOf(normalize(join(dirname(file), name)));
  const target = path.split('/').slice(0, 2).join('/');
  const composes = target.startsWith('apps/') && (RULES[from]?.may.includes(target) ?? false);
  return { file, from, target, path: target === from ? path : undefined, reachesIn: target !== from && !composes };
}

/** What an import with the suffix of the output stands for in the sources. */
function sourceOf(path: string): string {
  const source = path.replace(/\.js$/, '.ts');
  return existsSync(join(ROOT, source)) ? source : path.replace(/\.js$/, '.tsx');
}

function packageOf(name: string): string {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}

/** Every cycle once, as the path that closes it (depth-first search, each file visited once). */
function cycles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]): void => {
    if (trail.includes(file)) found.push([...trail.slice(trail.indexOf(file)), file].join(' → '));
    if (done.has(file) || trail.includes(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...trail, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return found;
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
}
