import { foldable } from '@codemirror/language';
import { EditorState } from '@codemirror/state';
import fc from 'fast-check';
import { flowLanguage, treeOf } from './language.js';

/** The names of what a text is made of, each with its letters. */
function partsOf(text: string): string[] {
  const parts: string[] = [];
  treeOf(text).iterate({ enter: ({ name, from, to }) => void (/^[A-Z]/.test(name) && parts.push(`${name} ${text.slice(from, to)}`)) });
  return parts.slice(1);
}

/** What folding the line of the bar hides. */
function foldedAt(marked: string): string | undefined {
  const state = EditorState.create({ doc: marked.replace('|', ''), extensions: [flowLanguage] });
  const { from, to } = state.doc.lineAt(marked.indexOf('|'));
  const range = foldable(state, from, to);
  return range ? state.sliceDoc(range.from, range.to) : undefined;
}

describe('the language of a flow’s text', () => {
  it.each([
    ['keys and values apart', '{"a": "b"}', ['Object {"a": "b"}', 'Key "a"', 'Mark :', 'String "b"']],
    [
      'comments, also between a key and its colon',
      '{"a" /* b */ : 1 // c',
      ['Key "a"', 'Comment /* b */', 'Mark :', 'Number 1', 'Comment // c'],
    ],
    ['references in strings', '["x {{ a }} \\\\{{ b }}"]', ['String "x {{ a }} \\\\{{ b }}"', 'Reference {{ a }}']],
    ['words', '[true, null]', ['Array [true, null]', 'Word true', 'Mark ,', 'Word null']],
    ['no key in a list', '["a": 1]', ['String "a"', 'Mark :', 'Number 1']],
  ])('knows %s', (_, text, parts) => expect(partsOf(text)).toEqual(expect.arrayContaining(parts)));

  it('ends a block that is not closed with the one around it', () => {
    expect(partsOf('{"a": [1, {"b": 2 }')).toContain('Array [1, {"b": 2 }');
    expect(partsOf('[{"a": 1]')).toEqual(expect.arrayContaining(['Array [{"a": 1]', 'Object {"a": 1']));
    expect(partsOf('] {"a": 1}')).toContain('Object {"a": 1}');
  });

  it('folds blocks, whatever brackets comments and strings hold', () => {
    expect(foldedAt('{|\n  "a": "}", // }\n  "b": 1\n}')).toBe('\n  "a": "}", // }\n  "b": 1\n');
    expect(foldedAt('{\n  "a": [|\n    1\n  ]\n}')).toBe('\n    1\n  ');
    expect(foldedAt('{\n  "a": 1|\n}')).toBeUndefined();
  });

  it('survives any text, and says of each part where it is', () => {
    const letters = fc.string({ unit: fc.constantFrom(...'{}[]:,"\\/*1a \n') });
    fc.assert(
      fc.property(letters, (text) => {
        const tree = treeOf(text);
        expect(tree.length).toBe(text.length);
        tree.iterate({
          enter: ({ from, to, node: { parent } }) => {
            expect(from <= to && to <= text.length).toBe(true);
            if (parent) expect(parent.from <= from && to <= parent.to).toBe(true);
          },
        });
      }),
      { numRuns: 1_000, examples: [['/*'], ['{"a": 1 /* open']] },
    );
  });
});
