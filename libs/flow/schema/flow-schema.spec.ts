import { existsSync, readFileSync } from 'node:fs';
import { schemaCompiler } from '../check/schemas.js';
import { parseFlow } from '../format/parse.js';
import { kinds } from '../steps/kinds.js';
import { flowSchema, flowSchemaText } from './flow-schema.js';

const validate = schemaCompiler(flowSchema).compile(flowSchema);

const flow = {
  $schema: './flow.schema.json',
  format: 1,
  id: 'f',
  trigger: { type: 'webhook', dedupe: { key: '{{ trigger.body.id }}', window: '1h' }, respond: { status: 204 }, limit: '2mb' },
  defaults: { retry: { attempts: 3, delay: '1s', on: ['http.4xx'] }, timeout: '30s' },
  steps: [
    { id: 'a', use: 'log', with: { x: 1 }, 'x-note': [] },
    { id: 'b', if: '{{ steps.a.x }}', then: [{ id: 'c', set: { y: 2 } }], else: [] },
    { id: 'd', switch: true, cases: [{ when: '{{ steps.a.x }}', steps: [] }], default: [{ id: 'e', stop: { as: 'failed' } }] },
  ],
  onError: [],
};

describe('the flow schema', () => {
  it('takes what the parser takes', () => {
    expect(parseFlow(JSON.stringify(flow)).problems).toEqual([]);
    expect(validate(flow)).toBe(true);
  });

  it.each<[string, object]>([
    ['an unknown key', { ...flow, stepps: [] }],
    ['a bad id', { ...flow, id: 'A b' }],
    ['a bad duration', { ...flow, defaults: { timeout: 'soon' } }],
    ['a bad size', { ...flow, trigger: { type: 'webhook', limit: '1gb' } }],
    ['a bad answer', { ...flow, trigger: { type: 'webhook', respond: { status: 20 } } }],
    ['a bad header of an answer', { ...flow, trigger: { type: 'webhook', respond: { status: 200, headers: { 'a b': 'c' } } } }],
    ['an unknown key of a step', { ...flow, steps: [{ id: 'a', use: 'log', then: [] }] }],
    ['a setting without effect', { ...flow, steps: [{ id: 'a', set: {}, retry: {} }] }],
    ['a schedule without a time', { ...flow, trigger: { type: 'schedule', timezone: 'UTC' } }],
    ['a schedule with two', { ...flow, trigger: { type: 'schedule', cron: '* * * * *', every: '1m' } }],
    ['a bad event', { ...flow, trigger: { type: 'event', event: 'Order Paid' } }],
    ['a key of another trigger', { ...flow, trigger: { type: 'call', credential: 'x' } }],
    ['no limit', { ...flow, concurrency: { key: '{{ trigger.body.x }}' } }],
    ['a bad priority', { ...flow, priority: 'urgent' }],
    ['a loop over a number', { ...flow, steps: [{ id: 'a', forEach: 3, steps: [] }] }],
    ['a branch with a bad name', { ...flow, steps: [{ id: 'a', parallel: { 'The CRM': [] } }] }],
    ['no branch', { ...flow, steps: [{ id: 'a', parallel: {} }] }],
    ['a bad step in a loop', { ...flow, steps: [{ id: 'a', forEach: [], steps: [{ id: 'b', use: 1 }] }] }],
    ['a bad code to catch', { ...flow, steps: [{ id: 'a', try: [], catch: [], on: ['HTTP 429'] }] }],
    ['try alone', { ...flow, steps: [{ id: 'a', try: [] }] }],
    ['codes without catch', { ...flow, steps: [{ id: 'a', try: [], on: ['timeout'], finally: [] }] }],
    ['a wait for nothing', { ...flow, steps: [{ id: 'a', wait: {} }] }],
    ['a wait for two things', { ...flow, steps: [{ id: 'a', wait: { for: '1m', until: '2030-01-01T00:00:00Z' } }] }],
    ['a question without answers', { ...flow, steps: [{ id: 'a', wait: { webhook: { ask: { title: 'Well?' } } } }] }],
    [
      'a question with a bad answer',
      { ...flow, steps: [{ id: 'a', wait: { webhook: { ask: { title: 'Well?', answers: { 'Not now': 'x' } } } } }] },
    ],
    [
      'a question beside a schema',
      { ...flow, steps: [{ id: 'a', wait: { webhook: { ask: { title: 'Well?', answers: { a: 'x' } }, schema: {} } } }] },
    ],
    ['a call by an expression', { ...flow, steps: [{ id: 'a', call: '{{ trigger.body.flow }}' }] }],
    ['a bad header', { ...flow, steps: [{ id: 'a', respond: { headers: { 'a b': 'c' } } }] }],
    ['a step without a kind', { ...flow, steps: [{ id: 'a' }] }],
    ['a bad step in a branch', { ...flow, steps: [{ id: 'a', if: true, then: [{ id: 'b', use: 1 }] }] }],
    ['a bad way to stop', { ...flow, steps: [{ id: 'a', stop: { as: 'done' } }] }],
    ['no trigger', { ...flow, trigger: undefined }],
  ])('refuses, as the parser does, %s', (_name, text) => {
    const written: unknown = JSON.parse(JSON.stringify(text));
    expect(parseFlow(JSON.stringify(written)).problems).not.toEqual([]);
    expect(validate(written)).toBe(false);
  });

  it.each(Object.values(kinds).map((kind) => [kind.key, kind] as const))('describes every key of %s steps', (_key, kind) => {
    expect(Object.keys(kind.schema)).toEqual([...kind.keys]);
  });

  it('is what stands in flows/flow.schema.json', () => {
    const file = 'flows/flow.schema.json';
    if (!existsSync(file)) return console.info(`${file} is not there; write flowSchemaText() into it`);
    expect(readFileSync(file, 'utf8')).toBe(flowSchemaText());
  });
});
