import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newKeyText } from '@millrace/credentials';
import { PostgresSealedStore, type Database, type SealedChange } from '@millrace/postgres';
import { startPrivatePostgres, type PrivatePostgres } from '../../../test/contract/private-postgres.js';
import { readCredentials } from '../credentials.js';
import { KeyPlace } from './keys.js';
import { Vault } from './vault.js';

const SECRET = 'a-secret-of-the-vault-spec';
const DEFINITION = { type: 'api-key', name: 'x-key', value: { secret: SECRET } };

let server: PrivatePostgres;
let database: Database;
let home: string;

beforeAll(async () => {
  server = await startPrivatePostgres();
  database = await server.newDatabase();
}, 180_000);
afterAll(() => server.stop(), 180_000);

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'millrace-vault-'));
  await database.pool.query('truncate sealed_credentials');
});
afterEach(() => rm(home, { recursive: true, force: true }));

function vaultOf({ key, store = new PostgresSealedStore(database.dataSource) }: { key?: string; store?: PostgresSealedStore } = {}): Vault {
  return new Vault({
    store,
    keys: new KeyPlace(home, key),
    variable: (name) => (name === 'FROM_ENV' ? 'from-the-environment' : undefined),
  });
}

/** Name and secrets of everything sealed, or why it is locked. */
async function contents(vault: Vault): Promise<Record<string, unknown>> {
  return Object.fromEntries((await vault.entries()).map(({ name, secrets, locked }) => [name, locked ?? Object.values(secrets)]));
}

async function stored(): Promise<string> {
  const { rows } = await database.pool.query('select * from sealed_credentials');
  return JSON.stringify(rows);
}

function keyFile(): Promise<string> {
  return readFile(join(home, 'key'), 'utf8');
}

describe('a sealed credential', () => {
  it('is stored without its secret, under a key that is made at the first one, readable by its owner only', async () => {
    const vault = vaultOf();
    expect(await vault.keyIds()).toEqual([]);
    await vault.put('shop', DEFINITION);
    expect(await contents(vault)).toEqual({ shop: [SECRET] });
    expect(await stored()).not.toContain(SECRET);
    expect((await stat(join(home, 'key'))).mode & 0o777).toBe(0o600);
  });

  it('goes before the file of the same name, whole, and the file counts again when it is gone', async () => {
    const vault = vaultOf();
    await vault.put('shop', DEFINITION);
    const path = join(home, 'credentials.json');
    await writeFile(path, '{ "shop": { "type": "none" }, "other": { "type": "none" } }');
    const book = await readCredentials(path, () => undefined, await vault.entries());
    expect([book.get('shop')?.type, book.get('other')?.type]).toEqual(['api-key', 'none']);
    expect(book.defined.get('shop')).toMatchObject({ source: 'sealed', shadowsFile: true });
    expect(await vault.remove('shop')).toBe(true);
    expect((await readCredentials(path, () => undefined, await vault.entries())).get('shop')?.type).toBe('none');
  });

  it('may refer to variables beside its secrets', async () => {
    const vault = vaultOf();
    await vault.put('mixed', { type: 'hmac', scheme: 'github', secrets: [{ secret: SECRET }, { env: 'FROM_ENV' }] });
    const book = await readCredentials(
      join(home, 'none.json'),
      (name) => (name === 'FROM_ENV' ? 'from-the-environment' : undefined),
      await vault.entries(),
    );
    expect(book.get('mixed')?.secrets).toEqual(expect.arrayContaining([SECRET, 'from-the-environment']));
  });

  it.each([
    ['an unknown key', { ...DEFINITION, valeu: 1 }],
    ['a secret where none belongs', { type: 'api-key', name: { secret: SECRET }, value: { secret: SECRET } }],
    ['a secret that is written as a reference', { type: 'api-key', name: 'x', value: SECRET }],
    ['a slot that is not there', { type: 'api-key', name: 'x', value: { sealed: 'sealed_7' } }],
    ['an empty secret', { type: 'api-key', name: 'x', value: { secret: '' } }],
    ['no type', { secret: SECRET }],
  ])('with %s is refused by a sentence without the secret, and nothing is stored', async (_name, definition) => {
    const vault = vaultOf();
    const error = await vault.put('shop', definition).catch((thrown: unknown) => thrown as Error);
    expect(error).toMatchObject({ code: 'credential.invalid', message: expect.stringMatching(/\.$/) });
    expect((error as Error).message).not.toContain(SECRET);
    expect(await contents(vault)).toEqual({});
  });

  it('has a name that fits into a path', async () => {
    for (const name of ['', '.x', 'a b', 'a/b', 'x'.repeat(81)]) {
      expect(
        await vaultOf()
          .put(name, DEFINITION)
          .catch((error: unknown) => error),
      ).toMatchObject({ code: 'credential.name-invalid' });
    }
  });

  it('changes the revision with every change, removal included', async () => {
    const vault = vaultOf();
    const seen = [await vault.revision()];
    await vault.put('a', DEFINITION);
    seen.push(await vault.revision());
    await vault.put('a', DEFINITION);
    seen.push(await vault.revision());
    await vault.put('b', DEFINITION);
    seen.push(await vault.revision());
    await vault.remove('b');
    seen.push(await vault.revision());
    expect(seen.filter((revision, at) => revision === seen[at - 1])).toEqual([]);
  });

  it('takes a new secret and keeps the old one for a while', async () => {
    const vault = vaultOf();
    await vault.put('hub', { type: 'hmac', scheme: 'github', secrets: [{ secret: 'the-first-secret' }] });
    await vault.addSecret('hub', 'the-second-secret', { fallback: undefined, keepUntil: '2100-01-01T00:00:00Z' });
    const [entry] = await vault.entries();
    expect(entry?.definition).toMatchObject({
      secrets: [{ sealed: 'sealed_2' }, { sealed: 'sealed_1', notAfter: '2100-01-01T00:00:00Z' }],
    });
    expect(entry?.secrets).toEqual({ sealed_1: 'the-first-secret', sealed_2: 'the-second-secret' });
    await vault.addSecret('hub', 'the-third-secret', { fallback: undefined, keepUntil: undefined });
    expect(await contents(vault)).toEqual({ hub: ['the-third-secret'] });
  });
});

describe('the key', () => {
  it('that is missing is named by everything that it sealed, and others cannot be sealed over it', async () => {
    await vaultOf().put('shop', DEFINITION);
    const [id] = await vaultOf().keyIds();
    await rm(join(home, 'key'));
    const vault = vaultOf();
    expect(await contents(vault)).toEqual({ shop: expect.stringContaining(`the key ${id}`) });
    const book = await readCredentials(join(home, 'none.json'), () => undefined, await vault.entries());
    expect([book.get('shop'), book.known.get('shop')?.broken]).toEqual([undefined, expect.stringContaining('Put that key back')]);
    await expect(vault.put('other', DEFINITION)).rejects.toMatchObject({ code: 'seal.key-missing' });
    expect(await vault.remove('shop')).toBe(true);
    await vault.put('other', DEFINITION);
    expect(await contents(vault)).toEqual({ other: [SECRET] });
  });

  it('from the environment goes before the file, which still opens what it sealed', async () => {
    await vaultOf().put('old', DEFINITION);
    const vault = vaultOf({ key: newKeyText() });
    await vault.put('new', DEFINITION);
    expect(await contents(vault)).toEqual({ old: [SECRET], new: [SECRET] });
    expect(await vault.rotateKey()).toMatchObject({ resealed: 1 });
    await rm(join(home, 'key'));
    expect(await contents(vault)).toEqual({ old: [SECRET], new: [SECRET] });
  });

  it('when it is changed seals everything anew, and the old one is dropped', async () => {
    const vault = vaultOf();
    await vault.put('a', DEFINITION);
    await vault.put('b', DEFINITION);
    const [before] = await vault.keyIds();
    const { keyId, resealed } = await vault.rotateKey();
    expect([keyId === before, resealed]).toEqual([false, 2]);
    expect(await vault.keyIds()).toEqual([keyId]);
    expect(await contents(vault)).toEqual({ a: [SECRET], b: [SECRET] });
    expect(await stored()).not.toContain(before);
    expect((await stat(join(home, 'key'))).mode & 0o777).toBe(0o600);
  });

  it('is not changed while something cannot be opened, for its key may be found', async () => {
    const lost = vaultOf({ key: newKeyText() });
    await lost.put('lost', DEFINITION);
    await writeFile(join(home, 'key'), newKeyText());
    const before = await keyFile();
    await expect(vaultOf().rotateKey()).rejects.toMatchObject({ code: 'seal.key-missing' });
    expect(await keyFile()).toBe(before);
  });

  it.each(['before anything was committed', 'after everything was committed'])(
    'whose change broke off %s loses nothing, and a second one ends it',
    async (when) => {
      await vaultOf().put('a', DEFINITION);
      await vaultOf().put('b', DEFINITION);
      const [before] = await vaultOf().keyIds();
      const store = when.startsWith('before') ? failing(1) : failing(2);
      await expect(vaultOf({ store }).rotateKey()).rejects.toThrow('the machine went down');
      expect(await vaultOf().keyIds()).toHaveLength(2);
      expect(await contents(vaultOf())).toEqual({ a: [SECRET], b: [SECRET] });
      const { keyId } = await vaultOf().rotateKey();
      expect(await vaultOf().keyIds()).toEqual([keyId]);
      expect(keyId).not.toBe(before);
      expect(await contents(vaultOf())).toEqual({ a: [SECRET], b: [SECRET] });
    },
  );

  it('that is changed between a look at the credentials and one at the keys locks nobody out', async () => {
    await vaultOf().put('a', DEFINITION);
    const store = new PostgresSealedStore(database.dataSource);
    let rotated: Promise<unknown> | undefined;
    const list = async (): ReturnType<PostgresSealedStore['list']> => {
      const rows = await store.list();
      await (rotated ??= vaultOf().rotateKey());
      return rows;
    };
    expect(await contents(vaultOf({ store: Object.assign(Object.create(store) as PostgresSealedStore, { list }) }))).toEqual({
      a: [SECRET],
    });
  });

  it('is not lost to a credential that is sealed while it is changed', async () => {
    const vault = vaultOf();
    await vault.put('a', DEFINITION);
    const names = Array.from({ length: 10 }, (_, at) => `c${at}`);
    await Promise.all([vault.rotateKey(), ...names.map((name) => vaultOf().put(name, DEFINITION)), vaultOf().rotateKey()]);
    const open = await contents(vaultOf());
    expect(Object.keys(open).sort()).toEqual(['a', ...names]);
    expect(new Set(Object.values(open).map(String))).toEqual(new Set([SECRET]));
  });

  it('of a file that is damaged is a sentence at each credential', async () => {
    await vaultOf().put('shop', DEFINITION);
    await writeFile(join(home, 'key'), 'oops');
    expect(await contents(vaultOf())).toEqual({ shop: expect.stringMatching(/key file .* is not 32 bytes/) });
    await rm(join(home, 'key'));
    await mkdir(join(home, 'key'));
    expect(await contents(vaultOf())).toEqual({ shop: expect.stringContaining('cannot be read') });
  });
});

/** A store whose transaction number `at` is carried out up to its commit, and then fails. */
function failing(at: number): PostgresSealedStore {
  const store = new PostgresSealedStore(database.dataSource);
  let count = 0;
  const change = <T>(work: (change: SealedChange) => Promise<T>): Promise<T> =>
    store.change(async (inner) => {
      const isTheOne = (count += 1) === at;
      // The second transaction only looks, and drops the old key: it fails before that.
      if (isTheOne && at === 2) throw new Error('the machine went down');
      const result = await work(inner);
      if (isTheOne) throw new Error('the machine went down');
      return result;
    });
  return Object.assign(Object.create(store) as PostgresSealedStore, { change });
}
