import type { StepPlace } from '@millrace/flow';
import { ViewportPortal } from '@xyflow/react';
import { Plus } from 'lucide-react';
import { memo, useMemo } from 'react';
import { isIn, usePart } from '../canvas/in-view.js';
import type { Layout } from '../canvas/placed.js';
import type { FlowTree } from '../flow/structure.js';
import { spotsOf } from './places.js';

interface SpotsProps {
  readonly tree: FlowTree;
  readonly layout: Layout;
  readonly onAdd: (place: StepPlace) => void;
}

/**
 * A plus on every edge and at the end of every lane. The keyboard adds with A, and walks to those of empty lanes with the arrows, so
 * that these are no stops of the Tab key.
 */
export const Spots = memo(function Spots({ tree, layout, onAdd }: SpotsProps) {
  const spots = useMemo(() => spotsOf(tree, layout), [tree, layout]);
  const part = usePart(layout);
  const seen = useMemo(() => spots.filter((spot) => isIn(part, [spot])), [spots, part]);
  return (
    <ViewportPortal>
      {seen.map(({ id, x, y, place, words, stop }) => (
        <button
          key={id}
          type="button"
          tabIndex={-1}
          className="spot nopan"
          data-stop={stop}
          style={{ left: x, top: y }}
          aria-label={words}
          title={words}
          onClick={() => onAdd(place)}
        >
          <Plus size={13} strokeWidth={2} aria-hidden />
        </button>
      ))}
    </ViewportPortal>
  );
});
