import { isStepError } from '@millrace/component-sdk';
import type { Json, StepError } from '@millrace/component-sdk';
import { compileCondition, compileTemplate, evaluateCondition, resolveTemplate } from '../index.js';
import type { ExpressionEnv, Scope } from '../index.js';

const scope: Scope = {
  trigger: {
    body: {
      email: 'a@b.c',
      name: 'Ada',
      n: 3,
      empty: null,
      list: [{ sku: 'x' }, { sku: 'y' }],
      none: [],
      one: ['only'],
      sum: 0.1 + 0.2,
      data: { a: { b: 1 } },
    },
    headers: { 'x-id': '7' },
  },
  steps: { contact: { id: 'c1' } },
};

const env: ExpressionEnv = { now: Date.UTC(2024, 0, 2, 3, 4, 5), random: () => 0.25, uuid: () => 'u-1' };

async function resolve(value: Json, given: Scope = scope): Promise<Json> {
  return resolveTemplate(compileTemplate(value, 'with'), given, env);
}

async function failure(value: Json): Promise<StepError> {
  const error: unknown = await resolve(value).then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (!isStepError(error)) throw new Error('expected a StepError');
  return error;
}

describe('a template', () => {
  it.each<[string, Json, Json]>([
    ['keeps the type of a whole expression', '{{ trigger.body.n }}', 3],
    ['keeps lists and objects whole', { a: [' {{ trigger.body.data }} '] }, { a: [{ a: { b: 1 } }] }],
    ['takes null for a value', '{{ trigger.body.empty }}', null],
    ['makes text of mixed text', 'n={{ trigger.body.n }}, {{ trigger.body.empty }}', 'n=3, null'],
    [
      'writes objects and lists as JSON',
      'd={{ trigger.body.data }} l={{ trigger.body.list }}',
      'd={"a":{"b":1}} l=[{"sku":"x"},{"sku":"y"}]',
    ],
    ['writes numbers as JSONata does', 'sum {{ trigger.body.sum }}', 'sum 0.3'],
    ['leaves constants alone', { a: [1, true, null, 'text', '}}', '$x'] }, { a: [1, true, null, 'text', '}}', '$x'] }],
    ['gives two braces for an escaped pair', 'a \\{{ b }} {{ trigger.body.n }}', 'a {{ b }} 3'],
    ['does not end at braces inside the expression', '{{ {"a": {"b": "}}"}} }}', { a: { b: '}}' } }],
    ['does not end at braces inside a regular expression', "{{ $replace('aa}}', /a{2}/, 'b') }}", 'b}}'],
    ['does not end at braces inside a comment', '{{ /* }} */ 1 }}', 1],
    ['maps over lists and unwraps one', '{{ trigger.body.list.sku }} {{ trigger.body.one }}', '["x","y"] ["only"]'],
    ['takes a default', '{{ trigger.body.missing ?? "none" }}', 'none'],
    ['reads quoted names', '{{ trigger.headers."x-id" }}', '7'],
    ['runs JSONata for the rest', '{{ trigger.body.list[sku = "y"].sku }}', 'y'],
    ['makes plain lists of JSONata lists', '{{ $map(trigger.body.list, function($i) { $i.sku }) }}', ['x', 'y']],
  ])('%s', async (_name, template, expected) => {
    expect(await resolve(template)).toEqual(expected);
  });

  it('resolves at once when every expression is compiled', () => {
    const compiled = compileTemplate({ a: '{{ trigger.body.n }}', b: ['{{ trigger.body.name & "!" }}'] }, 'with');
    expect(compiled.acceptable).toBe(true);
    expect(compiled.resolveSync?.(scope)).toEqual({ a: 3, b: ['Ada!'] });
    expect(compileTemplate('{{ $trim(trigger.body.name) }}', 'with').resolveSync).toBeUndefined();
  });

  it('fixes time and chance per step', async () => {
    expect(await resolve('{{ [$now(), $now("[Y]"), $millis(), $random(), $uuid(), $shuffle([1, 2, 3])] }}')).toEqual([
      '2024-01-02T03:04:05.000Z',
      '2024',
      env.now,
      0.25,
      'u-1',
      ...[3, 1, 2],
    ]);
  });
});

describe('a missing value', () => {
  it.each([
    ['{{ trigger.body.emial }}', 'trigger.body has no `emial`; did you mean `email`?'],
    ['{{ steps.contcat.id }}', 'steps has no `contcat`; did you mean `contact`?'],
    ['x {{ trigger.body.data.zzz.b }}', 'trigger.body.data has no `zzz`.'],
    ['{{ trigger.body.name.first }}', 'trigger.body.name is a string and has no `first`'],
    ['{{ trigger.body.empty.first }}', 'trigger.body.empty is null and has no `first`'],
    ['{{ trigger.body.none.sku }}', 'trigger.body.none is an empty list'],
    ['{{ trigger.body.list.skv }}', 'trigger.body.list has no `skv`; did you mean `sku`?'],
    ['{{ trigger.body.x & trigger.body.y ? trigger.body.z }}', '{{ trigger.body.x & trigger.body.y ? trigger.body.z }} gives nothing'],
    ['{{ $trim(trigger.body.x) }}', '{{ $trim(trigger.body.x) }} gives nothing'],
    ['{{ trigger.body.n * trigger.body.data.pirce }}', 'gives nothing: trigger.body.data has no `pirce`.'],
    ['{{ (trigger.body.gone ?? 1) + trigger.body.emial }}', 'gives nothing: trigger.body has no `emial`; did you mean `email`?'],
    ['{{ trigger.body.list[sku = "z"] }}', '{{ trigger.body.list[sku = "z"] }} gives nothing.'],
  ])('is an error that names its first missing segment: %s', async (text, sentence) => {
    const error = await failure({ to: [{ 'the field': text }] });
    expect(error).toMatchObject({
      code: 'expression.missing',
      blame: 'author',
      retryable: false,
      details: { field: 'with.to[0]["the field"]' },
    });
    expect(error.message).toContain(sentence);
  });

  it('never leaks from a prototype', async () => {
    for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
      expect(await failure(`{{ trigger.body.${name} }}`)).toMatchObject({ code: 'expression.missing' });
      expect(await failure(`{{ $lookup(trigger.body, '${name}') }}`)).toMatchObject({ code: 'expression.missing' });
    }
  });
});

describe('a failing expression', () => {
  it.each([
    ['{{ trigger.body.name + 1 }}', 'must be a number; trigger.body.name is a string.'],
    ['{{ trigger.body.n * trigger.body.empty }}', 'must be a number; trigger.body.empty is null.'],
    ['{{ trigger.body.n + trigger.body.list }}', 'must be a number; trigger.body.list is a list.'],
    ['{{ $sum([trigger.body.n]) + trigger.body.data }}', 'number; trigger.body.data is an object.'],
    ['{{ -trigger.body.name }}', 'negated; trigger.body.name is a string.'],
    ['{{ trigger.body.name < 1 }}', 'of the same type; trigger.body.name is a string.'],
    ['{{ trigger.body.name < trigger.body.n }}', 'of the same type; trigger.body.name is a string, trigger.body.n is a number.'],
    ['{{ 1 / 0 }}', 'JSON cannot hold'],
    ['{{ $sqrt(-1) }}', 'sqrt'],
    ['{{ $uppercase }}', 'a function'],
    ['{{ {"__" & "proto__": 1} }}', '__proto__'],
    ['{{ [1..200000] }}', 'too long'],
    ['{{ ($f := function($x) { 1 + $f($x) }; $f(1)) }}', 'recurses too deeply'],
    ['{{ $pad("", 1000000000) }}', '$pad'],
    ['{{ $toMillis("1", "[Y][M][D][H][m][s][f]") }}', '$toMillis'],
    ['{{ $toMillis("one", "[Yw][Mw][Dw]") }}', '$toMillis'],
    ['{{ ["x"].$toMillis($, "[Yw]") }}', '$toMillis'],
    ['{{ ($d := $toMillis; $d("x", "[Yw]")) }}', '$toMillis'],
    ['{{ ($s := function($x, $n) { $n = 0 ? $x : $s($x & $x, $n - 1) }; $s("aaaaaaaaaa", 24)) }}', 'more than a step can keep'],
    ['{{ ($s := function($x, $n) { $n = 0 ? $x : $s({"a": $x, "b": $x}, $n - 1) }; $s(1, 40)) }}', 'more than a step can keep'],
  ])('says which field and why: %s', async (text, reason) => {
    const error = await failure({ field: text });
    expect(error).toMatchObject({ code: 'expression.failed', details: { field: 'with.field' } });
    expect(error.message).toContain(reason);
    expect(error.message).not.toContain('[object Object]');
  });

  it('is stopped after a second', async () => {
    const endless = '{{ ($f := function($n) { $n = 0 ? 0 : $f($n - 1) }; $f(1e12)) }}';
    expect(await failure(endless)).toMatchObject({ code: 'expression.timeout' });
  });

  it('cannot hang in a regular expression', async () => {
    const hostile = `${'a'.repeat(5000)}!`;
    expect(await resolve('{{ $contains(trigger.t, /^(a+)+$/) }}', { trigger: { t: hostile } })).toBe(false);
  });

  it('has no clock outside a step', async () => {
    await expect(compileTemplate('{{ $now() }}', 'with').resolve(scope)).rejects.toMatchObject({ code: 'expression.failed' });
  });

  it('leaves no unhandled rejection when another field fails first', async () => {
    expect(await failure({ a: '{{ $sqrt(-1) }}', b: '{{ trigger.nothing }}' })).toMatchObject({ code: 'expression.failed' });
  });
});

describe('JSONata functions', () => {
  it.each<[string, Json]>([
    ['$match("ab12cd3", /[a-z]+(\\d+)/).groups', ['12', '3']],
    ['$replace("John Smith", /(\\w+)\\s(\\w+)/, "$2, $1")', 'Smith, John'],
    ['$split("a1b22c", /\\d+/)', ['a', 'b', 'c']],
    ['$match("A-b", /a-B/i).match', 'A-b'],
    ['$match("none", /x/).groups ?? $match("x1", /x(\\d)/).groups', ['1']],
    ['$toMillis("2024-01-02T03:04:05Z")', Date.UTC(2024, 0, 2, 3, 4, 5)],
    ['$toMillis("02.01.2024", "[D01].[M01].[Y0001]")', Date.UTC(2024, 0, 2)],
    ['$toMillis("2024-01-02 03:04", "[Y0001]-[M01]-[D01] [H01]:[m01]")', Date.UTC(2024, 0, 2, 3, 4)],
    ['$toMillis("03:04", "[H01]:[m01]")', Date.UTC(2024, 0, 2, 3, 4)],
    ['["2024-01-02T03:04:05Z"].$toMillis($)', Date.UTC(2024, 0, 2, 3, 4, 5)],
    ['$fromMillis(0)', '1970-01-01T00:00:00.000Z'],
    ['$fromMillis(0, "[FNn], [D1o] [MNn] [Y0001]")', 'Thursday, 1st January 1970'],
    ['$pad("x", -3, "0")', '00x'],
    ['$sum([1, 2].($ * 2))', 6],
  ])('work: %s', async (source, expected) => {
    expect(await resolve(`{{ ${source} }}`)).toEqual(expected);
  });
});

describe('a condition', () => {
  it.each<[string | boolean, boolean]>([
    [true, true],
    [false, false],
    ['{{ trigger.body.n > 2 }}', true],
    ['{{ trigger.body.missing }}', false],
    ['{{ trigger.body.missing > 2 }}', false],
    ['{{ trigger.body.empty }}', false],
    ['{{ trigger.body.data }}', true],
    ['{{ [] }}', false],
    ['{{ "" }}', false],
    ['{{ "false" }}', true],
    ['{{ trigger.body.list[sku = "z"] }}', false],
    ['{{ trigger.body.list[sku = "y"] }}', true],
  ])('%s is %s', async (condition, expected) => {
    expect(await evaluateCondition(compileCondition(condition), scope, env)).toBe(expected);
  });

  it('fails with the name of its field', async () => {
    const compare = compileCondition('{{ trigger.body.name > 2 }}');
    expect(() => evaluateCondition(compare, scope, env, 'when')).toThrow(/^`when`: /);
    const later = compileCondition('{{ $sqrt(-1) }}');
    await expect(evaluateCondition(later, scope, env, 'if')).rejects.toMatchObject({ code: 'expression.failed' });
  });

  it.each(['trigger.body.n', 'x {{ trigger.body.n }}', '{{ a }}{{ b }}', ''])('must be one whole expression: %j', (text) => {
    expect(() => compileCondition(text)).toThrow('one whole expression');
  });
});
