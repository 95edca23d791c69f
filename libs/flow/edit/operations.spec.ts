import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Json } from '@millrace/component-sdk';
import { format } from 'prettier';
import {
  applyEdits,
  copySteps,
  deleteSteps,
  duplicateStep,
  insertStep,
  moveStep,
  pasteSteps,
  removeProperty,
  renameProperty,
  renameStep,
  setProperty,
  unwrapStep,
  wrapSteps,
} from './index.js';
import type { Edited, EditResult } from './index.js';

const FLOW = `{
  "format": 1,
  "id": "orders", // the file's name
  "trigger": { "type": "webhook" },
  "steps": [
    // --- reading ---

    // who it is
    { "id": "contact", "use": "hubspot.upsert-contact", "with": { "email": "{{ trigger.body.email }}" } }, // by e-mail
    {
      "id": "big", /* only some */
      "if": "{{ steps.contact.created }}",
      "then": [
        { "id": "tell", "use": "log", "with": { "message": "{{ steps.contact.id }}" } } // last
      ]
    }
  ]
}
`;

function done(result: EditResult): Edited {
  if (!result.ok) throw new Error(`${result.problem.code}: ${result.problem.message}`);
  return result;
}

const text = (result: EditResult): string => done(result).text;
const code = (result: { ok: boolean; problem?: { code: string } }): string | undefined => (result.ok ? undefined : result.problem?.code);
const lines = (of: string, from: number, to: number): string =>
  of
    .split('\n')
    .slice(from - 1, to)
    .join('\n');

describe('deleting', () => {
  it('takes the comments right above and right behind along, and leaves the one that stands apart', () => {
    expect(
      text(deleteSteps(FLOW, { steps: ['contact'] }))
        .split('\n')
        .slice(4, 9),
    ).toEqual(['  "steps": [', '    // --- reading ---', '', '    {', '      "id": "big", /* only some */']);
  });

  it('of the last step takes the comma before it away, unless the file writes one there', () => {
    const list = (of: string): string => `{ "steps": [\n  { "id": "a" }, // first\n  { "id": "b" }${of}\n] }`;
    expect(text(deleteSteps(list(''), { steps: ['b'] }))).toBe('{ "steps": [\n  { "id": "a" } // first\n] }');
    expect(text(deleteSteps(list(','), { steps: ['b'] }))).toBe('{ "steps": [\n  { "id": "a" }, // first\n] }');
  });

  it('reports every reference that lost its step, where it now is', () => {
    expect(done(deleteSteps(FLOW, { steps: ['contact'] })).dangling).toEqual([
      { pointer: '/steps/0/if', path: ['steps', 'contact', 'created'] },
      { pointer: '/steps/0/then/0/with/message', path: ['steps', 'contact', 'id'] },
    ]);
  });

  it('counts a step inside another that goes too once', () => {
    expect(text(deleteSteps(FLOW, { steps: ['tell', 'big', 'contact'] }))).toContain('"steps": [\n    // --- reading ---\n\n  ]');
  });
});

describe('moving', () => {
  it('takes comments along and indents them', () => {
    const moved = text(moveStep(FLOW, { step: 'contact', to: { list: '/steps/1/then', at: 1 } }));
    expect(moved).toContain(`        { "id": "tell", "use": "log", "with": { "message": "{{ steps.contact.id }}" } }, // last
        // who it is
        { "id": "contact", "use": "hubspot.upsert-contact", "with": { "email": "{{ trigger.body.email }}" } } // by e-mail
      ]`);
  });

  it('makes the list it goes to, and never goes into itself', () => {
    expect(text(moveStep(FLOW, { step: 'contact', to: { list: '/onError', at: 0 } }))).toContain(
      '"onError": [\n    // who it is\n    { "id": "contact"',
    );
    expect(code(moveStep(FLOW, { step: 'big', to: { list: '/steps/1/then', at: 0 } }))).toBe('edit.into-itself');
  });

  it('to where it is changes nothing', () => {
    for (const at of [0, 1]) expect(done(moveStep(FLOW, { step: 'contact', to: { list: '/steps', at } })).edits).toEqual([]);
  });
});

describe('renaming', () => {
  const flow = (expression: string): string =>
    JSON.stringify({
      steps: [
        { id: 'old', set: {} },
        { id: 'next', set: { value: expression } },
      ],
    });
  const renamed = (expression: string, id = 'fresh'): unknown => {
    const result = done(renameStep(flow(expression), { step: 'old', id }));
    return [(JSON.parse(result.text) as { steps: { set: { value: string } }[] }).steps[1]?.set.value, result.unsure.length];
  };

  it.each([
    ['{{ steps.old.x }}', '{{ steps.fresh.x }}'],
    ['{{steps.old}} and {{ steps . old . old }}', '{{steps.fresh}} and {{ steps . fresh . old }}'],
    ['\\{{ steps.old }} {{ steps.old.x ?? steps.older.x }}', '\\{{ steps.old }} {{ steps.fresh.x ?? steps.older.x }}'],
    ['{{ resume.old.url }}', '{{ resume.fresh.url }}'],
    ['{{ steps.`old`.x & steps."old".x }}', '{{ steps.`fresh`.x & steps."fresh".x }}'],
    ['{{ trigger.body.items[$$.steps.old.n = n].steps.old }}', '{{ trigger.body.items[$$.steps.fresh.n = n].steps.old }}'],
    ['{{ $map(steps.old.items, function($old) { $old.x }) }}', '{{ $map(steps.fresh.items, function($old) { $old.x }) }}'],
    ['{{ /* steps.old */ steps.old.x ~> $uppercase }}', '{{ /* steps.old */ steps.fresh.x ~> $uppercase }}'],
    [
      '{{ steps.old[0].x = "é\\u00e9" ? steps.old.y : {"old": steps.old.z} }}',
      '{{ steps.fresh[0].x = "é\\u00e9" ? steps.fresh.y : {"old": steps.fresh.z} }}',
    ],
    ['{{ trigger.body.old }} steps.old', '{{ trigger.body.old }} steps.old'],
  ])('rewrites %s', (before, after) => expect((renamed(before) as [string])[0]).toBe(after));

  it('leaves the schema of a wait as it is, and nothing else that only looks like one', () => {
    const schema = { wait: { webhook: { schema: { description: '{{ steps.old }}' } } } };
    const text = JSON.stringify({
      steps: [
        { id: 'old', set: {} },
        { id: 'next', ...schema },
        { id: 'last', set: schema },
      ],
    });
    const { steps } = JSON.parse(done(renameStep(text, { step: 'old', id: 'fresh' })).text) as { steps: object[] };
    expect(steps[1]).toEqual({ id: 'next', ...schema });
    expect(JSON.stringify(steps[2])).toContain('steps.fresh');
  });

  it('quotes a name that JSONata would take for a word of its own', () =>
    expect((renamed('{{ steps.old.x }}', 'in') as [string])[0]).toBe('{{ steps.`in`.x }}'));

  it.each(["{{ $lookup(steps, 'old').x }}", '{{ steps.(old.x) }}', "{{ error.step = 'old' }}", '{{ steps.old.( }}', '{{ steps.old'])(
    'leaves %s as it is, and says so',
    (expression) => expect(renamed(expression)).toEqual([expression, 1]),
  );

  it('leaves texts for people alone', () => {
    const noted = '{"steps":[{"id":"old","note":"{{ steps.old.x }}","set":{"note":"{{ steps.old.x }}"}}]}';
    expect(text(renameStep(noted, { step: 'old', id: 'a' }))).toBe(
      '{"steps":[{"id":"a","note":"{{ steps.old.x }}","set":{"note":"{{ steps.a.x }}"}}]}',
    );
  });

  it('finds the place behind escapes', () => {
    const escaped = '{"steps":[{"id":"old","set":{"x":"\\u00e9\\n\\"{{ steps.\\u006fld.x }}"}}]}';
    expect(text(renameStep(escaped, { step: 'old', id: 'a' }))).toBe('{"steps":[{"id":"a","set":{"x":"\\u00e9\\n\\"{{ steps.a.x }}"}}]}');
  });

  it('does not guess which of two steps with one id is read', () => {
    const twice = '{"steps":[{"id":"old","set":{}},{"id":"old","set":{"x":"{{ steps.old.y }}"}}]}';
    expect(text(renameStep(twice, { step: '/steps/1', id: 'a' }))).toBe(
      '{"steps":[{"id":"old","set":{}},{"id":"a","set":{"x":"{{ steps.old.y }}"}}]}',
    );
  });
});

describe('a copy', () => {
  it('has ids of its own, reads itself, and reads others as before', () => {
    const twice = text(
      duplicateStep(text(wrapSteps(FLOW, { list: '/steps', from: 0, count: 2, within: { kind: 'try', id: 'all' } })), { step: 'all' }),
    );
    expect(twice).toContain('"id": "all2"');
    expect(twice).toContain('{{ steps.contact2.created }}');
    const inner = text(duplicateStep(FLOW, { step: 'big' }));
    expect(inner.match(/steps\.contact\.created/g)).toHaveLength(2);
  });

  it('goes over the clipboard as JSON with its comments, and comes back under free ids', () => {
    const copied = copySteps(FLOW, { steps: ['contact'] });
    expect(copied).toEqual({
      ok: true,
      text: '// who it is\n{ "id": "contact", "use": "hubspot.upsert-contact", "with": { "email": "{{ trigger.body.email }}" } } // by e-mail',
    });
    const pasted = done(pasteSteps(FLOW, { list: '/steps', at: 2, snippet: copied.ok ? copied.text : '' }));
    expect(pasted.text).toContain('    },\n    // who it is\n    { "id": "contact2"');
    expect(pasted.touched).toEqual(['/steps/2']);
  });

  it('of a whole flow is its steps, and what they read that is not here is reported', () => {
    const other = '{"format":1,"trigger":{},"steps":[{"id":"a","set":{"x":"{{ steps.elsewhere.y }}"}},{"id":"tell","set":{}}]}';
    const pasted = done(pasteSteps(FLOW, { list: '/steps', at: 0, snippet: other }));
    expect([pasted.touched, pasted.dangling]).toEqual([
      ['/steps/0', '/steps/1'],
      [{ pointer: '/steps/0/set/x', path: ['steps', 'elsewhere', 'y'] }],
    ]);
    expect(pasted.text).toContain('{"id":"tell2","set":{}}');
  });

  it.each(['', 'hello', '42', '[]', '[1]', '{"a":'])('of %p is refused', (snippet) => {
    expect(['edit.bad-step', 'edit.unreadable']).toContain(code(pasteSteps(FLOW, { list: '/steps', at: 0, snippet })));
  });
});

describe('setting', () => {
  it('writes only what differs, so that comments inside stay', () => {
    const flow =
      '{\n  "steps": [\n    {\n      "id": "a",\n      "with": {\n        "x": 1, // one\n        "y": [1, 2], // two\n        "z": 1.50\n      }\n    }\n  ]\n}';
    const set = text(setProperty(flow, { step: 'a', pointer: '/with', value: { x: 1, y: [1, 3, 4], z: 1.5, w: 'new' } }));
    expect(lines(set, 5, 10)).toBe(
      '      "with": {\n        "x": 1, // one\n        "y": [1, 3, 4], // two\n        "z": 1.50,\n        "w": "new"\n      }',
    );
  });

  it('makes what is missing above, and puts a key where it is usually written', () => {
    const set = text(
      setProperty('{\n  "steps": [\n    {\n      "id": "a",\n      "use": "log",\n      "with": {}\n    }\n  ]\n}', {
        step: 'a',
        pointer: '/retry/attempts',
        value: 3,
      }),
    );
    expect(lines(set, 5, 7)).toBe('      "use": "log",\n      "retry": { "attempts": 3 },\n      "with": {}');
  });

  it.each([
    ['edit.id-needs-rename', { step: 'tell', pointer: '/id', value: 'x' }],
    ['edit.forbidden-key', { step: 'tell', pointer: '/with/__proto__', value: 1 }],
    ['edit.bad-pointer', { step: 'tell', pointer: '/use/deeper', value: 1 }],
    ['edit.bad-pointer', { pointer: 'steps', value: 1 }],
    ['edit.bad-pointer', { pointer: '/steps/9', value: {} }],
    ['edit.no-step', { step: 'nobody', pointer: '/note', value: 1 }],
    ['edit.id-taken', { step: 'big', pointer: '/else', value: [{ id: 'contact', set: {} }] }],
  ])('is refused with %s', (expected, place) => expect(code(setProperty(FLOW, place as never))).toBe(expected));

  it('and removing reports the steps that go with it', () => {
    const used = FLOW.replace(
      '"trigger": {',
      '"note": "x",\n  "onError": [{ "id": "z", "set": { "a": "{{ steps.tell.x }}" } }],\n  "trigger": {',
    );
    expect(done(removeProperty(used, { step: 'big', pointer: '/then' })).dangling).toEqual([
      { pointer: '/onError/0/set/a', path: ['steps', 'tell', 'x'] },
    ]);
    expect(code(removeProperty(FLOW, { step: 'big', pointer: '/else' }))).toBe('edit.no-property');
  });
});

describe('renaming a property', () => {
  const flow = '{\n  "steps": [{ "id": "a", "with": {\n    "x": 1, // one\n    "y": { "y": 2 },\n    "z": 3\n  } }]\n}';

  it('writes its name only, so that it keeps its place, its value and its comments', () => {
    expect(text(renameProperty(flow, { step: 'a', pointer: '/with/x', name: 'a "b"' }))).toBe(flow.replace('"x"', '"a \\"b\\""'));
    expect(text(renameProperty(flow, { step: 'a', pointer: '/with/y', name: 'y' }))).toBe(flow);
  });

  it.each([
    ['edit.name-taken', { step: 'a', pointer: '/with/x', name: 'z' }],
    ['edit.no-property', { step: 'a', pointer: '/with/w', name: 'v' }],
    ['edit.no-property', { pointer: '/steps/0', name: 'v' }],
    ['edit.forbidden-key', { step: 'a', pointer: '/with/x', name: '__proto__' }],
    ['edit.id-needs-rename', { step: 'a', pointer: '/id', name: 'key' }],
  ])('is refused with %s', (expected, place) => expect(code(renameProperty(flow, place))).toBe(expected));
});

describe('inserting', () => {
  it('makes up an id from what the step does', () => {
    const steps: Json[] = [{ use: 'slack.send-message' }, { if: true, then: [{ set: {} }] }, { set: {} }];
    const ids = steps.map((step) => text(insertStep(FLOW, { list: '/steps', at: 0, step })));
    expect(ids.map((one) => /"id": "(\w+)",?\n? *"(?:use|if|set)"/.exec(one.slice(one.indexOf('"steps"')))?.[1])).toEqual([
      'sendMessage',
      'check',
      'values',
    ]);
  });

  it.each([
    ['edit.id-taken', { list: '/steps', at: 0, step: { id: 'tell', set: {} } }],
    ['edit.bad-position', { list: '/steps', at: 3, step: { set: {} } }],
    ['edit.bad-position', { list: '/steps', at: 0.5, step: { set: {} } }],
    ['edit.no-list', { list: '/trigger', at: 0, step: { set: {} } }],
    ['edit.no-list', { list: '/steps/0/with', at: 0, step: { set: {} } }],
    ['edit.bad-step', { list: '/steps', at: 0, step: 7 }],
    ['edit.bad-id', { list: '/steps', at: 0, step: { id: 'Not-One', set: {} } }],
    ['edit.unreadable', { list: '/steps', at: 0, step: '{ "id": ' }],
  ])('is refused with %s', (expected, args) => expect(code(insertStep(FLOW, args as never))).toBe(expected));

  it('reaches every list there can be', () => {
    const flow =
      '{ "steps": [{ "id": "a", "if": 1 }, { "id": "b", "parallel": {} }, { "id": "c", "switch": 1, "cases": [{ "when": 1 }] }, { "id": "d", "forEach": 1 }, { "id": "e", "try": [] }] }';
    const lists = [
      '/onError',
      '/steps/0/then',
      '/steps/0/else',
      '/steps/1/parallel/crm',
      '/steps/2/cases/0/steps',
      '/steps/2/default',
      '/steps/3/steps',
      '/steps/4/try',
      '/steps/4/catch',
      '/steps/4/finally',
    ];
    const all = lists.reduce((current, list) => text(insertStep(current, { list, at: 0, step: { set: {} } })), flow);
    for (const list of lists) expect(text(deleteSteps(all, { steps: [`${list}/0`] }))).not.toBe(all);
  });
});

describe('unwrapping', () => {
  it('keeps the steps of the list that is named, and asks where there are several', () => {
    const flow = text(insertStep(FLOW, { list: '/steps/1/else', at: 0, step: { id: 'other', set: {} } }));
    expect(code(unwrapStep(flow, { step: 'big' }))).toBe('edit.several-lists');
    const kept = text(unwrapStep(flow, { step: 'big', keep: 'else' }));
    expect(kept).not.toContain('"tell"');
    expect(kept).toContain('    {\n      "id": "other"');
    expect(code(unwrapStep(FLOW, { step: 'contact' }))).toBe('edit.not-a-block');
  });
});

describe('a text that is broken', () => {
  it('is not edited, and the place is named', () => {
    const result = deleteSteps('{\n  "steps": [\n}', { steps: ['a'] });
    expect(result).toMatchObject({
      ok: false,
      problem: { code: 'edit.unreadable', message: expect.stringMatching(/^Line 3, column 1: .*Mend the text first\.$/) },
    });
  });
});

describe('the example flows', () => {
  // Ours, not what else lies in the folder. In hello.json a step is one line: left alone in its list, the formatter would pull it between
  // the brackets; edits leave it where it stands.
  const files = ['alarm', 'github-push', 'handoff-requested', 'lead-captured', 'nightly-report', 'squake-order'].map((id) => `${id}.json`);
  const options = { parser: 'json', printWidth: 140 };
  const step = {
    use: 'http.request',
    note: 'A note.',
    with: { method: 'PUT', url: 'https://api.example.com/orders', body: { a: 1, tags: ['x', 'y'] } },
  };
  const edits: Readonly<Record<string, (of: string) => EditResult>> = {
    insert: (of) => insertStep(of, { list: '/steps', at: 1, step }),
    append: (of) => insertStep(of, { list: '/onError', at: 0, step: { if: true, then: [step], else: [] } }),
    duplicate: (of) => duplicateStep(of, { step: '/steps/0' }),
    wrap: (of) => wrapSteps(of, { list: '/steps', from: 0, count: 1, within: { kind: 'parallel', branch: 'first' } }),
    set: (of) => setProperty(of, { pointer: '/trigger/dedupe/comment-of-some-length', value: 'a'.repeat(100) }),
    delete: (of) => deleteSteps(of, { steps: ['/steps/0'] }),
  };

  it.each(files.flatMap((file) => Object.keys(edits).map((name) => [file, name] as const)))(
    '%s is still laid out as its formatter would after %s',
    async (file, name) => {
      const before = await format(readFileSync(join('flows', file), 'utf8'), options);
      const result = done(edits[name]!(before));
      expect(applyEdits(before, result.edits)).toBe(result.text);
      expect(await format(result.text, options)).toBe(result.text);
    },
  );
});
