import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from './make-folder.js';

describe('a folder', () => {
  let root: string;
  beforeEach(async () => void (root = await mkdtemp(join(tmpdir(), 'millrace-folder-'))));
  afterEach(() => rm(root, { recursive: true }));

  it('is made with those above it, by many at the same time, and may be there', async () => {
    const path = join(root, 'a/b/c');
    await Promise.all(Array.from({ length: 10 }, () => makeFolder(path)));
    await makeFolder(path);
    expect((await stat(path)).isDirectory()).toBe(true);
    await makeFolder('/');
  });

  it.each(['file', 'file/below'])('is not made at %s, where a file is', async (name) => {
    await writeFile(join(root, 'file'), '');
    await expect(makeFolder(join(root, name))).rejects.toThrow(/EEXIST|ENOTDIR/);
  });

  it.each(['/proc/millrace', '/proc/millrace/home'])('is not tried for ever where none can be made: %s', async (path) => {
    await expect(makeFolder(path)).rejects.toThrow(/mkdir '\/proc/);
  });
});
