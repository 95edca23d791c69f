import type { FlowDiff } from '@millrace/flow';
import { Sentence } from '../ui/sentence.js';

const SIGNS = { added: '+', removed: '−', changed: '~' } as const;

/** How two texts of a flow differ, in words, by step. */
export function ChangeList({ diff }: { readonly diff: FlowDiff }) {
  if (diff.same) return <p className="dim">They are the same.</p>;
  if (diff.unreadable) return <p>One of the texts is not JSON, so there is no telling what differs in meaning.</p>;
  if (diff.layoutOnly) return <p>Only comments or layout differ.</p>;
  return (
    <ul className="changes">
      {diff.changes.map(({ of, id, kind, words }) => (
        <li key={`${of}${id}${kind}`}>
          <h4>
            <span aria-hidden>{SIGNS[kind]}</span> {of === 'step' ? <code>{id}</code> : `The ${of}`} <span className="dim">{kind}</span>
          </h4>
          {words.map((sentence) => (
            <p key={sentence}>
              <Sentence text={sentence} />
            </p>
          ))}
        </li>
      ))}
    </ul>
  );
}
