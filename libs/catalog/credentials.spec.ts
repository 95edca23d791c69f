import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCredentials, type CredentialBook } from './credentials.js';

const SECRET = 'a-secret-of-the-credentials-spec';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-credentials-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function read(text: string): Promise<CredentialBook> {
  const path = join(folder, 'credentials.json');
  await writeFile(path, text);
  return readCredentials(path, (name) => (name === 'SECRET' ? SECRET : undefined));
}

describe('the credentials file', () => {
  it('may have comments, trailing commas and keys of its owner', async () => {
    const book = await read(
      `// ours\n{ "$schema": "x", "x-note": {}, "open": { "type": "none" }, /* and */ "key": { "type": "api-key", "name": "k", "value": { "env": "SECRET" } }, }`,
    );
    expect([...book.known.keys()]).toEqual(['open', 'key']);
    expect([book.get('open')?.type, book.get('key')?.type, book.problems]).toEqual(['none', 'api-key', []]);
  });

  it('tells the checker what a credential is and which variable it waits for', async () => {
    const book = await read('{ "hook": { "type": "api-key", "in": "url", "value": { "env": "HOOK_URL" } } }');
    expect(book.known.get('hook')).toEqual({ type: 'api-key', in: 'url', missing: 'HOOK_URL' });
    expect(book.get('hook')).toBeUndefined();
    expect(book.problems).toEqual([
      { code: 'credential.secret-missing', message: expect.stringContaining('hook: Set the environment variable HOOK_URL') },
    ]);
  });

  it.each([
    ['a broken entry', '{ "bad": 7, "good": { "type": "none" } }'],
    ['an unknown type', '{ "bad": { "type": "magic" }, "good": { "type": "none" } }'],
    ['a secret instead of a reference', `{ "bad": { "type": "api-key", "name": "k", "value": "${SECRET}" }, "good": { "type": "none" } }`],
  ])('with %s is a problem that names it, holds no secret, and leaves the others', async (_name, text) => {
    const book = await read(text);
    expect([book.get('bad'), book.get('good')?.type]).toEqual([undefined, 'none']);
    expect(book.known.has('bad')).toBe(true);
    expect(book.problems[0]?.message).toContain('credentials.json: bad: ');
    expect(JSON.stringify(book.problems)).not.toContain(SECRET);
  });

  describe('that was good before', () => {
    const GOOD =
      '{ "key": { "type": "api-key", "name": "k", "value": { "env": "SECRET" }, "rate": { "limit": 5, "per": "1s" } }, "open": { "type": "none" } }';
    const path = (): string => join(folder, 'credentials.json');
    const variable = (name: string): string | undefined => (name === 'SECRET' ? SECRET : undefined);

    async function after(text: string | undefined): Promise<CredentialBook> {
      const before = await read(GOOD);
      if (text === undefined) await rm(path());
      else await writeFile(path(), text);
      return readCredentials(path(), variable, [], before);
    }

    it.each([
      ['a comma is missing', GOOD.replace('}, "open"', '} "open"')],
      ['it is half written', GOOD.slice(0, 40)],
      ['it is no object', '[]'],
    ])('stays in use while %s, and says so', async (_name, text) => {
      const book = await after(text);
      expect([book.get('key')?.type, book.get('open')?.type, book.rate('key')]).toEqual(['api-key', 'none', expect.anything()]);
      expect(book.known.get('key')).toEqual({ type: 'api-key' });
      expect(book.problems).toMatchObject([{ code: 'credentials.unreadable', kept: true }]);
      expect(book.problems[0]?.message).toMatch(/ What was read before stays in use\.$/);
      // And so it does with the next look.
      const again = await readCredentials(path(), variable, [], book);
      expect(again.get('key')?.type).toBe('api-key');
    });

    it.each([
      ['an unknown type', '"magic"', 'SECRET'],
      ['a variable that is not set', '"api-key"', 'NOT_SET'],
    ])('keeps an entry that now has %s as it was', async (_name, type, name) => {
      const book = await after(`{ "key": { "type": ${type}, "name": "k", "value": { "env": "${name}" } } }`);
      expect([book.get('key')?.type, book.known.get('key'), book.get('open')]).toEqual(['api-key', { type: 'api-key' }, undefined]);
      expect(book.problems[0]).toMatchObject({
        kept: true,
        message: expect.stringMatching(/key: .* What was read before stays in use\.$/),
      });
    });

    it('takes an entry that is good again as it then stands', async () => {
      const book = await readCredentials(path(), variable, [], await after('{'));
      await writeFile(path(), '{ "key": { "type": "none" } }');
      const mended = await readCredentials(path(), variable, [], book);
      expect([mended.get('key')?.type, mended.get('open'), mended.problems]).toEqual(['none', undefined, []]);
    });

    it('is gone once its file is, and names what went with it', async () => {
      const book = await after(undefined);
      expect([book.get('key'), book.known.size]).toEqual([undefined, 0]);
      expect(book.problems).toEqual([
        { code: 'credentials.gone', message: expect.stringMatching(/credentials\.json is gone, and with it key, open\. /) },
      ]);
    });
  });

  it('of names that objects have anyway gives none of them by accident', async () => {
    const book = await read('{ "good": { "type": "none" } }');
    expect(['toString', 'constructor', '__proto__'].map((name) => book.get(name))).toEqual([undefined, undefined, undefined]);
  });

  it.each([['{'], ['[]'], ['7'], ['']])('that is %p is one problem, not a failure', async (text) => {
    const book = await read(text);
    expect(book.problems).toMatchObject([{ code: 'credentials.unreadable', message: expect.stringContaining('credentials.json') }]);
    expect(book.known.size).toBe(0);
  });

  it('says in which line and column its JSON is wrong, and what is missing there', async () => {
    const [problem] = (await read('{\n  "good": { "type": "none" }\n  "next": {} }')).problems;
    expect(problem?.message).toMatch(/credentials\.json:3:3: A comma belongs between two entries\.$/);
    expect(problem?.at).toEqual({ line: 3, column: 3 });
  });

  it.each([
    ['nothing', ''],
    ['a blank', 'a b'],
    ['a slash', 'a/b'],
    ['what objects have anyway', '__proto__'],
    ['300 characters', 'a'.repeat(300)],
    ['a dash at its beginning', '-a'],
  ])('leaves out an entry whose name is %s, says where it stands, and takes the others', async (_name, name) => {
    const book = await read(`{\n  "good": { "type": "none" },\n  ${JSON.stringify(name)}: { "type": "none" }\n}`);
    expect([...book.defined.keys()]).toEqual(['good']);
    expect(book.get('good')?.type).toBe('none');
    expect(book.problems).toEqual([
      { code: 'credential.name-invalid', message: expect.stringContaining('credentials.json:3:3: "'), at: { line: 3, column: 3 } },
    ]);
    expect(book.problems[0]?.message.length).toBeLessThan(folder.length + 300);
  });

  it('may name a credential twice: the last one counts', async () => {
    const book = await read('{ "a": { "type": "x" }, "a": { "type": "none" } }');
    expect(book.problems).toEqual([]);
  });

  it('need not be there; but one that cannot be read is a problem', async () => {
    expect((await readCredentials(join(folder, 'none.json'), () => undefined)).problems).toEqual([]);
    expect((await readCredentials(folder, () => undefined)).problems).toMatchObject([{ code: 'credentials.unreadable' }]);
  });
});
