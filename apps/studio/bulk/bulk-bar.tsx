import { useState } from 'react';
import { count } from '../format/format.js';
import { Button } from '../ui/controls.js';
import { DEEDS, type Kind } from './deeds.js';
import { OrderDialog, type Chosen } from './order-dialog.js';
import type { Selection } from './selection.js';

interface BulkBarProps {
  readonly kinds: readonly Kind[];
  readonly selection: Selection;
  /** The filters of the list, as the API has them. */
  readonly filters: Chosen;
}

/** What can be done to the rows that are selected, or to all that the filters let through. */
export function BulkBar({ kinds, selection, filters }: BulkBarProps) {
  const [order, setOrder] = useState<{ kind: Kind; chosen: Chosen }>();
  const [all, setAll] = useState(false);
  const { size } = selection.ids;
  const clear = (): void => {
    selection.clear();
    setAll(false);
  };
  return (
    <>
      {size > 0 && (
        <div className="bulk-bar" role="region" aria-label="Selected rows">
          <strong>{all ? 'All that the filters let through' : count(size, 'row')}</strong>
          {kinds.map((kind) => (
            <Button
              key={kind}
              data-shortcut={kind === 'replay' || kind === 'rerun' ? 'r' : undefined}
              onClick={() => setOrder({ kind, chosen: all ? filters : { ids: [...selection.ids] } })}
            >
              {DEEDS[kind].verb}…
            </Button>
          ))}
          <span className="spacer" />
          <Button look="quiet" onClick={() => setAll(!all)}>
            {all ? 'Only the selected' : 'Take all that match'}
          </Button>
          <Button look="quiet" onClick={clear}>
            Clear
          </Button>
        </div>
      )}
      {order && <OrderDialog {...order} onClose={() => setOrder(undefined)} onOrdered={clear} />}
    </>
  );
}
