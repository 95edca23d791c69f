import { useState } from 'react';
import { useLocation } from 'wouter';
import { useDrafts, useFlows } from '../api/queries.js';
import { newDrafts } from '../flow/drafts.js';
import { ListSearch } from '../ui/list-search.js';
import { Modal } from '../ui/modal.js';

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
  { words: 'Endpoints', kind: 'Page', href: '/endpoints' },
  { words: 'Credentials', kind: 'Page', href: '/credentials' },
  { words: 'Operations', kind: 'Page', href: '/operations' },
  { words: 'Health', kind: 'Page', href: '/health' },
  { words: 'Audit log', kind: 'Page', href: '/audit' },
  { words: 'Settings', kind: 'Page', href: '/settings' },
  { words: 'Start', kind: 'Page', href: '/welcome' },
];

const MOST = 12;

/** Goes anywhere by a few letters. */
export function Palette({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  return (
    <Modal open={open} onClose={onClose} label="Go to" className="palette">
      <Finder onDone={onClose} />
    </Modal>
  );
}

function Finder({ onDone }: { readonly onDone: () => void }) {
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const [, navigate] = useLocation();
  const found = useTargets()
    .filter(({ words }) => words.toLowerCase().includes(text.toLowerCase()))
    .slice(0, MOST);
  const go = (target: Target): void => {
    navigate(target.href);
    onDone();
  };
  return (
    <>
      <ListSearch
        label="Go to"
        placeholder="Go to a page or a flow"
        list="palette-list"
        options={found.length}
        {...{ active, value: text }}
        onValue={setText}
        onActive={setActive}
        onPick={(position) => go(found[position]!)}
      />
      <ul id="palette-list" role="listbox" aria-label="Pages and flows">
        {found.map((target, index) => (
          <li
            key={target.href}
            id={`palette-list-${index}`}
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
      {found.length === 0 && (
        <p className="palette-none dim" role="status">
          Nothing is called so.
        </p>
      )}
    </>
  );
}

function useTargets(): Target[] {
  const flows = useFlows().data?.items ?? [];
  const drafts = newDrafts(useDrafts().data?.items ?? [], flows);
  return [
    ...PAGES,
    ...flows.map(({ id, name }) => ({ words: name ?? id, kind: 'Flow', href: `/flows/${id}` })),
    ...drafts.map(({ flowId, name }) => ({ words: name ?? flowId, kind: 'Draft', href: `/flows/${flowId}/edit` })),
  ];
}
