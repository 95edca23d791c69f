import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtinComponents } from '@millrace/components';
import type { Problem } from '@millrace/flow';
import type { FlowEntity, FlowVersionEntity, PostgresFlowStore, Published } from '@millrace/postgres';
import { createLogger, type Log } from '@millrace/telemetry';
import { Catalog, type CatalogParts } from './catalog.js';
import type { Drafts } from './draft-places.js';
import type { MadeEndpoints } from './endpoint-shelf.js';
import type { LiveFlow } from './live.js';
import { NotRunnable } from './plans.js';
import { ComponentRegistry } from './components.js';
import { readFlowFolder } from './flow-folder.js';
import type { SealedEntry, Vault } from './vault/vault.js';

/** The flow store without its database. */
class MemoryFlowStore implements Pick<PostgresFlowStore, 'publish' | 'refuse' | 'archive' | 'list' | 'find' | 'version' | 'revision'> {
  private readonly flows = new Map<string, FlowEntity>();
  private readonly versions = new Map<string, FlowVersionEntity>();
  private changes = 0;

  async publish(id: string, text: string, enabled: boolean): Promise<Published> {
    const { liveVersion = 0 } = this.flows.get(id) ?? {};
    const same = this.versions.get(`${id}@${liveVersion}`)?.text === text;
    const version = (liveVersion ?? 0) + (same ? 0 : 1);
    this.set(id, { liveVersion: version, enabled, archived: false, problems: [] });
    this.versions.set(`${id}@${version}`, {
      flowId: id,
      version,
      text,
      hash: '',
      origin: 'folder',
      restored: null,
      createdAt: new Date(0),
    });
    return { kind: same ? 'unchanged' : 'published', version };
  }

  async refuse(id: string, problems: readonly Problem[]): Promise<void> {
    this.set(id, { archived: false, problems: [...problems] });
  }

  async archive(id: string): Promise<boolean> {
    this.set(id, { archived: true });
    return true;
  }

  async list(): Promise<FlowEntity[]> {
    return [...this.flows.values()];
  }

  async find(id: string): Promise<FlowEntity | null> {
    return this.flows.get(id) ?? null;
  }

  async version(id: string, version: number): Promise<FlowVersionEntity | null> {
    return this.versions.get(`${id}@${version}`) ?? null;
  }

  async revision(): Promise<string> {
    return String(this.changes);
  }

  private set(id: string, part: Partial<FlowEntity>): void {
    this.changes += 1;
    const fresh = {
      id,
      liveVersion: null,
      enabled: true,
      paused: false,
      archived: false,
      problems: [],
      revision: '',
      updatedAt: new Date(0),
    };
    this.flows.set(id, { ...(this.flows.get(id) ?? fresh), ...part });
  }
}

let folder: string;
let store: MemoryFlowStore;
let variables: Record<string, string>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-catalog-'));
  store = new MemoryFlowStore();
  variables = { KEY: 'a-key-of-the-catalog-spec' };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function open(follow = false, vault?: Vault, more: Partial<CatalogParts> = {}): Promise<Catalog> {
  const parts = {
    flows: folder,
    credentials: join(folder, 'credentials.json'),
    endpoints: join(folder, 'endpoints.json'),
    variable: (name: string) => variables[name],
    components: new ComponentRegistry(builtinComponents),
    store: store as unknown as PostgresFlowStore,
    log: createLogger({ level: 'silent', format: 'json' }),
    ...(vault && { vault }),
    ...more,
  };
  return Catalog.open(parts, follow);
}

function flowText(id: string, trigger: object = {}, steps: object[] = [], rest: object = {}): string {
  return JSON.stringify({ format: 1, id, trigger: { type: 'webhook', ...trigger }, steps, ...rest });
}

async function write(name: string, text: string): Promise<void> {
  await writeFile(join(folder, `${name}.json`), text);
}

const KEYED = JSON.stringify({ key: { type: 'api-key', name: 'x-key', value: { env: 'KEY' } } });

describe('the flows folder', () => {
  it('says whether any flow that is live has a rate or a priority, and follows what is published', async () => {
    await write('a', flowText('a'));
    const catalog = await open();
    expect(catalog.heldBack).toEqual({ isPaced: false, isRanked: false });
    await write('a', flowText('a', {}, [], { rate: { limit: 1, per: '1s' } }));
    await write('b', flowText('b', {}, [], { priority: 'low' }));
    await catalog.reload();
    expect(catalog.heldBack).toEqual({ isPaced: true, isRanked: true });
    await write('a', flowText('a'));
    await write('b', flowText('b', {}, [], { priority: 'normal' }));
    await catalog.reload();
    expect(catalog.heldBack).toEqual({ isPaced: false, isRanked: false });
  });

  it('is what is live', async () => {
    await write('a', flowText('a'));
    await write('b', flowText('b', {}, [], { enabled: false }));
    const catalog = await open();
    expect(catalog.flow('a')).toMatchObject({ version: 1, enabled: true, problems: [], credential: undefined });
    expect(catalog.flow('b')).toMatchObject({ version: 1, enabled: false });
    expect(catalog.flow('c')).toBeUndefined();
    expect(catalog.flows().map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('refuses a call of a flow that is not there, and takes one of a flow that stands beside it', async () => {
    await write('a', flowText('a', {}, [{ id: 'sub', call: 'b' }]));
    await write('b', flowText('b', {}, [{ id: 'sub', call: 'nowhere' }]));
    const catalog = await open();
    expect(catalog.flow('a')).toMatchObject({ version: 1, problems: [] });
    expect(catalog.flow('b')).toMatchObject({ version: 0, problems: [expect.objectContaining({ code: 'call.unknown-flow' })] });
  });

  it('makes a version of a new file and of a changed one, and of nothing else', async () => {
    await write('a', flowText('a'));
    const catalog = await open();
    await write('b', flowText('b'));
    await catalog.reload();
    expect([catalog.flow('a')?.version, catalog.flow('b')?.version]).toEqual([1, 1]);
    await write('a', flowText('a', { whenPaused: 'refuse' }));
    await catalog.reload();
    expect([catalog.flow('a')?.version, catalog.flow('a')?.rules?.whenPaused, catalog.flow('b')?.version]).toEqual([2, 'refuse', 1]);
  });

  it('keeps the last good version live while a file is broken, says why, and takes it up again when it is mended', async () => {
    await write('a', flowText('a'));
    const catalog = await open();
    await write('a', flowText('a', {}, [{ id: 'x', use: 'no.such-thing' }]));
    await catalog.reload();
    expect(catalog.flow('a')).toMatchObject({ version: 1, problems: [{ code: 'component.unknown' }] });
    expect(catalog.flow('a')?.rules).toBeDefined();
    await write('a', flowText('a', { limit: '10kb' }));
    await catalog.reload();
    expect(catalog.flow('a')).toMatchObject({ version: 2, problems: [] });
  });

  it('shows a file that was never good, without anything that could accept a request', async () => {
    await write('a', '{');
    const catalog = await open();
    expect(catalog.flow('a')).toMatchObject({
      version: 0,
      rules: undefined,
      problems: expect.arrayContaining([expect.objectContaining({ code: 'flow.syntax' })]),
    });
  });

  it('takes down a flow whose file is gone, and brings it back with it', async () => {
    await write('a', flowText('a'));
    const catalog = await open();
    await unlink(join(folder, 'a.json'));
    await catalog.reload();
    expect(catalog.flow('a')).toBeUndefined();
    await write('a', flowText('a'));
    await catalog.reload();
    expect(catalog.flow('a')?.version).toBe(1);
  });

  it('that cannot be read takes nothing down', async () => {
    await write('a', flowText('a'));
    const catalog = await open();
    await rm(folder, { recursive: true });
    await expect(catalog.reload()).rejects.toMatchObject({ name: 'FlowFolderError', code: 'flows.folder-unreadable' });
    expect(catalog.flow('a')?.rules).toBeDefined();
  });

  it('is followed: what is saved is live without anybody asking', async () => {
    const catalog = await open(true);
    try {
      await write('a', flowText('a'));
      while (!catalog.flow('a')) await new Promise((resolve) => setTimeout(resolve, 20));
    } finally {
      catalog.close();
    }
  });
});

/** A vault whose content is set by the test; the first look at every new content fails, as while the database is away. */
class ChangingVault implements Pick<Vault, 'revision' | 'entries'> {
  private content: readonly SealedEntry[] = [];
  private changes = 0;
  private failures = 0;

  seal(secret: string): void {
    const definition = { type: 'api-key', name: 'x-key', value: { sealed: 'sealed_1' } };
    this.content = [{ name: 'key', definition, secrets: { sealed_1: secret }, locked: undefined, updatedAt: new Date(0) }];
    this.changes += 1;
    this.failures = 1;
  }

  async revision(): Promise<string> {
    return String(this.changes);
  }

  async entries(): Promise<readonly SealedEntry[]> {
    if (this.failures > 0) {
      this.failures -= 1;
      throw new Error('away');
    }
    return this.content;
  }
}

describe('what is sealed', () => {
  it('is followed without anybody asking, also when the first look at it fails, and is redacted when it was replaced', async () => {
    const vault = new ChangingVault();
    await write('a', flowText('a', { credential: 'key' }));
    const catalog = await open(true, vault as unknown as Vault);
    const taken = async (secret: string): Promise<void> => {
      while (catalog.flow('a')?.credential?.secrets[0] !== secret) await new Promise((resolve) => setTimeout(resolve, 20));
    };
    try {
      expect(catalog.flow('a')?.rules).toBeUndefined();
      vault.seal('the-first-sealed-secret');
      await taken('the-first-sealed-secret');
      expect(catalog.flow('a')?.rules).toBeDefined();
      vault.seal('the-second-sealed-secret');
      await taken('the-second-sealed-secret');
      expect(catalog.secretsOf('key')).toEqual(['the-second-sealed-secret', 'the-first-sealed-secret']);
    } finally {
      catalog.close();
    }
  }, 30_000);
});

describe('a credential', () => {
  it('that is there verifies', async () => {
    await write('credentials', KEYED);
    await write('a', flowText('a', { credential: 'key' }));
    expect((await open()).flow('a')?.credential?.name).toBe('key');
  });

  it.each([
    ['whose variable is not set', KEYED, {}],
    ['whose variable is empty', KEYED, { KEY: '' }],
    ['that is not defined', '{}', {}],
    ['that is defined wrongly', '{"key":{"type":"api-key"}}', {}],
    ['in a file that is not JSON', '{"key":', {}],
    ['in a file that is a list', '[]', {}],
    ['in a file that is not there', undefined, {}],
  ])('%s leaves the flow not enabled: never an open URL', async (_name, credentials, set) => {
    variables = set as Record<string, string>;
    if (credentials !== undefined) await write('credentials', credentials);
    await write('a', flowText('a', { credential: 'key' }));
    const flow = (await open()).flow('a');
    expect(flow).toMatchObject({ rules: undefined, credential: undefined });
    expect(flow?.problems.find(({ severity }) => severity === 'error')?.message).toContain('`key`');
  });

  it('that goes away takes a live flow out of service, and back in when it returns', async () => {
    await write('credentials', KEYED);
    await write('a', flowText('a', { credential: 'key' }));
    const catalog = await open();
    await write('credentials', '{}');
    await catalog.reload();
    expect(catalog.flow('a')).toMatchObject({ rules: undefined, credential: undefined });
    await write('credentials', KEYED);
    await catalog.reload();
    expect(catalog.flow('a')?.credential?.name).toBe('key');
    expect(catalog.flow('a')?.rules).toBeDefined();
  });

  it('keeps its flow live while the file is wrong, and the log says what happened', async () => {
    const said: string[] = [];
    const hear = (message: string): void => void said.push(message);
    const log = { debug: hear, info: hear, warn: hear, error: hear } as unknown as Log;
    await write('credentials', KEYED);
    await write('a', flowText('a', { credential: 'key' }));
    const catalog = await open(false, undefined, { log });
    for (const text of [KEYED.slice(0, -1), KEYED.replace('api-key', 'api-kye')]) {
      said.length = 0;
      await write('credentials', text);
      await catalog.reload();
      expect(catalog.flow('a')).toMatchObject({ rules: expect.anything(), credential: { name: 'key' } });
      await expect(catalog.plan('a', 1)).resolves.toBeDefined();
      expect(said).toEqual([expect.stringMatching(/credentials\.json.*What was read before stays in use\.$/)]);
    }
    said.length = 0;
    await write('credentials', KEYED);
    await catalog.reload();
    expect(said).toEqual([expect.stringMatching(/credentials\.json can be used again as it stands$/)]);
    said.length = 0;
    await write('credentials', '{}');
    await catalog.reload();
    // The version that was live needs it as well: nothing stays live.
    expect(said).toEqual([expect.stringMatching(/a\.json:1:\d+: .*`?key`?/)]);
  });

  it('that was renewed is used from then on', async () => {
    await write('credentials', KEYED);
    await write('a', flowText('a', { credential: 'key' }));
    const catalog = await open();
    variables['KEY'] = 'another-key-of-the-catalog-spec';
    await catalog.reload();
    expect(catalog.flow('a')?.credential?.secrets).toEqual(['another-key-of-the-catalog-spec']);
  });
});

describe('a plan', () => {
  it('of a version is made once, whichever version is live', async () => {
    await write('a', flowText('a'));
    const catalog = await open();
    const plan = catalog.plan('a', 1);
    expect(catalog.plan('a', 1)).toBe(plan);
    expect(await plan).toBeDefined();
  });

  it('of a version that is gone, or checks no more, is refused for good', async () => {
    await write('credentials', KEYED);
    await write('a', flowText('a', { credential: 'key' }));
    const catalog = await open();
    await expect(catalog.plan('a', 7)).rejects.toBeInstanceOf(NotRunnable);
    await store.publish('broken', flowText('broken', {}, [{ id: 'x', use: 'no.such-thing' }]), true);
    await expect(catalog.plan('broken', 1)).rejects.toThrow('no.such-thing');
  });

  it('is not refused for good because the database was away', async () => {
    await write('a', flowText('a'));
    const catalog = await open();
    const version = store.version.bind(store);
    store.version = () => Promise.reject(new Error('away'));
    await expect(catalog.plan('a', 1)).rejects.not.toBeInstanceOf(NotRunnable);
    store.version = version;
    expect(await catalog.plan('a', 1)).toBeDefined();
  });
});

describe('shared endpoints', () => {
  it('are what is declared, each with the flows that listen and can run', async () => {
    await write('endpoints', '{ "shop": { "limit": "10kb" }, "quiet": {} }');
    await write('a', flowText('a', { endpoint: 'shop' }));
    await write('b', flowText('b', { endpoint: 'shop' }, [{ id: 'x', use: 'no.such-thing' }]));
    await write('c', flowText('c', { endpoint: 'stop' }));
    const catalog = await open();
    expect(catalog.endpoints().map(({ id, listeners }) => [id, listeners.map((flow) => flow.id)])).toEqual([
      ['endpoints/shop', ['a']],
      ['endpoints/quiet', []],
    ]);
    expect(catalog.endpoint('shop')?.rules?.maxBytes).toBe(10 * 1024);
    expect(catalog.flow('c')).toMatchObject({ rules: undefined, problems: [{ code: 'endpoint.unknown' }] });
    expect([catalog.largestBody(1), catalog.largestBody(20_000)]).toEqual([10 * 1024, 20_000]);
  });

  it('keep their last good form while the file is wrong, and their flows', async () => {
    await write('endpoints', '{ "shop": { "methods": ["PUT"] } }');
    await write('a', flowText('a', { endpoint: 'shop' }));
    const catalog = await open();
    for (const text of ['{ "shop": { "methods": [] } }', '{ "shop": ']) {
      await write('endpoints', text);
      await catalog.reload();
      expect(catalog.endpoint('shop')?.rules?.methods).toEqual(['PUT']);
      expect(catalog.endpoint('shop')?.listeners.map(({ id }) => id)).toEqual(['a']);
    }
  });

  it('are closed, never open, where their credential cannot be had', async () => {
    await write('endpoints', '{ "shop": { "credential": "key" } }');
    await write('credentials', KEYED);
    const catalog = await open();
    expect(catalog.endpoint('shop')).toMatchObject({ credential: { name: 'key' } });
    await write('credentials', '{}');
    await catalog.reload();
    expect(catalog.endpoint('shop')?.rules).toBeUndefined();
  });

  it('that are gone stop no run that has begun', async () => {
    await write('endpoints', '{ "shop": {} }');
    await write('a', flowText('a', { endpoint: 'shop' }));
    const catalog = await open();
    await unlink(join(folder, 'endpoints.json'));
    await catalog.reload();
    expect([catalog.endpoint('shop'), catalog.flow('a')?.rules]).toEqual([undefined, undefined]);
    await expect(catalog.plan('a', 1)).resolves.toBeDefined();
  });
});

describe('endpoints that were made', () => {
  interface Row {
    readonly name: string;
    readonly definition: object;
    readonly revision: number;
  }

  function shelf(...rows: Row[]): { rows: Row[] } & MadeEndpoints {
    const made = {
      rows,
      list: () => Promise.resolve(made.rows.map((row) => ({ ...row, createdAt: new Date(0), updatedAt: new Date(0) }))),
      revision: () => Promise.resolve(JSON.stringify(made.rows)),
    };
    return made;
  }

  it('go before the file of the same name, whole, and give way to it again', async () => {
    await write('endpoints', '{ "shop": { "limit": "10kb" }, "wrong": { "methods": [] } }');
    const made = shelf({ name: 'shop', definition: { methods: ['PUT'] }, revision: 4 }, { name: 'wrong', definition: {}, revision: 5 });
    const catalog = await open(false, undefined, { made });
    expect(catalog.endpoint('shop')?.rules).toMatchObject({ methods: ['PUT'], maxBytes: undefined });
    expect(catalog.endpoint('wrong')).toMatchObject({ problems: [], rules: { methods: ['POST'] } });
    expect(catalog.declaredEndpoints.defined.get('shop')).toMatchObject({ source: 'made', shadowsFile: true, revision: 4 });
    made.rows = [];
    await catalog.reload();
    expect(catalog.endpoint('shop')?.rules).toMatchObject({ methods: ['POST'], maxBytes: 10 * 1024 });
    expect(catalog.endpoint('wrong')?.rules).toBeUndefined();
    expect(catalog.declaredEndpoints.defined.get('shop')).toMatchObject({ source: 'file', shadowsFile: false, revision: 0 });
  });

  it('are followed without a restart, and are closed while their credential cannot be had', async () => {
    await write('credentials', KEYED);
    const made = shelf();
    const catalog = await open(true, undefined, { made });
    made.rows = [{ name: 'late', definition: { credential: 'key' }, revision: 1 }];
    while (!catalog.endpoint('late')) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(catalog.endpoint('late')).toMatchObject({ credential: { name: 'key' } });
    await write('credentials', '{}');
    await catalog.reload();
    expect(catalog.endpoint('late')?.rules).toBeUndefined();
    catalog.close();
  });
});

describe('the URL of a flow that was never published', () => {
  let texts: Record<string, string>;
  beforeEach(() => (texts = {}));

  async function withDrafts(): Promise<Catalog> {
    const drafts: Drafts = {
      list: () =>
        Promise.resolve(
          Object.entries(texts).map(([flowId, text]) => ({
            flowId,
            text,
            baseVersion: 0,
            baseHash: '',
            revision: 1,
            updatedAt: new Date(0),
          })),
        ),
      revision: () => Promise.resolve(JSON.stringify(texts)),
    };
    return open(false, undefined, { drafts });
  }

  async function drawn(catalog: Catalog, text: string | undefined): Promise<LiveFlow | undefined> {
    if (text === undefined) delete texts['idea'];
    else texts['idea'] = text;
    await catalog.followDraft('idea');
    return catalog.place('idea');
  }

  it('is what its draft says, however unfinished its steps are', async () => {
    await write('credentials', KEYED);
    const catalog = await withDrafts();
    expect(catalog.place('idea')).toBeUndefined();
    const open = await drawn(
      catalog,
      flowText('idea', { limit: '10kb' }, [{ id: 'x', use: 'no.such-thing', with: { to: '{{ steps.nobody' } }]),
    );
    expect(open).toMatchObject({ draft: true, version: 0, rules: { maxBytes: 10 * 1024, rate: { limit: 60 } } });
    const keyed = await drawn(catalog, flowText('idea', { credential: 'key' }));
    expect([keyed?.credential?.name, keyed?.rules?.rate]).toEqual(['key', undefined]);
    expect([catalog.flow('idea'), catalog.flows()]).toEqual([undefined, []]);
    expect(await drawn(catalog, undefined)).toBeUndefined();
  });

  it('is closed where the trigger is wrong or its credential cannot be had, and what it was while the text cannot be read', async () => {
    const catalog = await withDrafts();
    const open = await drawn(catalog, flowText('idea'));
    expect(await drawn(catalog, '{ "format": 1, "trigger": {')).toBe(open);
    for (const trigger of [{ credential: 'nobody' }, { methods: [] }, { endpoint: 'nowhere' }]) {
      const place = await drawn(catalog, flowText('idea', trigger));
      expect([place?.rules, place?.problems.length]).toEqual([undefined, 1]);
    }
    expect((await drawn(catalog, '{'))?.rules).toBeUndefined();
  });

  it('is the version that is live, once one is', async () => {
    await write('idea', flowText('idea', { methods: ['PUT'] }));
    texts['idea'] = flowText('idea');
    const catalog = await withDrafts();
    expect(catalog.place('idea')).toBe(catalog.flow('idea'));
    await unlink(join(folder, 'idea.json'));
    await catalog.reload();
    expect(catalog.place('idea')).toMatchObject({ draft: true });
  });
});

it('a flow whose file is gone is archived, and the log says so', async () => {
  const lines: string[] = [];
  const log = Object.assign(createLogger({ level: 'silent', format: 'json' }), { info: (line: string) => lines.push(line) });
  await write('a', flowText('a'));
  const catalog = await open(false, undefined, { log });
  await rm(join(folder, 'a.json'));
  await catalog.reload();
  expect(catalog.flow('a')).toBeUndefined();
  expect(lines).toContain(`Flow a is archived: it has no file in ${folder}`);
  await catalog.reload();
  expect(lines.filter((line) => line.includes('archived'))).toHaveLength(1);
});

describe('files beside the flows', () => {
  it('are not flows: credentials, endpoints, cases, schemas, hidden ones, folders, what was deleted meanwhile', async () => {
    for (const name of ['credentials', 'endpoints', 'a.cases', 'flow.schema', '.hidden']) await write(name, '{}');
    await writeFile(join(folder, 'notes.md'), '');
    await mkdir(join(folder, 'folder.json'));
    await symlink(join(folder, 'gone'), join(folder, 'dangling.json'));
    await write('b', 'B');
    await write('a', 'A');
    expect(await readFlowFolder(folder)).toEqual([
      { id: 'a', path: join(folder, 'a.json'), text: 'A' },
      { id: 'b', path: join(folder, 'b.json'), text: 'B' },
    ]);
  });

  it('are not flows either where they are no files: a pipe would be read for ever', async () => {
    const server = createServer().listen(join(folder, 'socket.json'));
    await once(server, 'listening');
    await write('a', 'A');
    expect((await readFlowFolder(folder)).map(({ id }) => id)).toEqual(['a']);
    server.close();
  });

  it('that cannot be read at all are named, and not taken for deleted', async () => {
    await symlink('loop.json', join(folder, 'loop.json'));
    await expect(readFlowFolder(folder)).rejects.toThrow(`The flow file ${join(folder, 'loop.json')} cannot be read`);
  });
});
