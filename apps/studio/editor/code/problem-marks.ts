import type { Diagnostic } from '@codemirror/lint';
import type { Text } from '@codemirror/state';
import type { Problems } from '../queries.js';

/** A string, a number or a name, else a single letter. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\w.+-]*|[\w$-]+|\S/y;

/** Problems as marks in the text: from where each is, to the end of what stands there. */
export function marksIn(doc: Text, problems: Problems): Diagnostic[] {
  return problems
    .map(({ line, column, severity, message }) => {
      const { from, text } = doc.line(Math.min(Math.max(line, 1), doc.lines));
      const start = Math.min(Math.max(column - 1, 0), text.length);
      TOKEN.lastIndex = start;
      const length = TOKEN.exec(text)?.[0].length ?? 0;
      return { from: from + start, to: from + start + length, severity, message, renderMessage: () => sentenceOf(message) };
    })
    .sort((a, b) => a.from - b.from);
}

/** A sentence with its names set off, as `Sentence` shows it on the rest of the page. */
function sentenceOf(message: string): Node {
  const words = document.createElement('span');
  words.append(
    ...message.split(/`([^`]+)`/).map((part, index) => {
      if (index % 2 === 0) return part;
      const name = document.createElement('code');
      name.textContent = part;
      return name;
    }),
  );
  return words;
}
