import fc from 'fast-check';
import jsonata from 'jsonata';
import type { AstNode } from './ast.js';
import { compileAst } from './compile.js';
import { compileExpression } from './expression.js';

const names = ['a', 'b', 'c', 'id', 'constructor', '__proto__', 'toString', '_jsonata_lambda', 'x-y'];
const written = names.map((name) => (name.includes('-') ? `\`${name}\`` : name));

const scalar = fc.oneof(
  fc.constantFrom(null, true, false, 0, 1, -1, 2, 0.1, 0.2, 1e21, '', 'a', 'b', 'B', '1', '[', 'Ünï'),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

const { value: data } = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, scalar, tie('list'), tie('object'), tie('object')),
  list: fc.array(tie('value'), { maxLength: 3 }),
  object: fc.dictionary(fc.constantFrom(...names.filter((name) => name !== '__proto__')), tie('value'), { maxKeys: 4 }),
}));

const scopes = fc.record({ a: data, b: data, c: data, id: data }, { requiredKeys: [] });

const step = fc.tuple(fc.constantFrom(...written), fc.constantFrom('', '', '', '', '[0]', '[1]', '[-1]', '[0][0]', '[]', '[1.5]', '[0][]'));
const path = fc.array(step, { minLength: 1, maxLength: 4 }).map((steps) => steps.map(([name, pick]) => name + pick).join('.'));
const literal = fc.constantFrom('0', '1', '-1', '2.5', '"a"', "'b'", '""', "'['", 'true', 'false', 'null');

const { expression } = fc.letrec((tie) => {
  const inner = tie('expression') as fc.Arbitrary<string>;
  const binary = fc.constantFrom('=', '!=', '<', '<=', '>', '>=', '+', '-', '*', '/', '%', '&', 'and', 'or', 'in', '??', '?:');
  return {
    expression: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      path,
      literal,
      fc.tuple(inner, binary, inner).map(([left, sign, right]) => `(${left}) ${sign} (${right})`),
      // After `[]`, JSONata's lexer takes a slash for a regular expression.
      fc.tuple(path, binary, inner).map(([left, sign, right]) => (sign === '/' ? `(${left}) / ${right}` : `${left} ${sign} ${right}`)),
      fc.tuple(inner, inner, inner).map(([test, then, otherwise]) => `(${test}) ? (${then}) : (${otherwise})`),
      fc.tuple(inner, inner).map(([test, then]) => `(${test}) ? (${then})`),
      fc
        .tuple(fc.constantFrom('exists', 'not', 'boolean', 'lowercase', 'uppercase'), inner)
        .map(([name, argument]) => `$${name}(${argument})`),
      fc.array(inner, { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
      fc
        .array(fc.tuple(fc.constantFrom('"p"', '"q"', 'a', 'b.c'), inner), { maxLength: 3 })
        .map((pairs) => `{${pairs.map(([key, value]) => `${key}: ${value}`).join(', ')}}`),
      inner.map((operand) => `-(${operand})`),
      fc.array(inner, { minLength: 0, maxLength: 2 }).map((parts) => `(${parts.join('; ')})`),
    ),
  };
}) as { expression: fc.Arbitrary<string> };

type Outcome = { readonly value: unknown } | { readonly failed: string };

/** Plain data, so that JSONata's marked lists and objects without prototype compare by what they hold. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value).map(([key, item]) => [key, plain(item)]);
}

async function byJsonata(source: string, scope: object): Promise<Outcome> {
  try {
    return { value: plain(await jsonata(source).evaluate(structuredClone(scope))) };
  } catch (error) {
    return { failed: String((error as { code?: string }).code) };
  }
}

function byClosure(source: string, scope: object): Outcome | undefined {
  const closure = compileAst(jsonata(source).ast() as unknown as AstNode);
  if (closure === undefined) return undefined;
  try {
    return { value: plain(closure(scope)) };
  } catch (error) {
    return { failed: String((error as { reason?: string }).reason) };
  }
}

/** Data that looks like a function makes JSONata throw what is no fault of its own: it says nothing of what should be. */
const BROKE = 'undefined';

// JSONata evaluates the items of a constructor side by side: which of two faults it reports first is chance.
const severalFaultsPossible = /[[{]/;

async function expectAgreement(source: string, scope: object): Promise<void> {
  const compiled = byClosure(source, scope);
  expect(compiled).toBeDefined();
  const expected = await byJsonata(source, scope);
  if ('failed' in expected && expected.failed === BROKE) return;
  if ('failed' in expected && severalFaultsPossible.test(source)) expect(compiled).toHaveProperty('failed');
  else expect(compiled).toEqual(expected);
}

describe('compiled expressions agree with JSONata', () => {
  it('on random paths over random data', async () => {
    await fc.assert(fc.asyncProperty(path, scopes, expectAgreement), { numRuns: 3000 });
  }, 60_000);

  it('on random expressions of the accept subset over random data', async () => {
    await fc.assert(fc.asyncProperty(expression, scopes, expectAgreement), { numRuns: 4000 });
  }, 60_000);

  const rows = {
    list: [{ n: 1, tags: ['x'] }, { n: 2, tags: [] }, { m: 3 }],
    nested: [[{ n: 1 }], [{ n: [2, 3] }]],
    one: [{ n: 1 }],
    none: [],
    big: 1e21,
  };

  it.each([
    'list.n',
    'list.tags',
    'list[0].tags',
    'list[-1]',
    'list[5]',
    'list[0][0].n',
    'nested.n',
    'nested[0]',
    'nested[1].n[0]',
    'one.n',
    'one.n[]',
    'one',
    'one[]',
    'none',
    'none.n',
    'none[]',
    'list.missing',
    'list.missing[]',
    'list.n = 1',
    '[list.n]',
    '[[list.n], 1]',
    'list.n in 1',
    '1 in list.n',
    'big & ""',
    '0.1 + 0.2 & ""',
    '1/0',
    '1/0 & ""',
    '1/0 + 1',
    '1 < "a"',
    'null < 1',
    'missing < 1',
    'missing = missing',
    'list.n[0] ?? 5',
    'missing ?? 5',
    '-"a"',
    '$lowercase(1)',
    '$lowercase(missing)',
    '$not(missing)',
    '{"a": missing, "b": 1}',
    '{"a": 1, "a": 2}',
    '{missing: 1}',
    '"list".n',
    '{1: 2}',
    '()',
    'one ? 1',
    '"a" and 1/0 or "b"',
    '[1, 2] = [1, 2]',
    '{"a": 1} = {"a": 1}',
    '[] = {"length": 0}',
    'list[0] = list[0]',
    '$exists(none)',
    '[1,[2]] & {"a": 0.1}',
  ])('on %s', (source) => expectAgreement(source, rows));

  it('and take nothing from a prototype', () => {
    for (const source of ['constructor', 'trigger.__proto__', 'trigger.constructor.name', 'trigger.toString', '`__proto__`.a']) {
      expect(compileExpression(source).evaluate({ trigger: {} })).toBeUndefined();
    }
  });
});
