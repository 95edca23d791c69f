import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { Kbd } from '../ui/controls.js';
import { keyName } from '../ui/key-names.js';
import { Modal, ModalTitle } from '../ui/modal.js';
import { toggleNarrow } from './narrow.js';
import { Palette } from './palette.js';

const GO: Readonly<Record<string, string>> = { f: '/flows', r: '/runs', e: '/events', h: '/health', c: '/credentials' };
const GO_MS = 1_200;

const HELP: readonly (readonly [readonly string[], string])[] = [
  [['⌘', 'K'], 'Go to any page or flow'],
  [['G', 'F'], 'Flows'],
  [['G', 'R'], 'Runs'],
  [['G', 'E'], 'Events'],
  [['G', 'H'], 'Health'],
  [['G', 'C'], 'Credentials'],
  [['['], 'Narrow and wide navigation'],
  [['/'], 'Search in a list'],
  [['↑', '↓', '←', '→'], 'Walk the steps of a flow'],
  [['↵'], 'To the settings of a step'],
  [['E'], 'Next step with a problem, or that failed'],
  [['N'], 'Next item of a loop that failed'],
  [[',', '.'], 'Previous and next item of a loop'],
  [['A'], 'Add a step after this one; ↵ in an empty lane'],
  [['⇧', 'A'], 'Add a step before this one'],
  [['D'], 'Duplicate the step'],
  [['⌫'], 'Delete the step'],
  [['⌥', '↑', '↓'], 'Move the step'],
  [['⇧', '↑', '↓'], 'Select several steps'],
  [['⌘', 'C', 'X', 'V'], 'Copy, cut and paste steps'],
  [['⌘', 'Z'], 'Undo; with ⇧ redo'],
  [['⌘', 'S'], 'Everything is saved by itself: this says so'],
  [['⌘', 'F'], 'Search in the text of a flow'],
  [['F8'], 'Next problem in the text of a flow'],
  [['F'], 'Fit the flow into the view'],
  [['+', '−', '0'], 'Zoom'],
  [['J', 'K'], 'Next and previous in a list'],
  [['X'], 'Select a row of a list'],
  [['R'], 'Replay or run again what is selected or shown'],
  [['⌘', '↵'], 'Test the step that is edited'],
  [['⌘', '⇧', '↵'], 'Test the whole flow'],
  [['Esc'], 'Back to the whole'],
  [['?'], 'This sheet'],
];

/** Keys that work everywhere but in fields. */
export function Shortcuts() {
  const [open, setOpen] = useState<'help' | 'palette' | undefined>();
  const [, navigate] = useLocation();
  // What is closing says so late: by then the other one may be open.
  const close = (which: typeof open): void => setOpen((now) => (now === which ? undefined : now));
  useEffect(() => {
    let going = 0;
    const onKey = (event: KeyboardEvent): void => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') return take(event, () => setOpen('palette'));
      if (event.metaKey || event.ctrlKey || event.altKey || isField(event.target)) return;
      if (Date.now() < going && GO[event.key]) return take(event, () => navigate(GO[event.key]!));
      going = event.key === 'g' ? Date.now() + GO_MS : 0;
      KEYS[event.key]?.(event, { help: () => setOpen('help') });
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [navigate]);
  return (
    <>
      <Sheet open={open === 'help'} onClose={() => close('help')} />
      <Palette open={open === 'palette'} onClose={() => close('palette')} />
    </>
  );
}

function take(event: KeyboardEvent, action: () => void): void {
  event.preventDefault();
  action();
}

type Handler = (event: KeyboardEvent, actions: { readonly help: () => void }) => void;

const KEYS: Readonly<Record<string, Handler>> = {
  '?': (event, { help }) => take(event, help),
  '/': (event) => {
    const field = document.querySelector<HTMLElement>('[data-shortcut="/"]');
    if (field) take(event, () => field.focus());
  },
  '[': (event) => take(event, toggleNarrow),
  Escape: () => document.querySelector<HTMLElement>('.panel-head .icon-button')?.click(),
  x: (event) => clickIn(event, (document.activeElement ?? document.body).closest('.row')?.querySelector('input[type="checkbox"]')),
  r: (event) => clickIn(event, document.querySelector('[data-shortcut="r"]')),
  j: (event) => moveInList(event, 1),
  k: (event) => moveInList(event, -1),
};

function clickIn(event: KeyboardEvent, target: Element | null | undefined): void {
  if (target instanceof HTMLElement) take(event, () => target.click());
}

/** The focus to the row below or above, in whatever list there is. */
function moveInList(event: KeyboardEvent, by: number): void {
  const links = [...document.querySelectorAll<HTMLElement>('.row-link, .rows .row-button')];
  const at = links.indexOf(document.activeElement as HTMLElement);
  const next = links[at < 0 ? 0 : at + by];
  if (next) take(event, () => next.focus());
}

/** Whether a key is typed into what has the focus. A dialog that is closing keeps the focus for a moment, but takes no keys. */
function isField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement) || target.closest('[role="dialog"][data-closed]')) return false;
  return target.closest('input:not([type="checkbox"]), select, textarea, [contenteditable], [data-field], [role="dialog"]') !== null;
}

function Sheet({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  return (
    <Modal open={open} onClose={onClose} className="help">
      <ModalTitle>Keys</ModalTitle>
      <dl>
        {HELP.map(([keys, words]) => (
          <div key={words} className="help-row">
            <dt>
              {keys.map((key) => (
                <Kbd key={key}>{keyName(key)}</Kbd>
              ))}
            </dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
