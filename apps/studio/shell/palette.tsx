import { Dialog } from '@base-ui/react/dialog';
import { useState, type KeyboardEvent } from 'react';
import { useLocation } from 'wouter';
import { useFlows } from '../api/queries.js';

interface Target {
  readonly words: string;
  readonly kind: string;
  readonly href: string;
}

const PAGES: readonly Target[] = [
  { words: 'Flows', kind: 'Page', href: '/flows' },
  { words: 'Runs', kind: 'Page', href: '/runs' },
  { words: 'Failed runs', kind: 'Page', href: '/runs?status=failed' },
  { words: 'Events', kind: 'Page', href: '/events' },
  { words: 'Refused requests', kind: 'Page', href: '/events?show=refused' },
  { words: 'Credentials', kind: 'Page', href: '/credentials' },
  { words: 'Health', kind: 'Page', href: '/health' },
  { words: 'Start', kind: 'Page', href: '/welcome' },
];

const MOST = 12;

/** Goes anywhere by a few letters. */
export function Palette({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="dialog-backdrop" />
        <Dialog.Popup className="dialog palette" aria-label="Go to">
          <Finder onDone={onClose} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Finder({ onDone }: { readonly onDone: () => void }) {
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const [, navigate] = useLocation();
  const found = useTargets()
    .filter(({ words }) => words.toLowerCase().includes(text.toLowerCase()))
    .slice(0, MOST);
  const go = (target: Target | undefined): void => {
    if (!target) return;
    navigate(target.href);
    onDone();
  };
  const onKey = (event: KeyboardEvent): void => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by !== undefined) setActive((active + by + found.length) % Math.max(1, found.length));
    else if (event.key === 'Enter') go(found[active]);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <input
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={found[active] ? `palette-${active}` : undefined}
        aria-label="Go to"
        placeholder="Go to a page or a flow"
        value={text}
        onKeyDown={onKey}
        onChange={(event) => {
          setText(event.target.value);
          setActive(0);
        }}
      />
      <ul id="palette-list" role="listbox" aria-label="Pages and flows">
        {found.map((target, index) => (
          <li
            key={target.href}
            id={`palette-${index}`}
            role="option"
            aria-selected={index === active}
            data-active={index === active}
            onClick={() => go(target)}
          >
            <span className="palette-entry">
              {target.words} <span className="dim">{target.kind}</span>
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

function useTargets(): Target[] {
  const { data } = useFlows();
  return [...PAGES, ...(data?.items ?? []).map(({ id, name }) => ({ words: name ?? id, kind: 'Flow', href: `/flows/${id}` }))];
}
