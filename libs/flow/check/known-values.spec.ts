import fc from 'fast-check';
import type { Component, JsonSchema } from '@millrace/component-sdk';
import { marked, withSteps } from '../../../test/support/marked-flow.js';
import { checkFlow, compileExpression, schemaCompiler } from '../index.js';

function installed(output: JsonSchema): ReadonlyMap<string, Component> {
  const component = (name: string, more: Partial<Component>): [string, Component] => [
    name,
    { name, title: name, props: { type: 'object' }, run: () => undefined, ...more },
  ];
  return new Map([component('shop.order', { output }), component('log', {})]);
}

const order: JsonSchema = {
  type: 'object',
  properties: {
    state: { type: 'string', enum: ['open', 'paid', 'shipped'] },
    kind: {
      oneOf: [
        { const: 'order', title: 'An order' },
        { const: 'offer', title: 'An offer' },
      ],
    },
    paid: { enum: [true, false] },
    amount: { enum: [1, 2] },
    note: { type: 'string' },
    open: { anyOf: [{ enum: ['open'] }, { type: 'string' }] },
    known: { $ref: '#/$defs/known', enum: ['a'] },
    parts: { type: 'array', items: { type: 'object', properties: { state: { enum: ['here', 'gone'] } } } },
    maybe: { type: ['object', 'null'], properties: { state: { enum: ['here', 'gone'] } } },
    any: { properties: { state: { enum: ['here', 'gone'] } } },
    tags: { enum: [['open'], 'paid'] },
  },
};

const ORDER = '{ "id": "order", "use": "shop.order" },';
const QUESTION =
  '{ "id": "approval", "wait": { "webhook": { "ask": { "title": "Well? {{ resume.approval.url }}", "answers": { "approve": "Yes", "reject": "No" } } } } },';

function problems(text: string, output = order): ReturnType<typeof checkFlow>['problems'] {
  return checkFlow(text, { components: installed(output), credentials: new Map() }).problems;
}

function asking(condition: string): string {
  return withSteps(ORDER, QUESTION, `{ "id": "ask", "if": "{{ ${condition} }}", "then": [] }`);
}

function deciding(subject: string, ...cases: string[]): string {
  const listed = cases.map((when) => `{ "when": ${when}, "steps": [] }`).join(', ');
  return withSteps(ORDER, QUESTION, `{ "id": "pick", "switch": "{{ ${subject} }}", "cases": [ ${listed} ] }`);
}

describe('a comparison with what a value never is', () => {
  it.each([
    ['an answer that nobody can give', asking("steps.approval.answer = ¶'aprove'")],
    ['the label of an answer', asking("steps.approval.answer = ¶'Yes'")],
    ['what it is to differ from', asking("steps.approval.answer != ¶'aprove'")],
    ['the constant first', asking("¶'aprove' = steps.approval.answer")],
    ['each of a list', asking("steps.order.state in ['open', ¶'payed', ¶'sent']")],
    ['a list of one', asking("steps.order.state in ¶'payed'")],
    ['deep in an expression', asking("$not(trigger.body.x and (steps.order.state = ¶'payed' ? true : false))")],
    ['behind escapes', asking('\'\\\\n\\u0041\' = trigger.body.x or steps.order.state = ¶\\"payed\\"')],
    ['with a default elsewhere', asking("steps.order.state = ¶'payed' ?? false")],
    ['alternatives of constants', asking("steps.order.kind = ¶'odrer'")],
    ['a text for a number', asking("steps.order.amount = ¶'1'")],
    ['a text for a boolean', asking("steps.order.paid = ¶'true'")],
    ['a boolean for a text', asking('steps.approval.answer = ¶true')],
    ['a number that it cannot be', asking('steps.order.amount = ¶3')],
    ['below what may be null', asking("steps.order.maybe.state = ¶'her'")],
    ['in a value', withSteps(ORDER, '{ "id": "l", "use": "log", "with": { "v": "So: {{ steps.order.state = ¶\'payed\' }}" } }')],
    [
      'an item of a loop',
      withSteps(
        ORDER,
        '{ "id": "each", "forEach": "{{ steps.order.parts }}", "steps": [',
        '{ "id": "l", "use": "log", "when": "{{ item.state = ¶\'her\' }}" } ] }',
      ),
    ],
    ['a case', deciding('steps.approval.answer', '"approve"', '¶"refuse"')],
    ['one of the values of a case', deciding('steps.order.state', '["open", ¶"payed", ¶true]')],
    [
      'a case that is a condition',
      withSteps(ORDER, `{ "id": "p", "switch": true, "cases": [ { "when": "{{ steps.order.state = ¶'payed' }}", "steps": [] } ] }`),
    ],
  ])('is told at its place: %s', (_name, source) => {
    const { text, places } = marked(source);
    const found = problems(text).map(({ line, column, code, severity }) => `${line}:${column} ${severity} ${code}`);
    expect(found).toEqual(places.map((place) => `${place} warning expression.never-equal`));
  });

  it('says what was meant, or what there is', () => {
    const said = (text: string): string[] => problems(text).map(({ message }) => message);
    expect(said(asking("steps.approval.answer = 'aprove'"))).toEqual([
      '`steps.approval.answer` is never the text `aprove`. Did you mean `approve`?',
    ]);
    expect(said(deciding('steps.approval.answer', 'true'))).toEqual([
      '`steps.approval.answer` is never `true`. Known: `approve`, `reject`.',
    ]);
  });

  it('is told of what a trigger that was accepted holds, and not of what is accepted', () => {
    const trigger = { type: 'webhook', schema: { type: 'object', properties: { kind: { enum: ['a', 'b'] } } } };
    const when = "{{ trigger.body.kind = 'c' }}";
    const flow = { format: 1, id: 'f', trigger: { ...trigger, when }, steps: [{ id: 's', when, set: {} }] };
    expect(problems(JSON.stringify(flow)).map(({ path }) => path)).toEqual(['/steps/0/when']);
  });

  it.each([
    ['every answer', asking("steps.approval.answer = 'approve' or steps.approval.answer != 'reject'")],
    ['asking whether there is one', asking('steps.approval.answer != null')],
    ['a text that may be any', asking("steps.order.note = 'x' or steps.order.open = 'x'")],
    ['values that are said elsewhere', asking("steps.order.known = 'x'")],
    ['items of a list', asking("steps.order.parts.state = 'x'")],
    ['what may be a list', asking("steps.order.any.state = 'x'")],
    ['values that are lists', asking("steps.order.tags = 'open'")],
    ['what a function makes of it', asking("$uppercase(steps.order.state) = 'OPEN'")],
    ['what it may be instead', asking("(steps.order.state ?? 'none') = 'none'")],
    ['what it is made part of', asking("steps.order.state & '!' = 'open!'")],
    ['a name inside of a filter', asking("steps.order.parts[state = 'x']")],
    ['another path', asking('steps.order.state = steps.approval.answer')],
    ['its order', asking("steps.order.state > 'a'")],
    ['cases of what may be any', deciding('steps.order.note', '"x"')],
    ['cases of what a function makes', deciding('$uppercase(steps.order.state)', '"OPEN"')],
    ['the case of no value', deciding('steps.order.state', 'null')],
  ])('is not told where it may hold: %s', (_name, text) => {
    expect(problems(text)).toEqual([]);
  });

  it('is never told where some value that the schema allows is equal', () => {
    let told = 0;
    fc.assert(
      fc.property(schemas, fc.array(values, { maxLength: 12 }), paths, constants, (schema, candidates, path, constant) => {
        const read = ['steps.order', ...path].join('.');
        const text = asking(`${read} = ${constant}`);
        if (!problems(text, schema).some(({ code }) => code === 'expression.never-equal')) return;
        const fits = schemaCompiler(schema).compile({ ...schema, $defs: { any: {} } });
        const allowed = candidates.filter((value) => fits(value));
        told += allowed.length;
        const { evaluateSync } = compileExpression(`${read} = ${constant}`);
        for (const value of allowed) expect(evaluateSync?.({ steps: { order: value } })).toBe(false);
      }),
      { numRuns: 1_000 },
    );
    expect(told).toBeGreaterThan(0);
  });
});

const names = ['a', 'b'];
const plain = fc.constantFrom('x', 'y', 'z', 1, true, null);
const paths = fc.array(fc.constantFrom(...names), { maxLength: 2 });
const constants = fc.constantFrom("'x'", "'y'", "'w'", '1', 'true');

const { value: values } = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, plain, fc.array(tie('value'), { maxLength: 2 }), fc.dictionary(fc.constantFrom(...names), tie('value'))),
}));

/** Schemas that leave much open or little, in the ways there are. */
const { schema: schemas } = fc.letrec((tie) => {
  const inner = tie('schema') as fc.Arbitrary<JsonSchema>;
  return {
    schema: fc.oneof(
      { maxDepth: 3 },
      fc.uniqueArray(plain, { minLength: 1, maxLength: 3 }).map((list): JsonSchema => ({ enum: list })),
      plain.map((value): JsonSchema => ({ const: value })),
      fc.constantFrom<JsonSchema>({}, { type: 'string' }, { enum: [['x'], 'y'] }, { $ref: '#/$defs/any', enum: ['x'] }),
      fc
        .tuple(fc.constantFrom('anyOf', 'oneOf', 'allOf'), fc.array(inner, { minLength: 1, maxLength: 2 }))
        .map(([key, list]) => ({ [key]: list })),
      fc
        .record(
          {
            type: fc.constantFrom('object', 'array', ['object', 'null'], ['object', 'array']),
            properties: fc.dictionary(fc.constantFrom(...names), inner),
            items: inner,
          },
          { requiredKeys: ['properties'] },
        )
        .map((schema): JsonSchema => schema),
    ),
  };
}) as { schema: fc.Arbitrary<JsonSchema> };
