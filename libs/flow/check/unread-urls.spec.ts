import type { Component } from '@millrace/component-sdk';
import { marked, withSteps } from '../../../test/support/marked-flow.js';
import { checkFlow } from '../index.js';

const log: Component = { name: 'log', title: 'Log', props: { type: 'object' }, run: () => undefined };

const QUESTION = '"webhook": { "ask": { "title": "Well?", "answers": { "yes": "Yes" } } }';
const wait = (webhook = QUESTION): string => `{ "id": "approval", "wait": { ${webhook} } }`;
const tell = (text: string): string => `{ "id": "tell", "use": "log", "with": { "v": ${JSON.stringify(text)} } }`;

function problems(text: string): ReturnType<typeof checkFlow>['problems'] {
  return checkFlow(text, { components: new Map([['log', log]]), credentials: new Map() }).problems;
}

/** Of a wait behind a step with this text. */
function told(text: string): boolean {
  return problems(withSteps(`${tell(text)},`, wait())).some(({ code }) => code === 'flow.unread-url');
}

describe('the URL of a wait that nothing reads', () => {
  it.each([
    ['of a question', withSteps(wait(QUESTION.replace('"webhook"', '¶"webhook"')))],
    ['of any request', withSteps(wait('¶"webhook": {}'))],
    ['in a loop', withSteps(`{ "id": "each", "forEach": [1], "steps": [ ${wait('¶"webhook": {}')} ] }`)],
    [
      'where the URL of another is read',
      withSteps(`${tell('{{ resume.other.url }}')},`, '{ "id": "other", "wait": { "webhook": {} } },', wait('¶"webhook": {}')),
    ],
  ])('is told at its place: %s', (_name, source) => {
    const { text, places } = marked(source);
    const found = problems(text).map(({ line, column, code, severity }) => `${line}:${column} ${severity} ${code}`);
    expect(found).toEqual(places.map((place) => `${place} warning flow.unread-url`));
  });

  it('says how to send it', () => {
    expect(problems(withSteps(wait())).map(({ message }) => message)).toEqual([
      'No expression reads `resume.approval.url`, so that only who looks at the run finds out where to answer; send `{{ resume.approval.url }}` in a step before this one.',
    ]);
  });

  it.each([
    'Answer here: {{ resume.approval.url }}',
    '{{ resume.approval }}',
    '{{ resume."approval".url }}',
    '{{ $.resume.approval.url }}',
    '{{ trigger.body.items.{ "to": to, "url": $$.resume.approval.url } }}',
    '{{ resume }}',
    '{{ resume.*.url }}',
    '{{ $lookup(resume, trigger.body.id).url }}',
    '{{ ($all := resume; $all.approval.url) }}',
    '{{ $$ }}',
    '{{ $string($) }}',
    "{{ $lookup($$, 're' & 'sume') }}",
    '{{ $$.*.approval.url }}',
    '{{ *.approval.url }}',
    '{{ [*].url }}',
    '{{ true and **.url }}',
    '{{ trigger.%.resume.approval.url }}',
    '{{ resume.aproval.url }}',
    '{{ resume.approval. }}',
    '{{ resume.approval.url',
  ])('is not told where it may be read: %s', (text) => {
    expect(told(text)).toBe(false);
  });

  it.each([
    '{{ trigger.body.* }}',
    '{{ trigger.body.a * 2 }}',
    '{{ (1) * 2 }}',
    '{{ trigger.** }}',
    '{{ $$.trigger.id }}',
    'resume.approval.url',
  ])('is told where something else is read: %s', (text) => {
    expect(told(text)).toBe(true);
  });

  it.each([
    ['behind it', withSteps(`${wait()},`, tell('{{ resume.approval.url }}'))],
    ['beside it', withSteps(`{ "id": "p", "parallel": { "a": [ ${wait()} ], "b": [ ${tell('{{ resume.approval.url }}')} ] } }`)],
    ['in a value that is set', withSteps('{ "id": "s", "set": { "url": "{{ resume.approval.url }}" } },', wait())],
    ['for a flow that is called', withSteps('{ "id": "c", "call": "ask", "input": { "url": "{{ resume.approval.url }}" } },', wait())],
    ['in a condition', withSteps('{ "id": "s", "when": "{{ resume.approval.url }}", "set": {} },', wait())],
    ['in a step that cannot be read', withSteps(`${tell('{{ resume.approval.url }}').replace('use', 'usee')},`, wait())],
    ['in a text that is no JSON', `${withSteps(wait())} x`],
  ])('is not told where it is read %s', (_name, text) => {
    expect(problems(text).filter(({ code }) => code === 'flow.unread-url')).toEqual([]);
  });
});
