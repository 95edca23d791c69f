import { Text } from '@codemirror/state';
import type { Problems } from '../queries.js';
import { marksIn } from './problem-marks.js';

const problem = (line: number, column: number): Problems[number] => ({
  ...{ code: 'reference.unknown-step', severity: 'error', message: 'No such step.', path: '', hint: undefined },
  ...{ line, column },
});

/** What is marked of a text. */
function marked(text: string, line: number, column: number): string {
  const { from, to } = marksIn(Text.of(text.split('\n')), [problem(line, column)])[0]!;
  return text.slice(from, to);
}

describe('the mark of a problem', () => {
  it.each([
    ['a string', '{\n  "a \\" b": 1 }', 2, 3, '"a \\" b"'],
    ['a name in a reference', '{ "a": "{{ steps.order.total }}" }', 1, 18, 'order'],
    ['a number', '{ "a": -1.5 }', 1, 8, '-1.5'],
    ['where a block begins', '{ "a": {', 1, 8, '{'],
    ['nothing at the end of a line', 'a\nb', 1, 2, ''],
    ['a place in a text that is shorter by now', 'ab', 7, 90, ''],
  ])('is on %s', (_, text, line, column, words) => expect(marked(text, line, column)).toBe(words));

  it('stands in the order of the text', () => {
    const marks = marksIn(Text.of(['ab', 'cd']), [problem(2, 1), problem(1, 1)]);
    expect(marks.map(({ from }) => from)).toEqual([0, 3]);
  });
});
