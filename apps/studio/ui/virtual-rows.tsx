import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, type ReactNode } from 'react';
import type { Selection } from '../bulk/selection.js';

interface VirtualRowsProps<T> {
  readonly label: string;
  readonly className: string;
  readonly items: readonly T[];
  /** In pixels; every row has it. */
  readonly rowHeight: number;
  readonly head: readonly string[];
  readonly keyOf: (item: T) => string;
  /** The cells of a row, each with the role `cell`. */
  readonly row: (item: T) => ReactNode;
  readonly current?: (item: T) => boolean;
  /** Rows can be selected: which are, and what they are called. */
  readonly select?: { readonly selection: Selection; readonly label: (item: T) => string } | undefined;
  /** What is shown is of another question than the one that was asked last. */
  readonly stale?: boolean;
  /** Below the rows. */
  readonly children?: ReactNode;
}

const OVERSCAN = 12;

/** A table of any length of which only what is in view is there. */
export function VirtualRows<T>({
  label,
  className,
  items,
  rowHeight,
  head,
  keyOf,
  row,
  current,
  select,
  stale,
  children,
}: VirtualRowsProps<T>) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
  });
  return (
    <div
      className={`rows ${className}`}
      data-selectable={select !== undefined}
      data-stale={stale}
      aria-busy={stale}
      ref={scroller}
      tabIndex={0}
      role="region"
      aria-label={label}
    >
      <div role="table" aria-label={label} aria-rowcount={items.length + 1}>
        <Head names={head} selectable={select !== undefined} />
        <div role="rowgroup" className="rows-body" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start }) => (
            <div
              key={keyOf(items[index]!)}
              role="row"
              aria-rowindex={index + 2}
              className="row"
              data-current={current?.(items[index]!)}
              style={{ height: rowHeight, transform: `translateY(${start}px)` }}
            >
              {select && <Check item={items[index]!} id={keyOf(items[index]!)} select={select} />}
              {row(items[index]!)}
            </div>
          ))}
        </div>
      </div>
      {children}
    </div>
  );
}

function Head({ names, selectable }: { readonly names: readonly string[]; readonly selectable: boolean }) {
  return (
    <div role="rowgroup" className="rows-head">
      <div role="row" className="row">
        {selectable && (
          <span role="columnheader" className="row-check">
            <span className="visually-hidden">Selected</span>
          </span>
        )}
        {names.map((name) => (
          <span role="columnheader" key={name}>
            {name}
          </span>
        ))}
      </div>
    </div>
  );
}

interface CheckProps<T> {
  readonly item: T;
  readonly id: string;
  readonly select: NonNullable<VirtualRowsProps<T>['select']>;
}

/** With Shift, everything from the one before to this one. */
function Check<T>({ item, id, select: { selection, label } }: CheckProps<T>) {
  return (
    <span role="cell" className="row-check">
      <input
        type="checkbox"
        aria-label={`Select ${label(item)}`}
        checked={selection.ids.has(id)}
        onClick={(event) => selection.toggle(id, event.shiftKey)}
        onChange={() => undefined}
      />
    </span>
  );
}
