import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const SCRIPT = resolve('scripts/one-at-a-time.mjs');

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'millrace-alone-'))));
afterAll(() => rm(folder, { recursive: true }));

/** A process that notes when it begins and ends its work. */
async function work(name: string): Promise<string> {
  const note = (what: string): string => `appendFileSync(${JSON.stringify(join(folder, 'notes'))}, '${what} ${name}\\n')`;
  const pause = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300)';
  const source = `
    import { appendFileSync } from 'node:fs';
    import { oneAtATime } from ${JSON.stringify(SCRIPT)};
    oneAtATime(${JSON.stringify(join(folder, 'lock'))}, () => { ${note('begins')}; ${pause}; ${note('ends')}; }, () => console.log('waits'));`;
  return (await promisify(execFile)(process.execPath, ['--input-type=module', '-e', source])).stdout;
}

describe('work that is done by one process at a time', () => {
  it('is begun by the next one when the one before is done', async () => {
    const said = await Promise.all(['a', 'b', 'c'].map(work));
    const notes = (await readFile(join(folder, 'notes'), 'utf8')).trim().split('\n');
    expect(notes).toHaveLength(6);
    for (const at of [0, 2, 4]) expect(notes[at + 1]).toBe(notes[at]!.replace('begins', 'ends'));
    expect(said.join('')).toContain('waits\n');
  });

  it('is not held up by a process that died at it', async () => {
    await writeFile(join(folder, 'lock'), '4194999');
    expect(await work('after')).toBe('waits\n');
  });
});
