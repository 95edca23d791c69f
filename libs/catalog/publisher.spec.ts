import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { builtinComponents } from '@millrace/components';
import { PostgresDraftStore, PostgresFlowStore, textHash, type Database } from '@millrace/postgres';
import { createLogger } from '@millrace/telemetry';
import { startPrivatePostgres, type PrivatePostgres } from '../../test/contract/private-postgres.js';
import { Catalog } from './catalog.js';
import { ComponentRegistry } from './components.js';
import { flowIdObjection, Publisher } from './publisher.js';

let server: PrivatePostgres;
let database: Database;
let folder: string;
const opened: Catalog[] = [];

beforeAll(async () => {
  server = await startPrivatePostgres();
  database = await server.newDatabase();
}, 180_000);
afterAll(() => server.stop(), 180_000);

beforeEach(async () => {
  await database.pool.query('truncate drafts, flow_versions, flows');
  folder = await mkdtemp(join(tmpdir(), 'millrace-publisher-'));
});
afterEach(async () => {
  for (const catalog of opened.splice(0)) catalog.close();
  await rm(folder, { recursive: true, force: true });
});

interface Rig {
  readonly catalog: Catalog;
  readonly flows: PostgresFlowStore;
  readonly drafts: PostgresDraftStore;
  readonly publisher: Publisher;
}

async function open({ source = 'folder', follow = false }: { source?: 'folder' | 'database'; follow?: boolean } = {}): Promise<Rig> {
  const flows = new PostgresFlowStore(database.dataSource);
  const drafts = new PostgresDraftStore(database.dataSource);
  const place = source === 'folder' ? folder : undefined;
  const catalog = await Catalog.open(
    {
      flows: place,
      credentials: join(folder, 'credentials.json'),
      variable: () => undefined,
      components: new ComponentRegistry(builtinComponents),
      store: flows,
      log: createLogger({ level: 'silent', format: 'json' }),
    },
    follow,
  );
  opened.push(catalog);
  return { catalog, flows, drafts, publisher: new Publisher({ catalog, flows, drafts, folder: place }) };
}

/** A flow text that a comment tells from others. */
function text(mark: string, rest = ''): string {
  return `{ "format": 1, "id": "a", "trigger": { "type": "webhook" }, "steps": [] ${rest} } // ${mark}\n`;
}

/** The lock under which everybody publishes; see `PostgresFlowStore`. */
const PUBLISH_LOCK = 0x6d696c6c;

/** Resolves once so many transactions wait for an advisory lock of this database. */
async function waiting(count: number): Promise<void> {
  const asked = `select count(*)::int as count from pg_locks where locktype = 'advisory' and not granted
    and database = (select oid from pg_database where datname = current_database())`;
  while ((await database.pool.query<{ count: number }>(asked)).rows[0]?.count !== count)
    await new Promise((resolve) => setTimeout(resolve, 10));
}

const file = (): string => join(folder, 'a.json');
const onDisk = (): Promise<string> => readFile(file(), 'utf8');
const base = (version: number, of: string | undefined) => ({ version, hash: of === undefined ? '' : textHash(of) });

async function draft({ drafts }: Rig, content: string, from: { version: number; hash: string }): Promise<number> {
  const saved = await drafts.save({ flowId: 'a', text: content, base: from }, (await drafts.find('a'))?.revision ?? 0);
  if (saved.kind !== 'saved') throw new Error('stale');
  return saved.draft.revision;
}

describe('publishing a draft', () => {
  it('makes the version, the file and the live flow in one action, and takes the draft away', async () => {
    await writeFile(file(), text('one'));
    const rig = await open();
    const revision = await draft(rig, text('two'), base(1, text('one')));
    expect(await rig.publisher.publishDraft('a', revision)).toEqual({ kind: 'published', version: 2 });
    expect([await onDisk(), rig.catalog.flow('a')?.version, await rig.drafts.find('a')]).toEqual([text('two'), 2, null]);
  });

  it('brings a flow into being that was nowhere', async () => {
    const rig = await open();
    const revision = await draft(rig, text('first'), base(0, undefined));
    expect(await rig.publisher.publishDraft('a', revision)).toEqual({ kind: 'published', version: 1 });
    expect(await onDisk()).toBe(text('first'));
  });

  it('makes one version, though the folder is watched, read again and read by another process', async () => {
    await writeFile(file(), text('one'));
    const [rig, other] = [await open({ follow: true }), await open({ follow: true })];
    const revision = await draft(rig, text('two'), base(1, text('one')));
    await Promise.all([rig.publisher.publishDraft('a', revision), rig.catalog.reload(), other.catalog.reload()]);
    await Promise.all([rig.catalog.reload(), other.catalog.reload()]);
    expect((await rig.flows.versions('a', 10)).map(({ version, origin }) => [version, origin])).toEqual([
      [2, 'draft'],
      [1, 'folder'],
    ]);
  });

  it('is not undone by a process that read the older file just before', async () => {
    await writeFile(file(), text('one'));
    const [rig, other] = [await open(), await open()];
    const revision = await draft(rig, text('two'), base(1, text('one')));
    const holder = await database.pool.connect();
    await holder.query('select pg_advisory_lock($1)', [PUBLISH_LOCK]);
    const publishing = rig.publisher.publishDraft('a', revision);
    await waiting(1);
    const reading = other.catalog.reload();
    await waiting(2);
    await holder.query('select pg_advisory_unlock($1)', [PUBLISH_LOCK]);
    holder.release();
    expect(await publishing).toEqual({ kind: 'published', version: 2 });
    await reading;
    expect([other.catalog.flow('a')?.version, await onDisk()]).toEqual([2, text('two')]);
  });

  it('leaves nothing beside the file, and the mode of the file as it was', async () => {
    await writeFile(file(), text('one'));
    await chmod(file(), 0o640);
    const rig = await open();
    await rig.publisher.publishDraft('a', await draft(rig, text('two'), base(1, text('one'))));
    expect([await readdir(folder), (await stat(file())).mode & 0o777]).toEqual([['a.json'], 0o640]);
  });

  it('writes through a link', async () => {
    await mkdir(join(folder, 'elsewhere'));
    await writeFile(join(folder, 'elsewhere', 'real.json'), text('one'));
    await symlink(join(folder, 'elsewhere', 'real.json'), file());
    const rig = await open();
    await rig.publisher.publishDraft('a', await draft(rig, text('two'), base(1, text('one'))));
    expect((await lstat(file())).isSymbolicLink()).toBe(true);
    expect(await readFile(join(folder, 'elsewhere', 'real.json'), 'utf8')).toBe(text('two'));
  });

  it('stops at a file that somebody changed since, shows both, and loses neither', async () => {
    await writeFile(file(), text('one'));
    const rig = await open();
    const revision = await draft(rig, text('mine'), base(1, text('one')));
    await writeFile(file(), text('theirs'));
    const theirs = { from: 'file', version: 1, text: text('theirs'), hash: textHash(text('theirs')) };
    expect(await rig.publisher.publishDraft('a', revision)).toEqual({ kind: 'conflict', theirs, yours: text('mine') });
    expect([await onDisk(), (await rig.drafts.find('a'))?.text, rig.catalog.flow('a')?.version]).toEqual([text('theirs'), text('mine'), 1]);
    // Whoever has seen theirs may publish over it.
    const again = await draft(rig, text('mine'), base(1, text('theirs')));
    expect(await rig.publisher.publishDraft('a', again)).toEqual({ kind: 'published', version: 2 });
  });

  it('stops at a version that somebody published since, also one that came from the file', async () => {
    await writeFile(file(), text('one'));
    const rig = await open();
    const revision = await draft(rig, text('mine'), base(1, text('one')));
    await writeFile(file(), text('theirs'));
    await rig.catalog.reload();
    expect(await rig.publisher.publishDraft('a', revision)).toMatchObject({ kind: 'conflict', theirs: { from: 'version', version: 2 } });
  });

  it('stops where the file was deleted, instead of bringing it back unasked', async () => {
    await writeFile(file(), text('one'));
    const rig = await open();
    const revision = await draft(rig, text('mine'), base(1, text('one')));
    await unlink(file());
    expect(await rig.publisher.publishDraft('a', revision)).toMatchObject({
      kind: 'conflict',
      theirs: { from: 'file', text: null, hash: '' },
    });
  });

  it('refuses what does not check, with its problems, and changes nothing', async () => {
    await writeFile(file(), text('one'));
    const rig = await open();
    const revision = await draft(rig, '{', base(1, text('one')));
    const problems = expect.arrayContaining([expect.objectContaining({ code: 'flow.syntax', line: 1, column: 2 })]);
    expect(await rig.publisher.publishDraft('a', revision)).toEqual({ kind: 'refused', problems });
    expect([await onDisk(), (await rig.drafts.find('a'))?.text]).toEqual([text('one'), '{']);
  });

  it('does nothing where the file cannot be used', async () => {
    await writeFile(file(), text('one'));
    const rig = await open();
    await rm(file());
    await mkdir(file());
    const revision = await draft(rig, text('two'), base(1, text('one')));
    await expect(rig.publisher.publishDraft('a', revision)).rejects.toMatchObject({ code: 'flow.file-unusable' });
    expect([(await rig.flows.versions('a', 10)).length, (await rig.drafts.find('a'))?.text]).toEqual([1, text('two')]);
  });

  it('of a revision that is not the latest is refused, and one of two at a time wins', async () => {
    const rig = await open();
    const first = await draft(rig, text('one'), base(0, undefined));
    const second = await draft(rig, text('two'), base(0, undefined));
    expect(await rig.publisher.publishDraft('a', first)).toMatchObject({ kind: 'stale', draft: { text: text('two') } });
    const results = await Promise.all([rig.publisher.publishDraft('a', second), rig.publisher.publishDraft('a', second)]);
    expect(results.map(({ kind }) => kind).sort()).toEqual(['published', 'stale']);
    expect(await rig.publisher.publishDraft('a', second)).toEqual({ kind: 'missing' });
  });
});

describe('with the database as the source', () => {
  it('the folder is neither read nor written', async () => {
    await writeFile(file(), text('file'));
    const rig = await open({ source: 'database' });
    expect(rig.catalog.flow('a')).toBeUndefined();
    expect(await rig.publisher.deploy('a', text('deployed'))).toEqual({ kind: 'published', version: 1 });
    expect([await onDisk(), rig.catalog.flow('a')?.version]).toEqual([text('file'), 1]);
  });

  it('a version that was published since the base is a conflict', async () => {
    const rig = await open({ source: 'database' });
    await rig.publisher.deploy('a', text('one'));
    const revision = await draft(rig, text('mine'), base(1, text('one')));
    await rig.publisher.deploy('a', text('theirs'));
    expect(await rig.publisher.publishDraft('a', revision)).toMatchObject({
      kind: 'conflict',
      theirs: { from: 'version', text: text('theirs') },
    });
  });
});

describe('deploying', () => {
  it('the same text again makes no version', async () => {
    const rig = await open();
    await rig.publisher.deploy('a', text('one'));
    expect(await rig.publisher.deploy('a', text('one'))).toEqual({ kind: 'unchanged', version: 1 });
  });

  it('goes over versions, but not over a file that nobody published', async () => {
    await writeFile(file(), text('one'));
    const rig = await open();
    expect(await rig.publisher.deploy('a', text('two'))).toEqual({ kind: 'published', version: 2 });
    await writeFile(file(), '{ half an edit');
    expect(await rig.publisher.deploy('a', text('three'))).toMatchObject({
      kind: 'conflict',
      theirs: { from: 'file', text: '{ half an edit' },
    });
    expect(await onDisk()).toBe('{ half an edit');
  });
});

describe('rolling back', () => {
  it('makes a new version of an old text, in the file too, and says whose it is', async () => {
    await writeFile(file(), text('one'));
    const rig = await open();
    await rig.publisher.deploy('a', text('two'));
    expect(await rig.publisher.rollBack('a', 1)).toEqual({ kind: 'published', version: 3 });
    expect([await onDisk(), (await rig.flows.version('a', 3))?.restored]).toEqual([text('one'), 1]);
    expect(await rig.publisher.rollBack('a', 9)).toEqual({ kind: 'missing' });
  });
});

describe('archiving', () => {
  it('takes the file and the live flow away, keeps the versions, and rolling back brings it all back', async () => {
    await writeFile(file(), text('one'));
    const rig = await open();
    expect(await rig.publisher.archive('a', base(1, text('one')))).toEqual({ kind: 'archived' });
    await expect(stat(file())).rejects.toThrow('ENOENT');
    expect(rig.catalog.flow('a')).toBeUndefined();
    expect(await rig.publisher.archive('a')).toEqual({ kind: 'missing' });
    await rig.catalog.reload();
    expect(rig.catalog.flow('a')).toBeUndefined();
    expect(await rig.publisher.rollBack('a', 1)).toEqual({ kind: 'unchanged', version: 1 });
    expect([await onDisk(), rig.catalog.flow('a')?.version]).toEqual([text('one'), 1]);
  });

  it('stops at a file or a version that somebody made since, and keeps both', async () => {
    await writeFile(file(), text('one'));
    const rig = await open();
    await writeFile(file(), text('theirs', ', "nonsense": 1'));
    const theirs = text('theirs', ', "nonsense": 1');
    expect(await rig.publisher.archive('a', base(1, text('one')))).toMatchObject({
      kind: 'conflict',
      theirs: { from: 'file', text: theirs },
    });
    expect(await rig.publisher.archive('a')).toMatchObject({ kind: 'conflict', theirs: { from: 'file', text: theirs } });
    expect([await onDisk(), rig.catalog.flow('a')?.version]).toEqual([theirs, 1]);
    await writeFile(file(), text('two'));
    await rig.catalog.reload();
    expect(await rig.publisher.archive('a', base(1, text('one')))).toMatchObject({
      kind: 'conflict',
      theirs: { from: 'version', version: 2 },
    });
    expect(await rig.publisher.archive('a', base(2, text('two')))).toEqual({ kind: 'archived' });
  });

  it('names the live flows that call it and keeps it, unless it is forced; what is archived is no caller', async () => {
    const rig = await open({ source: 'database' });
    const caller = (id: string): string =>
      `{ "format": 1, "id": "${id}", "trigger": { "type": "webhook" }, "steps": [{ "id": "c", "call": "a" }] }`;
    await rig.publisher.deploy('a', text('one'));
    for (const id of ['main', 'another', 'gone']) expect(await rig.publisher.deploy(id, caller(id))).toMatchObject({ kind: 'published' });
    expect(await rig.publisher.archive('gone')).toEqual({ kind: 'archived' });
    expect(await rig.publisher.archive('a')).toEqual({ kind: 'called', callers: ['another', 'main'] });
    expect(rig.catalog.flow('a')?.version).toBe(1);
    expect(await rig.publisher.archive('a', undefined, true)).toEqual({ kind: 'archived' });
    expect(await rig.publisher.archive('a')).toEqual({ kind: 'missing' });
  });

  it('leaves the folder alone where the database is the source, and ends what others may call', async () => {
    await writeFile(file(), text('of the folder'));
    const rig = await open({ source: 'database' });
    await rig.publisher.deploy('a', text('one'));
    const caller = '{ "format": 1, "id": "b", "trigger": { "type": "webhook" }, "steps": [{ "id": "c", "call": "a" }] }';
    const codes = (): string[] => rig.catalog.check(caller, 'b').problems.map(({ code }) => code);
    const before = codes();
    expect(await rig.publisher.archive('a')).toEqual({ kind: 'archived' });
    expect(await onDisk()).toBe(text('of the folder'));
    expect([before, codes()]).toEqual([[], ['call.unknown-flow']]);
  });
});

describe('a pause', () => {
  it('outlasts a restart, a new version and the reading of the folder', async () => {
    await writeFile(file(), text('one'));
    const first = await open();
    await first.publisher.pause('a', true);
    expect(first.catalog.flow('a')).toMatchObject({ enabled: false, paused: true });
    const second = await open();
    await writeFile(file(), text('two', ', "enabled": true'));
    await second.catalog.reload();
    expect(second.catalog.flow('a')).toMatchObject({ version: 2, enabled: false, paused: true });
    await second.publisher.pause('a', false);
    expect(second.catalog.flow('a')).toMatchObject({ enabled: true, paused: false });
  });

  it('and a text that says enabled: false are two things: either of them holds the flow', async () => {
    await writeFile(file(), text('off', ', "enabled": false'));
    const rig = await open();
    await rig.publisher.pause('a', true);
    await rig.publisher.pause('a', false);
    expect(rig.catalog.flow('a')).toMatchObject({ enabled: false, paused: false });
    await rig.publisher.pause('a', true);
    await rig.publisher.deploy('a', text('on'));
    expect(rig.catalog.flow('a')).toMatchObject({ enabled: false, paused: true });
  });

  it('of a flow that is not there is none', async () => {
    expect(await (await open()).publisher.pause('nobody', true)).toBeUndefined();
  });
});

describe('the id of a flow', () => {
  it.each(['../x', 'A', '', 'a.b', 'credentials', 'endpoints', 'a'.repeat(65)])('is never %p: it becomes a file name', (id) => {
    expect(flowIdObjection(id)).toMatch(/^(A|The) .*\.$/);
  });
});
