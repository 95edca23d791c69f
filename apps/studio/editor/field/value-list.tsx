import { useEffect, useRef } from 'react';
import { Button } from '../../ui/controls.js';
import type { ValueRow } from '../value-tree.js';

interface ValueListProps {
  readonly id: string;
  readonly rows: readonly ValueRow[];
  readonly active: number;
  /** Shown where what is searched for is typed in a place of its own; undefined while the field itself is typed in. */
  readonly search: string | undefined;
  readonly onSearch: (search: string) => void;
  readonly onPick: (row: ValueRow) => void;
  /** Shows the reference that would be replaced as text, to be written on. */
  readonly onText: (() => void) | undefined;
}

/** The trigger and the earlier steps with their values, below the field that takes one. */
export function ValueList({ id, rows, active, search, onSearch, onPick, onText }: ValueListProps) {
  const host = useRef<HTMLDivElement>(null);
  const hasSearch = search !== undefined;
  useEffect(() => {
    host.current?.scrollIntoView({ block: 'nearest' });
    if (hasSearch) host.current?.querySelector('input')?.focus({ preventScroll: true });
  }, [hasSearch]);
  return (
    <div ref={host} className="values">
      {hasSearch && (
        <input
          className="input"
          aria-label="Search keys and values"
          placeholder="Search keys and values"
          aria-controls={id}
          aria-activedescendant={rows[active] && rowId(id, active)}
          value={search}
          onChange={(event) => onSearch(event.target.value)}
        />
      )}
      <ul id={id} className="values-list" role="listbox" aria-label="Values to insert" tabIndex={0}>
        {rows.map((row, index) => (
          <Row key={`${row.path} ${index}`} id={rowId(id, index)} row={row} active={index === active} onPick={onPick} />
        ))}
      </ul>
      {rows.length === 0 && <p className="tree-note">Nothing holds that.</p>}
      {onText && (
        <Button look="quiet" onClick={onText}>
          Edit as an expression
        </Button>
      )}
    </div>
  );
}

export function rowId(list: string, index: number): string {
  return `${list}-${index}`;
}

interface RowProps {
  readonly id: string;
  readonly row: ValueRow;
  readonly active: boolean;
  readonly onPick: (row: ValueRow) => void;
}

function Row({ id, row, active, onPick }: RowProps) {
  const { path, key, depth, value, where } = row;
  const host = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (active) host.current?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  return (
    <li
      ref={host}
      id={id}
      role="option"
      aria-selected={active}
      className="values-row"
      data-depth={depth}
      data-path={path}
      data-active={active}
      title={path}
      draggable
      onDragStart={(event) => event.dataTransfer.setData('text/plain', `{{ ${path} }}`)}
      onClick={() => onPick(row)}
    >
      <span className="tree-key">{key}</span> <span className="tree-value">{value ?? 'nothing loaded'}</span>
      {where !== undefined && <span className="dim values-where"> {where}</span>}
    </li>
  );
}
