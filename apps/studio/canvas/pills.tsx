import { ViewportPortal } from '@xyflow/react';
import { memo } from 'react';
import { count, size } from '../format/format.js';
import type { StepView } from '../api/wire.js';
import { isIn, usePart } from './in-view.js';
import type { Layout, PlacedEdge } from './placed.js';
import { useCanvasView } from './store.js';

interface PillsProps {
  readonly layout: Layout;
  /** What the trigger gave, in words. */
  readonly event: string | undefined;
  readonly onOpen: (stepId: string) => void;
}

/** What passed between two steps; a click opens it. */
export const Pills = memo(function Pills({ layout, event, onOpen }: PillsProps) {
  const { overlay } = useCanvasView();
  const part = usePart(layout);
  if (!overlay) return null;
  const passed = layout.edges.flatMap((edge) => {
    if (!isIn(part, [edge.pill]) || edge.kind !== 'next' || edge.to === undefined || !overlay.reached(edge.to)) return [];
    const { row } = overlay.state(edge.from);
    const words = edge.from === 'trigger' ? event : row && passedWords(row);
    return words === undefined ? [] : [{ edge, words }];
  });
  return (
    <ViewportPortal>
      {passed.map(({ edge, words }) => (
        <Pill key={edge.id} edge={edge} words={words} onOpen={onOpen} />
      ))}
    </ViewportPortal>
  );
});

/** Reached by pointer; the keyboard opens the same in the inspector of the step. */
function Pill({ edge, words, onOpen }: { readonly edge: PlacedEdge; readonly words: string; readonly onOpen: (stepId: string) => void }) {
  return (
    <button
      type="button"
      tabIndex={-1}
      className="data-pill nopan"
      style={{ left: edge.pill.x, top: edge.pill.y }}
      onClick={() => onOpen(edge.from)}
    >
      {words}
    </button>
  );
}

function passedWords({ output, large, kind }: StepView): string | undefined {
  if (large.includes('output')) return 'more than 64 kB';
  if (output === null || kind === 'if' || kind === 'switch') return undefined;
  const bytes = size(JSON.stringify(output).length);
  if (Array.isArray(output)) return `${count(output.length, 'item')} · ${bytes}`;
  return typeof output === 'object' ? `${count(Object.keys(output as object).length, 'field')} · ${bytes}` : bytes;
}
