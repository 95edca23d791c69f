import { piecesOf } from '../flow/settings.js';

/** A text of an author: words as they are, expressions as chips. */
export function TemplateText({ text }: { readonly text: string }) {
  return (
    <>
      {piecesOf(text).map(({ kind, text: piece }, index) =>
        kind === 'text' ? (
          <span key={index}>{piece}</span>
        ) : (
          <span key={index} className="chip">
            {piece.replace(/\bsteps\.(?=[A-Za-z])/g, '')}
          </span>
        ),
      )}
    </>
  );
}
