import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, type ReactNode } from 'react';

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
  /** Below the rows. */
  readonly children?: ReactNode;
}

const OVERSCAN = 12;

/** A table of any length of which only what is in view is there. */
export function VirtualRows<T>({ label, className, items, rowHeight, head, keyOf, row, current, children }: VirtualRowsProps<T>) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
  });
  return (
    <div className={`rows ${className}`} ref={scroller} tabIndex={0} role="region" aria-label={label}>
      <div role="table" aria-label={label} aria-rowcount={items.length + 1}>
        <div role="rowgroup" className="rows-head">
          <div role="row" className="row">
            {head.map((name) => (
              <span role="columnheader" key={name}>
                {name}
              </span>
            ))}
          </div>
        </div>
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
              {row(items[index]!)}
            </div>
          ))}
        </div>
      </div>
      {children}
    </div>
  );
}
