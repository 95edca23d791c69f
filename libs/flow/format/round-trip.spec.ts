import fc from 'fast-check';
import type { Json } from '@millrace/component-sdk';
import { allSteps, checkFlow, parseFlow, positionsOf } from '../index.js';
import type { CheckOptions, Flow, Step, Trigger } from '../index.js';
import { schemaCompiler } from '../check/schemas.js';
import { flowSchema } from '../schema/flow-schema.js';
import { kindNames, stepKind } from '../steps/kinds.js';

const options: CheckOptions = { components: new Map(), credentials: new Map(), flows: new Map([['g', { trigger: 'call', calls: ['f'] }]]) };

const text = fc.string({ maxLength: 8 });
const json = fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value).replaceAll('"__proto__"', '"proto"')) as Json);
const path = fc.constantFrom(
  'trigger.body.x',
  'steps.s1.y ?? 1',
  'item',
  'index',
  'error.code',
  'resume.s2.url',
  'run.id',
  '$now()',
  'steps.s0',
);
const expression = path.map((source) => `{{ ${source} }}`);
const value = fc.oneof(
  json,
  expression,
  expression.map((source) => ({ a: [source] })),
);
const values = fc.dictionary(fc.constantFrom('a', 'b', 'c-d'), value, { maxKeys: 3 });
const condition = fc.oneof(expression, fc.boolean());
const duration = fc.constantFrom('500ms', '10s', '1.5m', '2h', '3d');
const codes = fc.array(fc.constantFrom('http.4xx', 'timeout', 'slack.*'), { minLength: 1, maxLength: 3 });
const name = fc.constantFrom('a', 'b', 'crm', 'chatRoom');

/** A record whose keys may be absent, apart from those named. */
function record(
  required: Record<string, fc.Arbitrary<unknown>>,
  optional: Record<string, fc.Arbitrary<unknown>> = {},
): fc.Arbitrary<object> {
  return fc.record({ ...required, ...optional }, { requiredKeys: Object.keys(required) as never[] });
}

const retry = record(
  {},
  {
    attempts: fc.integer({ min: 1, max: 100 }),
    delay: duration,
    backoff: fc.constantFrom('fixed', 'exponential'),
    maxDelay: duration,
    jitter: fc.boolean(),
    on: codes,
    deadline: duration,
  },
);
const settings = { retry, timeout: duration, onError: fc.constantFrom('fail', 'continue'), onCrash: fc.constantFrom('repeat', 'stop') };
const { onError } = settings;
const common = { name: text, note: text, when: condition, onError };

const wait = fc.oneof(
  record({ for: fc.oneof(duration, expression) }),
  record({ until: fc.oneof(fc.constant('2030-01-31T09:00:00Z'), expression) }),
  record({ webhook: record({}, { credential: text, timeout: duration }) }),
);

const { steps } = fc.letrec<{ steps: object[]; step: object }>((tie) => ({
  steps: fc.array(tie('step'), { maxLength: 3 }),
  step: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    record({ use: text }, { ...common, ...settings, credential: text, with: values }),
    record({ set: values }, common),
    record({ stop: record({ as: fc.constantFrom('succeeded', 'failed') }, { message: text }) }, common),
    record({ wait }, common),
    record({ call: fc.constantFrom('g', 'h-1') }, { ...common, input: value, await: fc.boolean(), retry, timeout: duration }),
    record(
      {
        respond: record(
          {},
          { status: fc.oneof(fc.integer({ min: 200, max: 599 }), expression), headers: fc.constant({ 'x-a': 'b' }), body: value },
        ),
      },
      common,
    ),
    record({ if: condition, then: tie('steps') }, { ...common, else: tie('steps') }),
    record(
      { switch: fc.oneof(expression, fc.constant(true)), cases: fc.array(record({ when: json, steps: tie('steps') }), { maxLength: 2 }) },
      { ...common, default: tie('steps') },
    ),
    record(
      { forEach: fc.oneof(expression, fc.array(json, { maxLength: 3 })), steps: tie('steps') },
      { ...common, as: name, concurrency: fc.integer({ min: 1, max: 100 }), onItemError: fc.constantFrom('fail', 'continue') },
    ),
    record({ repeat: tie('steps'), while: expression }, { ...common, limit: fc.integer({ min: 1, max: 10_000 }) }),
    record(
      { parallel: fc.dictionary(name, tie('steps'), { minKeys: 1, maxKeys: 3 }) },
      { ...common, onBranchError: fc.constantFrom('fail-fast', 'wait-all') },
    ),
    record({ try: tie('steps'), catch: tie('steps') }, { ...common, on: codes, finally: tie('steps') }),
    record({ try: tie('steps'), finally: tie('steps') }, common),
  ),
}));

const trigger = fc.oneof(
  record(
    { type: fc.constant('webhook') },
    { when: condition, methods: fc.constant(['POST']), schema: fc.boolean(), limit: fc.constant('1mb') },
  ),
  record(
    { type: fc.constant('schedule'), cron: fc.constantFrom('0 9 * * 1-5', '*/5 * * * *') },
    {
      timezone: fc.constantFrom('UTC', 'Europe/Berlin'),
      overlap: fc.constantFrom('skip', 'queue', 'allow'),
      catchUp: fc.constantFrom('none', 'latest', 'all'),
    },
  ),
  record({ type: fc.constant('schedule'), every: duration.filter((every) => every !== '500ms') }),
  record({ type: fc.constant('event'), event: fc.constantFrom('order.paid', 'flow.*', '*') }, { when: condition }),
  record({ type: fc.constant('call') }, { input: fc.oneof(fc.boolean(), fc.constant({ type: 'object', properties: { x: {} } })) }),
) as fc.Arbitrary<Trigger>;

const key = fc.constant('{{ trigger.body.x }}');

const flows = record(
  { format: fc.constant(1), id: fc.constant('f'), trigger, steps },
  {
    name: text,
    enabled: fc.boolean(),
    defaults: record({}, settings),
    concurrency: record({ limit: fc.integer({ min: 1, max: 9 }) }, { key }),
    rate: record({ limit: fc.integer({ min: 1, max: 9 }), per: fc.constantFrom('1s', '1h') }),
    priority: fc.constantFrom('high', 'normal', 'low'),
    debounce: record({ window: fc.constant('10s') }, { key, maxWait: fc.constant('1m') }),
    batch: record({ window: fc.constant('10s') }, { key, size: fc.integer({ min: 1, max: 9 }) }),
    onError: steps,
  },
).map((flow) => numbered(flow) as Flow);

/** Gives every step an id of its own: an object among `steps`, of whatever list, is one. */
function numbered(flow: object): object {
  let count = 0;
  const visit = (given: unknown): unknown => {
    if (Array.isArray(given)) return given.map(visit);
    if (typeof given !== 'object' || given === null) return given;
    const isStep = kindNames.some((kind) => kind in given) && !('type' in given) && !('format' in given);
    const inner = Object.fromEntries(Object.entries(given).map(([name, item]) => [name, opaque.has(name) ? item : visit(item)]));
    return isStep ? { id: `s${count++}`, ...inner } : inner;
  };
  return visit(flow) as object;
}

/** Keys below which nothing is a step, whatever it looks like. */
const opaque = new Set(['with', 'set', 'input', 'wait', 'respond', 'schema', 'when', 'retry', 'stop', 'if', 'switch']);

const validate = schemaCompiler(flowSchema).compile(flowSchema);

describe('a flow of any steps', () => {
  it('reads back as it was written', () => {
    fc.assert(
      fc.property(flows, fc.constantFrom(undefined, 2, '\t'), (flow, indent) => {
        const { flow: read, problems } = parseFlow(JSON.stringify(flow, undefined, indent));
        expect(problems).toEqual([]);
        expect(read).toEqual(flow);
      }),
      { numRuns: 150 },
    );
  });

  it('is what the schema for editors takes', () => {
    fc.assert(
      fc.property(flows, (flow) => {
        validate(JSON.parse(JSON.stringify(flow)));
        expect(validate.errors ?? []).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('is generated of every kind', () => {
    const kinds = fc.sample(flows, 300).flatMap((flow) => allSteps(flow.steps).map((step: Step) => stepKind(step)));
    expect([...new Set(kinds)].sort()).toEqual([...kindNames].sort());
  });

  it('is checked without an exception, each problem at a place of the file', () => {
    fc.assert(
      fc.property(flows, (flow) => {
        expectPlaced(JSON.stringify(flow, undefined, 1));
      }),
      { numRuns: 150 },
    );
  });
});

describe('a flow with random damage', () => {
  const replacement = fc.oneof(
    json,
    expression,
    fc.constantFrom<Json>(null, [], {}, '{{', '{{ $ }}', 'toString', [[]], 1e308, { constructor: 1 }),
  );
  const damage = fc.tuple(fc.nat(), fc.oneof(replacement, fc.constant(undefined)));
  const cuts = fc.array(fc.tuple(fc.nat(), fc.nat(3), fc.constantFrom('', '{', '}', '[', ']', '"', ',', ':', '\\', '{{', '0', '\u0000')), {
    maxLength: 3,
  });

  it('is checked without an exception where a value is another', () => {
    fc.assert(
      fc.property(flows, fc.array(damage, { minLength: 1, maxLength: 3 }), (flow, damages) => {
        const damaged = damages.reduce<unknown>((whole, [at, instead]) => replaced(whole, at, instead), flow);
        expectPlaced(JSON.stringify(damaged) ?? 'null');
      }),
      { numRuns: 150 },
    );
  });

  it('is checked without an exception where the text is broken', () => {
    fc.assert(
      fc.property(flows, cuts, (flow, places) => {
        const broken = places.reduce((whole, [at, length, instead]) => {
          const start = at % (whole.length + 1);
          return whole.slice(0, start) + instead + whole.slice(start + length);
        }, JSON.stringify(flow));
        expectPlaced(broken);
      }),
      { numRuns: 150 },
    );
  });
});

/** Puts something else into one place of a value, counted depth first. */
function replaced(whole: unknown, at: number, instead: unknown): unknown {
  let left = at % countOf(whole);
  const visit = (given: unknown): unknown => {
    if (left-- === 0) return instead;
    if (Array.isArray(given)) return given.map(visit).filter((item) => item !== undefined);
    if (typeof given !== 'object' || given === null) return given;
    return Object.fromEntries(Object.entries(given).map(([name, item]) => [name, visit(item)]));
  };
  return visit(whole);
}

function countOf(whole: unknown): number {
  if (typeof whole !== 'object' || whole === null) return 1;
  return Object.values(whole).reduce<number>((sum, item) => sum + countOf(item), 1);
}

function expectPlaced(source: string): void {
  for (const { offset, length, line, column, message } of checkFlow(source, options).problems) {
    expect(offset + length).toBeLessThanOrEqual(source.length + 1);
    expect(positionsOf(source)(offset)).toEqual({ line, column });
    expect(message).not.toMatch(/undefined|\[object/);
  }
}
