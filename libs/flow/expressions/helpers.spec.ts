import { readFileSync } from 'node:fs';
import { compileExpression } from '../index.js';
import type { ExpressionEnv } from '../index.js';
import { helperNames } from './helpers.js';

const env: ExpressionEnv = { now: Date.UTC(2026, 4, 6, 7, 8, 9), random: () => 0.5, uuid: () => '019a0000-0000-7000-8000-000000000000' };

async function run(source: string): Promise<unknown> {
  return await compileExpression(source).evaluate({ trigger: { text: 'a' } }, env);
}

const guide = readFileSync('docs/guides/expressions.md', 'utf8');
const examples = [...guide.matchAll(/^\| `(.*)` \| `(.*)` \|$/gm)].map(([, source = '', gives = '']) => [source, gives] as const);

describe('docs/guides/expressions.md', () => {
  it.each(examples)('%s gives %s', async (source, gives) => {
    expect(await run(source)).toEqual(JSON.parse(gives));
  });

  it.each(helperNames)('has an example of $%s', (name) => {
    expect(examples.filter(([source]) => source.includes(`$${name}`))).not.toEqual([]);
  });
});

describe('helpers', () => {
  it.each(helperNames)('$%s gives nothing for nothing', async (name) => {
    expect(await run(`$${name}(missing)`)).toBeUndefined();
    expect(await run(`$${name}(missing) ?? "default"`)).toBe('default');
  });

  it.each<[string, string]>([
    ['$formatDate("soon")', '`soon` is not a time'],
    ['$formatDate(true)', 'a time is a text'],
    ['$formatDate(1e300)', 'out of range'],
    ['$formatDate(0, 5)', 'a picture is a text'],
    ['$formatDate(0, "[Y]", "Berlin")', '`Berlin` is not a time zone'],
    ['$formatDate(0, null, 1)', '`1` is not a time zone'],
    ['$formatDate(0, "[Y,999999]")', 'too long or too wide'],
    ['$parseDate("1 May 2026", "[D] [MNn] [Y]")', 'pictures of numbers'],
    ['$addTime(0, "soon")', 'a span is a whole number'],
    ['$addTime(0, 5)', 'a span is a whole number'],
    ['$addTime(0, "999999999y")', 'out of range'],
    ['$startOf(0, "century")', 'a unit is one of'],
    ['$startOf(0, "constructor")', 'a unit is one of'],
    ['$hash("a", "crc32")', '`$hash` knows sha256'],
    ['$hash("a", "constructor")', '`$hash` knows sha256'],
    ['$hash(1)', '`$hash` takes a text'],
    ['$toBase64({})', '`$toBase64` takes a text'],
    ['$fromBase64("%%")', 'base64 of a text in UTF-8'],
    ['$fromBase64("/w==")', 'base64 of a text in UTF-8'],
    ['$url("/a/b")', 'takes an absolute URL'],
    ['$query("a=b")', '`$query` takes an object'],
    ['$query({"a": {"b": 1}})', '`a` is something else'],
    ['$parseJson("{")', '`$parseJson` takes JSON'],
    ['$parseJson("{\\"__proto__\\": 1}")', '__proto__'],
    ['$json($hash)', 'a function; call it'],
  ])('%s fails: %s', async (source, sentence) => {
    await expect(run(source)).rejects.toMatchObject({ code: 'expression.failed', message: expect.stringContaining(sentence) as string });
  });

  it('leave the parts that a picture lacks to the clock of the step', async () => {
    expect(await run('$parseDate("09:30", "[H01]:[m01]", "Europe/Berlin")')).toBe('2026-05-06T07:30:00.000Z');
    await expect(Promise.resolve(compileExpression('$parseDate("09:30", "[H01]:[m01]")').evaluate({}))).rejects.toThrow(
      'while a step runs',
    );
  });

  it('keep an offset that the text itself has', async () => {
    const picture = '[Y0001]-[M01]-[D01] [H01]:[m01] [Z01:01]';
    expect(await run(`$parseDate("2026-01-31 09:00 +02:00", "${picture}", "America/New_York")`)).toBe('2026-01-31T07:00:00.000Z');
    expect(await run('$parseDate("2026-01-31T09:00:00+02:00", null, "America/New_York")')).toBe('2026-01-31T07:00:00.000Z');
  });

  it('write offsets as a picture asks, and brackets that are doubled', async () => {
    expect(await run('$formatDate(0, "[[Z]] [Z] [z] [Z0101]", "Asia/Kolkata")')).toBe('[Z] +05:30 GMT+05:30 +0530');
    expect(await run('$formatDate(0, "[Z] [Z01:01t]")')).toBe('+00:00 Z');
  });

  it('mean the first of two equal local times, and move those that are skipped', async () => {
    expect(await run('$parseDate("2026-10-25T02:30:00", null, "Europe/Berlin")')).toBe('2026-10-25T00:30:00.000Z');
    expect(await run('$parseDate("2026-03-29T02:30:00", null, "Europe/Berlin")')).toBe('2026-03-29T01:30:00.000Z');
  });

  it('begin a day where it has no midnight', async () => {
    expect(await run('$startOf("2026-09-06T12:00:00Z", "day", "America/Santiago")')).toBe('2026-09-06T04:00:00.000Z');
  });

  it('encode any text, and give it back', async () => {
    const text = `${'x'.repeat(20_000)}😀\uFEFFü`;
    expect(await compileExpression('$fromBase64($toBase64Url(trigger))').evaluate({ trigger: text }, env)).toBe(text);
  });

  it('leave passwords out of the parts of a URL', async () => {
    expect(JSON.stringify(await run('$url("https://user:secret@example.com/")'))).not.toContain('secret');
  });

  it('are not run while a request is accepted, nor hidden by a variable', async () => {
    expect(compileExpression('$hash(trigger.text)').acceptable).toBe(false);
    expect(await run('($hash := 5; $hash)')).toBe(5);
  });
});
