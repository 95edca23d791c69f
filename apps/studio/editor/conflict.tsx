import { diffFlows } from '@millrace/flow';
import { useState } from 'react';
import { Button } from '../ui/controls.js';
import { ChangeList } from './changes.js';

interface ConflictProps {
  readonly sentence: string;
  readonly mine: string;
  /** Null when theirs is gone. */
  readonly theirs: string | null;
  readonly onKeepMine: () => void;
  readonly onTakeTheirs: () => void;
}

/** Two texts of one flow, and a person who decides. Nothing is saved before. */
export function Conflict({ sentence, mine, theirs, onKeepMine, onTakeTheirs }: ConflictProps) {
  const [shown, setShown] = useState(false);
  return (
    <section className="conflict" role="alert" aria-label="Conflict">
      <p>{sentence}</p>
      <div className="actions">
        <Button onClick={onKeepMine}>Keep mine</Button>
        {theirs !== null && <Button onClick={onTakeTheirs}>Take theirs</Button>}
        {theirs !== null && (
          <Button aria-expanded={shown} onClick={() => setShown(!shown)}>
            Show the difference
          </Button>
        )}
      </div>
      {shown && theirs !== null && <Both mine={mine} theirs={theirs} />}
    </section>
  );
}

function Both({ mine, theirs }: { readonly mine: string; readonly theirs: string }) {
  return (
    <>
      <h3>From theirs to mine</h3>
      <ChangeList diff={diffFlows(theirs, mine)} />
      <div className="two-texts">
        <figure>
          <figcaption>Theirs</figcaption>
          <pre className="code-block" tabIndex={0}>
            {theirs}
          </pre>
        </figure>
        <figure>
          <figcaption>Mine</figcaption>
          <pre className="code-block" tabIndex={0}>
            {mine}
          </pre>
        </figure>
      </div>
    </>
  );
}
