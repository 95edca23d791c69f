import { compileExpression, ExpressionSyntaxError } from '../index.js';

function syntaxError(source: string): ExpressionSyntaxError {
  try {
    compileExpression(source);
  } catch (error) {
    if (error instanceof ExpressionSyntaxError) return error;
    throw error;
  }
  throw new Error(`${source} compiled`);
}

describe('compileExpression', () => {
  it.each([
    ['trigger.body.id', 'path'],
    ['trigger.headers."x-id"', 'path'],
    ['trigger.body.items[0].id', 'compiled'],
    ['trigger.body.tags[]', 'compiled'],
    ['trigger.body.type = "a" and $not(trigger.body.x in ["b"])', 'compiled'],
    ['$lowercase(trigger.body.email) ?? "none"', 'compiled'],
    ['{"a": trigger.body.a, "b": [1, trigger.body.b + 1]}', 'compiled'],
    ['trigger.body.items[price > 5]', 'jsonata'],
    ['trigger.body.*', 'jsonata'],
    ['$sum(trigger.body.items.price)', 'jsonata'],
    ['$lowercase()', 'jsonata'],
    ['($x := trigger.body; $x.id)', 'jsonata'],
    ['trigger.body.items^(price)', 'jsonata'],
    ['trigger.body.items{id: name}', 'jsonata'],
    ['[1..3]', 'jsonata'],
    ['$now()', 'jsonata'],
  ])('%s is of kind %s', (source, kind) => {
    const expression = compileExpression(source);
    expect(expression.kind).toBe(kind);
    expect(expression.acceptable).toBe(kind !== 'jsonata');
    expect(expression.evaluateSync !== undefined).toBe(kind !== 'jsonata');
  });

  it.each<[string, string[]]>([
    ['steps.contact.id', ['steps.contact.id']],
    ['trigger.body.items[price > min].name', ['trigger.body.items.name']],
    ['trigger.body.items.{"id": id, "run": $$.run.id}', ['trigger.body.items', 'run.id']],
    ['$map(steps.a.list, function($i) { $i.x & trigger.id })', ['steps.a.list', 'trigger.id']],
    ['trigger.body.items{sku: $sum(price)}', ['trigger.body.items']],
    ['trigger.body.items^(>price).name', ['trigger.body.items']],
    ['(trigger.body).name', ['trigger.body']],
    ['$.trigger.id', ['trigger.id']],
    ['steps.a.x ?? steps.b.y', ['steps.a.x', 'steps.b.y']],
    ['steps.a.x ~> $uppercase()', ['steps.a.x']],
    ['trigger.body.items[0].sku', ['trigger.body.items.sku']],
  ])('%s reads %j', (source, paths) => {
    const read = compileExpression(source).references.map((path) => path.join('.'));
    expect([...new Set(read)].sort()).toEqual([...paths].sort());
  });

  it.each([
    ['', 0],
    ['trigger.', 7],
    ['a ++ b', 3],
    ['"open', 4],
    ['$foo(a)', 0],
    ['a & $eval("1")', 4],
    ['$match(a, /(?<!x)y\\1/)', 10],
  ])('refuses %j at character %i', (source, offset) => {
    expect(syntaxError(source).offset).toBe(offset);
  });

  it.each([
    ['brackets', `${'('.repeat(5000)}1`],
    ['a chain of operators', `a${'+a'.repeat(4900)}`],
    ['doubling defaults', `${'('.repeat(60)}a${' ?? 1)'.repeat(60)} ?? 1`],
    ['doubling defaults behind quotes in a regular expression', `$match(a, /'"\`/) & ${'('.repeat(40)}a${' ?: 1)'.repeat(40)} ?: 1`],
    ['a long text', `"${'x'.repeat(20_000)}"`],
  ])('refuses %s without falling over', (_name, source) => {
    expect(syntaxError(source).message).toMatch(/split|end of expression/);
  });

  it('takes many defaults that do not nest', () => {
    const pairs = Array.from({ length: 40 }, (_, index) => `"k${index}": ($lowercase(trigger.a) ?? "x")`);
    expect(compileExpression(`{${pairs.join(', ')}}`).evaluateSync?.({ trigger: {} })).toHaveProperty('k39', 'x');
  });
});
