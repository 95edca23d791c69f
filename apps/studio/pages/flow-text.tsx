import type { FlowView } from '../api/wire.js';

/** The file as it stands, with its problems at their lines. */
export function FlowText({ text, problems }: { readonly text: string; readonly problems: FlowView['problems'] }) {
  const lines = text.split('\n');
  return (
    <div className="flow-text" tabIndex={0} role="region" aria-label="Text of the flow">
      <ol>
        {lines.map((line, index) => {
          const here = problems.filter((problem) => problem.line === index + 1);
          return (
            <li key={index} data-problem={here.length > 0}>
              <code>{line}</code>
              {here.map(({ message, column }) => (
                <p key={column} className="bad">
                  {message}
                </p>
              ))}
            </li>
          );
        })}
      </ol>
    </div>
  );
}
