import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bestEncoding, readBuiltFiles } from './built-files.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-studio-'));
  await mkdir(join(folder, 'assets'));
  const files = {
    'index.html': '<!doctype html>',
    'assets/a-1.js': 'a()',
    'assets/a-1.js.br': 'B',
    'assets/a-1.js.gz': 'G',
    'notes.txt': 'x',
  };
  for (const [path, text] of Object.entries(files)) await writeFile(join(folder, path), text);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the files of the build', () => {
  it('are those of types that a build has, with what was compressed beside them', () => {
    const files = readBuiltFiles(folder)!;
    expect([...files.keys()].sort()).toEqual(['assets/a-1.js', 'index.html']);
    expect(files.get('assets/a-1.js')).toMatchObject({ type: 'text/javascript; charset=utf-8', encoded: { br: Buffer.from('B') } });
    expect(files.get('index.html')?.encoded).toEqual({});
  });

  it.each(['../built-files.ts', 'assets/../../etc/passwd', '__proto__', ''])('hold nothing at %p', (path) => {
    expect(readBuiltFiles(folder)?.get(path)).toBeUndefined();
  });

  it('are none without a page', () => {
    expect(readBuiltFiles(join(folder, 'assets'))).toBeUndefined();
  });

  it.each([
    ['gzip, deflate, br', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip;q=0.5', 'gzip'],
    ['br; q=0.000', undefined],
    ['identity', undefined],
    [undefined, undefined],
  ])('are sent to who accepts %p as %p', (accept, encoding) => {
    expect(bestEncoding(readBuiltFiles(folder)!.get('assets/a-1.js')!, accept)).toBe(encoding);
  });
});
