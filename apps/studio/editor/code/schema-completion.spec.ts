import { completionsAt, type KnownNames } from './schema-completion.js';

const known: KnownNames = {
  components: [
    {
      name: 'log',
      title: 'Write to the log',
      description: null,
      props: {
        type: 'object',
        properties: { message: { type: 'string', description: 'What to say.' }, level: { enum: ['info', 'warn'] } },
      },
      output: null,
      credential: null,
      effects: 'none',
      timeout: null,
    } as unknown as KnownNames['components'][number],
  ],
  credentials: ['shop'],
  flows: ['other'],
};

/** What is offered where the bar stands. */
function at(marked: string): string[] {
  return completionsAt(marked.replace('|', ''), marked.indexOf('|'), known).items.map(({ label }) => label);
}

/** The text after the first offer was taken, with the caret. */
function taken(marked: string): string {
  const text = marked.replace('|', '');
  const { from, to, items } = completionsAt(text, marked.indexOf('|'), known);
  const { insert, back } = items[0]!;
  const caret = insert.length - back;
  return `${text.slice(0, from)}${insert.slice(0, caret)}|${insert.slice(caret)}${text.slice(to)}`;
}

describe('the completion of a flow’s text', () => {
  it.each([
    ['the keys of a flow that are not there yet', '{ "id": "a", "fo|" }', ['format']],
    ['the kinds of trigger', '{ "trigger": { "type": "|" } }', ['webhook', 'schedule', 'event', 'call']],
    ['the keys of that trigger only', '{ "trigger": { "type": "schedule", "cr|" } }', ['cron']],
    ['what a step can be', '{ "steps": [ { "id": "a", "for|" } ] }', ['forEach']],
    ['the keys of that kind of step', '{ "steps": [ { "id": "a", "if": true, "the|" } ] }', ['then']],
    ['also deep inside', '{ "steps": [ { "if": true, "then": [ { "use": "log", "cred|" } ] } ] }', ['credential']],
    ['the components there are', '{ "steps": [ { "use": "|" } ] }', ['log']],
    ['the props of the component', '{ "steps": [ { "use": "log", "with": { "|" } } ] }', ['message', 'level']],
    ['the values of a prop', '{ "steps": [ { "use": "log", "with": { "level": "|" } } ] }', ['info', 'warn']],
    ['credentials', '{ "trigger": { "type": "webhook", "credential": "|" } }', ['shop']],
    ['flows to call', '{ "steps": [ { "call": "|" } ] }', ['other']],
    ['true and false', '{ "enabled": | }', ['true', 'false']],
    ['nothing in a text for people', '{ "name": "|" }', []],
    ['nothing in a comment-only text', '// |', []],
  ])('offers %s', (_, marked, labels) => expect(at(marked)).toEqual(labels));

  it('puts in a key with what it holds, and the caret where that is written', () => {
    expect(taken('{ "na|" }')).toBe('{ "name": "|" }');
    expect(taken('{ "id": "a", ste| }')).toBe('{ "id": "a", "steps": [|] }');
    expect(taken('{ "na|": "x" }')).toBe('{ "name"|: "x" }');
  });

  it('survives every place of a text that is broken', () => {
    const broken = '{ "steps": [ { "use": "log", "with": { "level": }, ] "x';
    for (let offset = 0; offset <= broken.length; offset += 1) expect(() => completionsAt(broken, offset, known)).not.toThrow();
  });
});
