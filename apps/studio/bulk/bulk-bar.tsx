import { useState } from 'react';
import { count, whole } from '../format/format.js';
import { Button } from '../ui/controls.js';
import { DEEDS, isForLetters, type Chosen, type Kind } from './deeds.js';
import { OrderDialog } from './order-dialog.js';
import type { Selection } from './selection.js';

interface BulkBarProps {
  readonly kinds: readonly Kind[];
  readonly selection: Selection;
  /** The filters of the list, as the API has them; undefined where no order takes them. */
  readonly filters: Chosen | undefined;
  /** Failed runs of the list that were re-run or discarded: they are no dead letters any more. */
  readonly seenTo?: readonly string[];
}

const NOBODY: readonly string[] = [];

/** What can be done to the rows that are selected, or to all that the filters let through. */
export function BulkBar({ kinds, selection, filters, seenTo = NOBODY }: BulkBarProps) {
  const [order, setOrder] = useState<{ kind: Kind; chosen: Chosen }>();
  const [isForAll, setAll] = useState(false);
  const all = isForAll ? filters : undefined;
  const { size } = selection.ids;
  const old = seenTo.filter((id) => selection.ids.has(id));
  const idsFor = (kind: Kind): readonly string[] =>
    isForLetters(kind) ? [...selection.ids].filter((id) => !old.includes(id)) : [...selection.ids];
  const clear = (): void => {
    selection.clear();
    setAll(false);
  };
  return (
    <>
      {size > 0 && (
        <div className="bulk-place">
          <div className="bulk-bar" role="region" aria-label="Selected rows">
            <strong>{all ? 'All that the filters let through' : count(size, 'row')}</strong>
            {!all && old.length > 0 && <span className="dim">{whole(old.length)} of them re-run or discarded already</span>}
            {kinds.map((kind) => (
              <Button
                key={kind}
                data-shortcut={kind === kinds[0] ? 'r' : undefined}
                disabled={!all && idsFor(kind).length === 0}
                onClick={() => setOrder({ kind, chosen: all ?? { ids: idsFor(kind) } })}
              >
                {DEEDS[kind].verb}…
              </Button>
            ))}
            <span className="spacer" />
            {filters && (
              <Button look="quiet" onClick={() => setAll(!all)}>
                {all ? 'Only the selected' : 'Take all that match'}
              </Button>
            )}
            <Button look="quiet" onClick={clear}>
              Clear
            </Button>
          </div>
        </div>
      )}
      {order && <OrderDialog {...order} onClose={() => setOrder(undefined)} onOrdered={clear} />}
    </>
  );
}
