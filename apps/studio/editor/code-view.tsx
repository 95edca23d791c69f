import { useRef } from 'react';
import { useEditor } from './context.js';
import { replaced } from './replaced.js';

/** The text itself. What is typed here is an edit like any other, also while it is not JSON. */
export function CodeView() {
  const { text, edit, problems } = useEditor();
  const numbers = useRef<HTMLPreElement>(null);
  const lines = text.split('\n').length;
  const bad = new Set(problems.map(({ line }) => line));
  return (
    <div className="code-view">
      <pre ref={numbers} className="code-lines" aria-hidden>
        {Array.from({ length: lines }, (_, index) => (
          <span key={index} data-bad={bad.has(index + 1) || undefined}>{`${index + 1}\n`}</span>
        ))}
      </pre>
      <textarea
        aria-label="Text of the flow"
        spellCheck={false}
        wrap="off"
        value={text}
        onChange={(event) => edit((from) => replaced(from, event.target.value), 'text')}
        onScroll={(event) => numbers.current && (numbers.current.scrollTop = event.currentTarget.scrollTop)}
      />
    </div>
  );
}
