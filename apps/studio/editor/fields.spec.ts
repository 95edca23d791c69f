import { readFlow, type FlowStep } from '../flow/structure.js';
import { choicesOf, followersOf, offeredChoices, searchChoices } from './choices.js';
import { enteredValue, fieldText, valueAt, type FieldKind } from './fields.js';
import { componentFields } from './schema-fields.js';
import { advancedFields, fieldsOf } from './step-fields.js';

const stepOf = (step: object) => readFlow(JSON.stringify({ steps: [step] })).steps[0]!;

describe('the form of a component', () => {
  it('asks first for what is required, each by its kind', () => {
    const fields = componentFields({
      properties: {
        note: { type: 'string' },
        how: { enum: ['GET', 'POST'] },
        many: { type: 'integer' },
        sure: { type: 'boolean' },
        headers: { type: 'object', additionalProperties: { type: 'string' } },
        body: { title: 'Body' },
        url: { type: 'string', title: 'URL' },
      },
      required: ['url'],
    });
    expect(fields.map(({ label, kind, required }) => [label, kind, required])).toEqual([
      ['URL', 'text', true],
      ['note', 'text', false],
      ['how', 'choice', false],
      ['many', 'number', false],
      ['sure', 'boolean', false],
      ['headers', 'rows', false],
      ['Body', 'json', false],
    ]);
    expect(fields.find(({ label }) => label === 'headers')?.values).toBe('text');
  });

  it('lets a text have several lines that is a document, and names and values be where an object may', () => {
    const fields = componentFields({
      properties: {
        subject: { type: 'string' },
        text: { type: 'string', contentMediaType: 'text/markdown' },
        image: { type: 'string', contentMediaType: 'image/png' },
        headers: { type: 'object' },
        body: {},
        blocks: { type: 'array', items: { type: 'object' } },
        either: { type: ['object', 'array'] },
      },
    });
    const called = (is: (field: (typeof fields)[number]) => boolean): string[] => fields.filter(is).map(({ label }) => label);
    expect(called(({ multiline }) => multiline)).toEqual(['text', 'body', 'blocks', 'either']);
    expect(called(({ named }) => named)).toEqual(['headers', 'body', 'either']);
  });

  it('has fields of its own for an object whose members are known, and items for a list of plain values', () => {
    const fields = componentFields({
      properties: {
        requester: {
          type: 'object',
          title: 'Requester',
          properties: { name: { type: 'string' }, email: { type: 'string', title: 'E-mail' } },
          required: ['email'],
        },
        tags: { type: 'array', items: { type: 'string' } },
        statuses: { type: 'array', items: { type: ['integer', 'string'] } },
        pings: { type: 'array', items: { enum: ['users', 'roles'] } },
        fields: { type: 'array', items: { type: 'object' } },
        anything: { type: 'array' },
      },
    });
    expect(fields.map(({ kind, values, options }) => [kind, values, options])).toEqual([
      ['group', 'json', []],
      ['list', 'text', []],
      ['list', 'json', []],
      ['list', 'choice', ['users', 'roles']],
      ['json', 'json', []],
      ['json', 'json', []],
    ]);
    expect(fields[0]?.fields.map(({ label, pointer, required, group }) => [label, pointer, required, group])).toEqual([
      ['E-mail', '/with/requester/email', true, '/with/requester'],
      ['name', '/with/requester/name', false, '/with/requester'],
    ]);
  });

  it('is one field of JSON when the component is not installed', () => {
    expect(fieldsOf(stepOf({ id: 'a', use: 'gone.away', with: {} }), [])).toMatchObject([{ pointer: '/with', kind: 'json' }]);
  });

  it('has a field for every case of a switch', () => {
    const step = stepOf({
      id: 'a',
      switch: '{{ x }}',
      cases: [
        { when: 1, steps: [] },
        { when: 2, steps: [] },
      ],
    });
    expect(fieldsOf(step, []).map(({ pointer }) => pointer)).toEqual(['/switch', '/cases/0/when', '/cases/1/when']);
  });

  it('of a wait are those of what it waits for, a person among it', () => {
    const pointersOf = (wait: object): string[] => fieldsOf(stepOf({ id: 'a', wait } as never), []).map(({ pointer }) => pointer);
    expect(pointersOf({ for: '1m' })).toEqual(['/wait/for']);
    expect(pointersOf({ webhook: {} })).toEqual(['/wait/webhook/schema', '/wait/webhook/timeout']);
    expect(pointersOf({ webhook: { ask: {} } })).toEqual([
      ...['title', 'text', 'answers', 'comment'].map((name) => `/wait/webhook/ask/${name}`),
      '/wait/webhook/timeout',
    ]);
  });
});

describe('what many steps have', () => {
  const pointers = (kind: FlowStep['kind']): string[] => advancedFields({ kind } as FlowStep).map(({ pointer }) => pointer);

  it.each<FlowStep['kind']>(['use', 'call', 'if', 'switch', 'forEach', 'parallel', 'try'])(
    'of %s, retries can be set: how many, and after which errors',
    (kind) => expect(pointers(kind)).toEqual(expect.arrayContaining(['/retry/attempts', '/retry/delay', '/retry/on', '/timeout'])),
  );

  it('of a step that does nothing outside is only when it is done', () => {
    expect(pointers('set')).toEqual(['/when', '/onError']);
  });
});

describe('what is typed', () => {
  it.each<[FieldKind, string, unknown]>([
    ['text', '12', '12'],
    ['number', '12', 12],
    ['number', '-1.5e3', -1500],
    ['number', '{{ steps.a.n }}', '{{ steps.a.n }}'],
    ['boolean', 'true', true],
    ['json', '{"a":[1]}', { a: [1] }],
    ['json', 'plain words', 'plain words'],
    ['json', '{{ trigger.body }}', '{{ trigger.body }}'],
    ['json', '', undefined],
  ])('in a field of kind %s as %j means %j', (kind, text, value) => {
    expect(enteredValue(kind, text)).toEqual({ ok: true, value });
  });

  it.each([
    ['{{ trigger.body.amount }} > 500', '{{ trigger.body.amount > 500 }}'],
    ['500 < {{ trigger.body.`the amount` }} ', '{{ 500 < trigger.body.`the amount` }}'],
    ['{{ a.x or a.y }} and {{ a.z }}', '{{ (a.x or a.y) and a.z }}'],
    ['{{ a.x > 1 and {{ a.y }} }}', '{{ a.x > 1 and a.y }}'],
    ['{{ a.x > 1 and {{ a.y }}', '{{ a.x > 1 and a.y }}'],
    ['a.x = "b"', '{{ a.x = "b" }}'],
    ['{{ a.x = "{{ b }} c" }}', '{{ a.x = "{{ b }} c" }}'],
    ['{{ a.x }} >', '{{ a.x }} >'],
    ['{{ a.x }} {{ a.y }}', '{{ a.x }} {{ a.y }}'],
    ['', undefined],
  ])('in a condition as %j is one expression where it can be one: %j', (text, value) => {
    expect(enteredValue('condition', text)).toEqual({ ok: true, value });
  });

  it('is not lost when it is not JSON yet', () => {
    expect(enteredValue('json', '{"a":')).toMatchObject({ ok: false, message: expect.stringContaining('Not JSON yet') as string });
  });

  it.each([['x'], [12], [{ a: [1, null] }], [true], [['x']]])('comes back as it was shown: %j', (value) => {
    const kind: FieldKind = typeof value === 'string' ? 'text' : 'json';
    expect(enteredValue(kind, fieldText(value))).toEqual({ ok: true, value });
  });

  it('is found at its pointer, with escapes', () => {
    expect(valueAt({ a: [{ 'b/c': { 'd~e': 1 } }] }, '/a/0/b~1c/d~0e')).toBe(1);
    expect(valueAt({ a: 1 }, '/a/b/c')).toBeUndefined();
    expect(valueAt({}, '/constructor')).toBeUndefined();
  });
});

describe('the picker', () => {
  const component = (name: string, title: string) => ({
    name,
    title,
    description: null,
    props: { type: 'object', properties: { text: { type: 'string' }, n: { type: 'number' } }, required: ['text', 'n'] },
    output: null,
    credential: null,
    effects: 'outside' as const,
    timeout: null,
  });
  const choices = choicesOf([
    component('http.request', 'HTTP request'),
    component('slack.send', 'Send a message'),
    component('set', 'Set'),
  ]);

  it('offers what this flow and most others go on with, then what was used last, and each thing once', () => {
    const groups = offeredChoices(choices, 'trigger', ['slack.send'], ['wait', 'set', 'gone.away']);
    expect(groups.map(({ title }) => title)).toEqual(['Usually next', 'Used last', 'All']);
    expect(groups[0]?.choices.map(({ title }) => title)).toEqual(['Send a message', 'Call an HTTP API', 'Set values', 'Branch']);
    expect(groups[1]?.choices.map(({ name }) => name)).toEqual(['wait']);
    const all = groups.flatMap((group) => group.choices.map(({ name }) => name));
    expect(new Set(all).size).toBe(all.length);
    expect(all).toHaveLength(choices.length);
  });

  it('knows what follows what in the flow', () => {
    const { steps } = readFlow(
      JSON.stringify({ steps: [{ set: {} }, { use: 'a.b' }, { set: {} }, { use: 'c.d' }, { set: {} }, { use: 'c.d' }] }),
    );
    expect(followersOf([steps], 'set')).toEqual(['c.d', 'a.b']);
  });

  it.each([
    ['loop', 'forEach'],
    ['delay', 'wait'],
    ['condition', 'if'],
    ['rest api', 'http.request'],
    ['transform', 'set'],
  ])('finds by the word %j too', (word, name) => expect(searchChoices(choices, word)[0]?.name).toBe(name));

  it('finds by every word, the title before the description', () => {
    expect(searchChoices(choices, 'slack mess').map(({ name }) => name)).toEqual(['slack.send']);
    expect(searchChoices(choices, 'wait')[0]?.name).toBe('wait');
    expect(searchChoices(choices, 'frobnicate')).toEqual([]);
  });

  it('begins a step with an empty text for what it needs, never with a wrong value', () => {
    expect(choices.find(({ name }) => name === 'slack.send')?.step).toEqual({ use: 'slack.send', with: { text: '' } });
  });
});
