import type { Json } from '@millrace/component-sdk';
import { ChevronRight } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useValue } from '../api/queries.js';
import type { Query } from '../api/client.js';
import type { ValueChild, ValueView } from '../api/wire.js';
import { count, size, whole } from '../format/format.js';

/** Children that are shown at once. */
const PAGE = 100;
/** How deep a tree is open from the start. */
const OPEN_DEPTH = 2;
const MANY = 12;

/** A value that is here, as a tree; nothing of it is drawn before it is looked at. */
export function DataTree({ value, label }: { readonly value: Json; readonly label: string }) {
  if (!isContainer(value)) return <Scalar value={value} />;
  return (
    <ul className="tree" aria-label={label}>
      <Children value={value} depth={0} />
    </ul>
  );
}

type Container = Json[] | { [key: string]: Json };

function isContainer(value: Json): value is Container {
  return typeof value === 'object' && value !== null;
}

function Children({ value, depth }: { readonly value: Container; readonly depth: number }) {
  const [shown, setShown] = useState(PAGE);
  const entries = Array.isArray(value) ? value.map((item, index): [string, Json] => [String(index), item]) : Object.entries(value);
  return (
    <>
      {entries.slice(0, shown).map(([key, item]) => (
        <Entry key={key} name={key} value={item} depth={depth} />
      ))}
      {entries.length === 0 && <li className="tree-note">{Array.isArray(value) ? 'No items' : 'No members'}</li>}
      {entries.length > shown && <More left={entries.length - shown} onMore={() => setShown(shown + PAGE)} />}
    </>
  );
}

function More({ left, onMore }: { readonly left: number; readonly onMore: () => void }) {
  return (
    <li>
      <button type="button" className="tree-more" onClick={onMore}>
        Show {Math.min(left, PAGE)} more of {whole(left)}
      </button>
    </li>
  );
}

function Entry({ name, value, depth }: { readonly name: string; readonly value: Json; readonly depth: number }) {
  if (!isContainer(value)) {
    return (
      <li className="tree-row">
        <span className="tree-key">{name}</span> <Scalar value={value} />
      </li>
    );
  }
  const entries = Array.isArray(value) ? value.length : Object.keys(value).length;
  return (
    <Branch
      name={name}
      outline={outlineOf(Array.isArray(value) ? 'array' : 'object', entries)}
      open={depth < OPEN_DEPTH && entries <= MANY}
    >
      {() => <Children value={value} depth={depth + 1} />}
    </Branch>
  );
}

interface BranchProps {
  readonly name: string;
  readonly outline: string;
  readonly open: boolean;
  readonly children: () => ReactNode;
}

function Branch({ name, outline, open: initially, children }: BranchProps) {
  const [open, setOpen] = useState(initially);
  return (
    <li>
      <button type="button" className="tree-row tree-branch" aria-expanded={open} onClick={() => setOpen(!open)}>
        <ChevronRight size={13} aria-hidden />
        <span className="tree-key">{name}</span> <span className="tree-outline">{outline}</span>
      </button>
      {open && <ul>{children()}</ul>}
    </li>
  );
}

const LONG = 400;

/** One value in the words of JSON. Long texts are cut until somebody asks. */
export function Scalar({ value }: { readonly value: Json }) {
  const [whole, setWhole] = useState(false);
  const text = JSON.stringify(value);
  if (text.length <= LONG || whole) return <code className="tree-value">{text}</code>;
  return (
    <>
      <code className="tree-value">{text.slice(0, LONG)}…</code>{' '}
      <button type="button" className="tree-more" onClick={() => setWhole(true)}>
        Show all {size(text.length)}
      </button>
    </>
  );
}

function outlineOf(type: ValueView['type'], entries: number): string {
  if (type === 'array') return count(entries, 'item');
  if (type === 'object') return count(entries, 'member');
  return type === 'string' ? count(entries, 'character') : type;
}

interface Remote {
  /** Of the API, such as `runs/<id>/value`. */
  readonly path: string;
  readonly query: Query;
}

/** A value that is too large to be here: its outline, and each part when it is looked at. */
export function RemoteTree({ source, label, at = '' }: { readonly source: Remote; readonly label: string; readonly at?: string }) {
  return (
    <ul className="tree" aria-label={label}>
      <RemoteChildren source={source} at={at} from={0} />
    </ul>
  );
}

function RemoteChildren({ source, at, from }: { readonly source: Remote; readonly at: string; readonly from: number }) {
  const [more, setMore] = useState(false);
  const { data, error } = useValue(source.path, { ...source.query, at, from: from || undefined }, true);
  if (error) return <li className="tree-note">{error.message}</li>;
  if (!data) return <li className="tree-note">Loading…</li>;
  if (data.whole) return <Whole value={data.value as Json} />;
  return (
    <>
      {data.text !== null && <li className="tree-text">{`${data.text}…`}</li>}
      {data.items.map((child) => (
        <RemoteEntry key={child.key} source={source} at={at} child={child} />
      ))}
      {data.next !== null && !more && <More left={data.count - data.next} onMore={() => setMore(true)} />}
      {data.next !== null && more && <RemoteChildren source={source} at={at} from={data.next} />}
    </>
  );
}

function Whole({ value }: { readonly value: Json }) {
  if (isContainer(value)) return <Children value={value} depth={OPEN_DEPTH} />;
  return (
    <li className="tree-row">
      <Scalar value={value} />
    </li>
  );
}

function RemoteEntry({ source, at, child }: { readonly source: Remote; readonly at: string; readonly child: ValueChild }) {
  if (child.whole) return <Entry name={child.key} value={child.value as Json} depth={OPEN_DEPTH} />;
  const inner = `${at}/${child.key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  return (
    <Branch name={child.key} outline={`${outlineOf(child.type, child.count)} · ${size(child.size)}`} open={false}>
      {() => <RemoteChildren source={source} at={inner} from={0} />}
    </Branch>
  );
}
