import { ChangeSet, Text } from '@codemirror/state';
import { applyEdits } from '@millrace/flow';
import fc from 'fast-check';
import { changesBetween, editOnto, fileEdits, shownText, specsOf } from './changes.js';

const lines = fc.array(fc.constantFrom('a', 'b', 'c', '', 'long line'), { maxLength: 12 }).map((all) => all.join('\n'));

/** Some edits of a text, as somebody types them. */
function typedIn(text: string): fc.Arbitrary<ChangeSet> {
  const place = fc.nat({ max: text.length });
  return fc
    .tuple(fc.uniqueArray(place, { maxLength: 6 }), fc.array(fc.constantFrom('x', '\n', 'y\nz', ''), { minLength: 3, maxLength: 3 }))
    .map(([places, words]) => {
      const sorted = [...places].sort((a, b) => a - b);
      const pairs = sorted.flatMap((from, index) =>
        index % 2 === 0 && sorted[index + 1] !== undefined ? [[from, sorted[index + 1]!] as const] : [],
      );
      return ChangeSet.of(
        pairs.map(([from, to], index) => ({ from, to, insert: words[index] })),
        text.length,
      );
    });
}

function applied(changes: ChangeSet, text: string): string {
  return changes.apply(Text.of(text.split('\n'))).toString();
}

describe('the changes between two texts', () => {
  it('lead from the one to the other', () => {
    fc.assert(fc.property(lines, lines, (from, to) => expect(applyEdits(from, changesBetween(from, to))).toBe(to)));
  });

  it('are as many as there are places, and no larger', () => {
    const from = '{\n  "id": "a",\n  "x": 1,\n  "y": "{{ steps.a }}"\n}';
    const to = '{\n  "id": "order",\n  "x": 1,\n  "y": "{{ steps.order }}"\n}';
    expect(changesBetween(from, to).map(({ offset, length, content }) => [from.slice(offset, offset + length), content])).toEqual([
      ['a', 'order'],
      ['a', 'order'],
    ]);
  });

  it('leave alone what stands between a line that went and one that came', () => {
    const from = '1\n2\n3\n4\n5\n';
    const to = '1\n3\n4\nnew\nnewer\n5\n';
    expect(changesBetween(from, to)).toEqual([
      { offset: 2, length: 2, content: '' },
      { offset: 8, length: 0, content: 'new\nnewer\n' },
    ]);
  });

  it('are found of texts that have nothing in common, and of five hundred places', () => {
    const text = (word: string): string => Array.from({ length: 2_000 }, (_, n) => `${n % 4 ? n : word + n}\n`).join('');
    expect(changesBetween(text('a'), text('b'))).toHaveLength(500);
    const others = Array.from({ length: 2_000 }, (_, n) => `other ${n}`).join('\n');
    expect(applyEdits(text('a'), changesBetween(text('a'), others))).toBe(others);
  });
});

describe('what is typed', () => {
  it.each(['\n', '\r\n'])('keeps line breaks %j as they are in the file', (newline) => {
    const typed = lines.chain((shown) => typedIn(shown).map((changes) => ({ shown, changes })));
    fc.assert(
      fc.property(typed, ({ shown, changes }) => {
        const file = shown.replaceAll('\n', newline);
        const first = newline === '\n' || shown.includes('\n') ? newline : '\n';
        expect(applyEdits(file, fileEdits(file, changes))).toBe(applied(changes, shown).replaceAll('\n', first));
      }),
    );
  });

  it('keeps the breaks of a file that has two kinds', () => {
    const file = 'a\r\nb\nc\nd';
    const changes = ChangeSet.of({ from: 4, to: 5, insert: 'x\ny' }, shownText(file).length);
    expect(applyEdits(file, fileEdits(file, changes))).toBe('a\r\nb\nx\r\ny\nd');
  });

  it('never makes one break of two', () => {
    const changes = ChangeSet.of({ from: 2, to: 3 }, 5);
    expect(shownText(applyEdits('a\rx\nb', fileEdits('a\rx\nb', changes)))).toBe('a\n\nb');
  });

  it('is made to what somebody else has made of the text meanwhile', () => {
    const before = '{ "a": 1, "b": 2 }';
    const result = editOnto('{ "aa": 1, "b": 2 }', before, [{ offset: 15, length: 1, content: '3' }]);
    expect(result).toMatchObject({ ok: true, text: '{ "aa": 1, "b": 3 }', edits: [{ offset: 16, length: 1, content: '3' }] });
  });

  it('is handed on as it is when nobody else wrote', () => {
    const edits = [{ offset: 1, length: 0, content: 'x' }];
    expect(editOnto('ab', 'ab', edits)).toMatchObject({ ok: true, text: 'axb', edits });
    expect(specsOf(edits)).toEqual([{ from: 1, to: 1, insert: 'x' }]);
  });
});
