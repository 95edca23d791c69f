import { useState, type KeyboardEvent } from 'react';
import { rowsOf, type Source, type ValueRow } from './value-tree.js';

interface ValuePickerProps {
  readonly sources: readonly Source[];
  readonly onPick: (path: string) => void;
  readonly onClose: () => void;
}

/** The trigger and the earlier steps with their values, to be put into a field. */
export function ValuePicker({ sources, onPick, onClose }: ValuePickerProps) {
  const [search, setSearch] = useState('');
  const groups = sources.map((source) => ({ source, rows: rowsOf(source, search) })).filter(({ rows }) => rows.length > 0);
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    if (event.key === 'Escape') {
      event.stopPropagation();
      onClose();
    }
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by !== undefined) moveIn(event, by);
    const first = groups[0]?.rows.find(({ open }) => !open) ?? groups[0]?.rows[0];
    if (event.key === 'Enter' && event.target instanceof HTMLInputElement && first) {
      event.preventDefault();
      onPick(first.path);
    }
  };
  return (
    <div className="values" role="group" aria-label="Values to insert" onKeyDown={onKeyDown}>
      <input
        className="input"
        autoFocus
        aria-label="Search keys and values"
        placeholder="Search keys and values"
        value={search}
        onChange={(event) => setSearch(event.target.value)}
      />
      <ul className="values-list">
        {groups.map(({ source, rows }) => rows.map((row) => <Row key={`${source.path} ${row.path}`} row={row} onPick={onPick} />))}
        {groups.length === 0 && <li className="tree-note">Nothing holds that.</li>}
      </ul>
    </div>
  );
}

function Row({ row: { path, key, depth, value }, onPick }: { readonly row: ValueRow; readonly onPick: (path: string) => void }) {
  return (
    <li>
      <button type="button" className="values-row" data-depth={depth} data-path={path} onClick={() => onPick(path)}>
        <span className="tree-key">{key}</span> <span className="tree-value">{value ?? 'nothing loaded'}</span>
      </button>
    </li>
  );
}

/** The focus to the row above or below; from the search field into the list. */
function moveIn(event: KeyboardEvent<HTMLElement>, by: number): void {
  const stops = [...event.currentTarget.querySelectorAll<HTMLElement>('input, .values-row')];
  const next = stops[stops.indexOf(document.activeElement as HTMLElement) + by];
  event.preventDefault();
  event.stopPropagation();
  next?.focus();
}
