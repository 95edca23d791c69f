import { Dialog } from '@base-ui/react/dialog';
import { useMemo, useState, type KeyboardEvent } from 'react';
import { readFlow } from '../flow/structure.js';
import { StepTile } from '../ui/tile.js';
import { choicesOf, searchChoices, type Choice } from './choices.js';
import { useEditor } from './context.js';

interface PickerProps {
  readonly open: boolean;
  readonly onPick: (choice: Choice) => void;
  readonly onClose: () => void;
}

/** What a flow can go on with: one search over components and logic. */
export function Picker({ open, onPick, onClose }: PickerProps) {
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="dialog-backdrop" />
        <Dialog.Popup className="dialog palette" finalFocus={false}>
          <Dialog.Title className="picker-title">What should happen next?</Dialog.Title>
          <Finder onPick={onPick} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Finder({ onPick }: { readonly onPick: (choice: Choice) => void }) {
  const { components } = useEditor();
  const [search, setSearch] = useState('');
  const [active, setActive] = useState(0);
  const choices = useMemo(() => choicesOf(components), [components]);
  const found = searchChoices(choices, search);
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const chosen = found[active];
    if (by !== undefined) {
      const next = (active + by + found.length) % Math.max(1, found.length);
      setActive(next);
      document.getElementById(`choice-${next}`)?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter' && chosen) onPick(chosen);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <input
        role="combobox"
        aria-expanded="true"
        aria-controls="choices"
        aria-activedescendant={found[active] ? `choice-${active}` : undefined}
        aria-label="Search apps, actions and logic"
        placeholder="Search apps, actions and logic"
        value={search}
        onKeyDown={onKeyDown}
        onChange={(event) => {
          setSearch(event.target.value);
          setActive(0);
        }}
      />
      <ul id="choices" role="listbox" aria-label="Steps to add" className="choices" tabIndex={-1}>
        {found.map((choice, index) => (
          <Option key={choice.name} choice={choice} index={index} active={index === active} onPick={onPick} />
        ))}
      </ul>
      {found.length === 0 && <p className="picker-none dim">Nothing is called that. A plugin can bring it.</p>}
    </>
  );
}

interface OptionProps {
  readonly choice: Choice;
  readonly index: number;
  readonly active: boolean;
  readonly onPick: (choice: Choice) => void;
}

function Option({ choice, index, active, onPick }: OptionProps) {
  const [step] = readFlow(JSON.stringify({ steps: [choice.step] })).steps;
  return (
    <li id={`choice-${index}`} role="option" aria-selected={active} data-active={active} className="choice" onClick={() => onPick(choice)}>
      {step && <StepTile step={step} />}
      <span>
        <strong>{choice.title}</strong> <code className="dim">{choice.name}</code>
        <span className="choice-words">{choice.words}</span>
      </span>
    </li>
  );
}
