import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { applyEdits } from './edits.js';
import type { Edit } from './edits.js';
import { emptyHistory, historyLimits, historyText, readHistory, record, redo, undo } from './history.js';
import type { History } from './history.js';

const START = 'the quick brown fox';

/** Something that was typed: where, over how much, and what; which field, and how long after the last. */
const typed = fc.array(
  fc.record({
    from: fc.nat({ max: 40 }),
    length: fc.nat({ max: 6 }),
    content: fc.string({ maxLength: 4 }),
    field: fc.constantFrom(undefined, 'a', 'b'),
    pause: fc.nat({ max: 1200 }),
  }),
  { maxLength: 60 },
);

function play(list: readonly { from: number; length: number; content: string; field: string | undefined; pause: number }[]): {
  text: string;
  history: History;
} {
  let at = 0;
  return list.reduce(
    ({ text, history }, { from, length, content, field, pause }) => {
      at += pause;
      const offset = Math.min(from, text.length);
      const edits = [{ offset, length: Math.min(length, text.length - offset), content }];
      return { text: applyEdits(text, edits), history: record(history, { text, edits, at, ...(field === undefined ? {} : { field }) }) };
    },
    { text: START, history: emptyHistory },
  );
}

function undoAll(text: string, history: History): { text: string; history: History } {
  for (let current = { text, history }; ;) {
    const next = undo(current.history, current.text);
    if (next === undefined) return current;
    current = next;
  }
}

const replace = (text: string, content: string): Edit[] => [{ offset: 0, length: text.length, content }];

describe('the history', () => {
  it('undoes everything to the first bytes and makes it all again, over a reload too', () => {
    fc.assert(
      fc.property(typed, (list) => {
        const { text, history } = play(list);
        const first = undoAll(text, readHistory(historyText(history)));
        expect(first.text).toBe(START);
        let last = first;
        for (let next = redo(last.history, last.text); next !== undefined; next = redo(next.history, next.text)) last = next;
        expect(last.text).toBe(text);
      }),
    );
  });

  it('takes quick edits of one field for one, and nothing else', () => {
    const edit = (content: string): Edit[] => [{ offset: 0, length: 0, content }];
    const typedAt = (history: History, text: string, at: number, field?: string): History =>
      record(history, { text, edits: edit('x'), at, ...(field === undefined ? {} : { field }) });
    const once = typedAt(emptyHistory, '', 0, 'a');
    const twice = typedAt(once, 'x', 500, 'a');
    const counts = [
      twice,
      typedAt(twice, 'xx', 1001, 'a'),
      typedAt(twice, 'xx', 600, 'b'),
      typedAt(twice, 'xx', 600),
      // The text changed behind its back: what was typed before it is another matter.
      typedAt(twice, 'other', 600, 'a'),
    ].map((history) => history.undo.length);
    expect(counts).toEqual([1, 2, 2, 2, 2]);
    expect(undo(twice, 'xx')?.text).toBe('');
  });

  it('forgets what was undone when something else is done', () => {
    const one = record(emptyHistory, { text: 'a', edits: replace('a', 'b'), at: 0 });
    const back = undo(one, 'b')!;
    const other = record(back.history, { text: 'a', edits: replace('a', 'c'), at: 1 });
    expect(redo(other, 'c')).toBeUndefined();
  });

  it('leaves a text alone that is not the one it knows', () => {
    const one = record(emptyHistory, { text: 'a', edits: replace('a', 'b'), at: 0 });
    expect(undo(one, 'somebody else wrote this')).toBeUndefined();
    expect(redo(undo(one, 'b')!.history, 'b')).toBeUndefined();
  });

  it('holds at least 200 groups and does not grow for ever', () => {
    let history = emptyHistory;
    for (let index = 0; index < historyLimits.groups + 50; index += 1) {
      history = record(history, { text: String(index), edits: replace(String(index), String(index + 1)), at: index });
    }
    expect(history.undo).toHaveLength(historyLimits.groups);
    expect(historyLimits.groups).toBeGreaterThanOrEqual(200);
    expect(undoAll(String(historyLimits.groups + 50), history).text).toBe('50');
  });

  it.each([
    '',
    '{',
    'null',
    '[]',
    '{"version":2,"undo":[],"redo":[]}',
    '{"version":1,"undo":[{"at":0}],"redo":[]}',
    '{"version":1,"undo":[null],"redo":[]}',
  ])('that was kept as %p is an empty one', (text) => expect(readHistory(text)).toEqual(emptyHistory));

  it('notes nothing where nothing changed', () => {
    expect(record(emptyHistory, { text: 'a', edits: [], at: 0 })).toBe(emptyHistory);
  });
});
