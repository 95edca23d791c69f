import { readFlow } from './structure.js';
import { piecesOf, settingsOf } from './settings.js';
import { expressionWords, stepSummary, stepTitle } from './words.js';

const step = (json: object) => readFlow(JSON.stringify({ steps: [json] })).steps[0]!;

describe('the pieces of a text', () => {
  it('are its texts and its expressions, in order', () => {
    expect(piecesOf('deal-{{ steps.deal.id }} of {{trigger.body.name}}')).toEqual([
      { kind: 'text', text: 'deal-' },
      { kind: 'expression', text: 'steps.deal.id' },
      { kind: 'text', text: ' of ' },
      { kind: 'expression', text: 'trigger.body.name' },
    ]);
  });

  it('leave literal braces alone', () => {
    expect(piecesOf('a \\{{ b }} c')).toEqual([{ kind: 'text', text: 'a \\{{ b }} c' }]);
  });
});

describe('the settings of a step', () => {
  it('begin with its fields and leave nothing out that an author set', () => {
    const settings = settingsOf(
      step({ id: 'a', use: 'http.request', with: { url: 'https://x', body: { n: 1 } }, retry: { attempts: 2 }, when: '{{ a }}' }),
    );
    expect(settings.map(({ name, computed }) => [name, computed])).toEqual([
      ['url', true],
      ['body', true],
      ['when', false],
      ['retry', false],
    ]);
  });
});

it('what is not a text is shown as JSON, with its expressions as they were typed', () => {
  const body = { by: '{{ trigger.body.by ?? "soon" }}', said: 'a "word"', both: '"{{ $f("\\n") }}"', literal: '\\{{ "x" }}', open: '{{ "' };
  const [setting] = settingsOf(step({ id: 'a', use: 'http.request', with: { body } }));
  expect(setting?.text.split('\n').map((line) => line.trim())).toEqual([
    '{',
    '"by": "{{ trigger.body.by ?? "soon" }}",',
    '"said": "a \\"word\\"",',
    '"both": "\\"{{ $f("\\n") }}\\"",',
    '"literal": "\\\\{{ \\"x\\" }}",',
    '"open": "{{ \\""',
    '}',
  ]);
});

describe('the words of a step', () => {
  it.each([
    [{ use: 'http.request', with: { url: 'https://api.example/{{ steps.a.id }}', body: {} } }, 'POST api.example/a.id'],
    [{ use: 'slack.send-message', with: { text: 'New {{ trigger.body.name }}' } }, 'slack.send-message · New name'],
    [{ if: '{{ trigger.body.total >= 500 }}' }, 'total ≥ 500'],
    [{ forEach: '{{ trigger.body.items }}', as: 'line' }, 'Each line of items'],
    [{ wait: { webhook: { timeout: '3d' } } }, 'For a request to its own URL, at most 3d'],
    [{ wait: { webhook: { ask: { title: 'Refund {{ trigger.body.amount }}?' }, timeout: '3d' } } }, 'Asks: Refund amount?, at most 3d'],
    [{ wait: { webhook: { ask: { title: '' } } } }, 'For an answer'],
    [{ stop: { as: 'failed', message: 'No seats' } }, 'Ends the run as failed: No seats'],
    [{ try: [], on: ['timeout'] }, 'Catches timeout'],
    [{ frobnicate: 1 }, 'Nothing says what this step is'],
  ])('%j is %p', (json, words) => {
    expect(stepSummary(step({ id: 'x', ...json }))).toBe(words);
  });

  it('call a step by its name, else by its id as a person would write it', () => {
    expect([stepTitle(step({ id: 'tellSales', use: 'log' })), stepTitle(step({ id: 'a', name: 'Order paid', use: 'log' }))]).toEqual([
      'Tell sales',
      'Order paid',
    ]);
  });

  it('show an expression without its braces', () => {
    expect(expressionWords('{{ steps.a.n != 1 and trigger.headers.x <= 2 }}')).toBe('a.n ≠ 1 and trigger.headers.x ≤ 2');
  });
});
