import type { StepPlace } from '@millrace/flow';
import { useMemo, useState } from 'react';
import { readFlow, type FlowTree } from '../flow/structure.js';
import { ListSearch } from '../ui/list-search.js';
import { Modal, ModalTitle } from '../ui/modal.js';
import { StepTile } from '../ui/tile.js';
import { choiceName, choicesOf, followersOf, offeredChoices, searchChoices, type Choice, type ChoiceGroup } from './choices.js';
import { useEditor } from './context.js';
import { lanesOf } from './places.js';
import { noteChoice, recentChoices } from './recent.js';

interface PickerProps {
  /** Where the step will go; undefined while none is chosen. */
  readonly place: StepPlace | undefined;
  readonly onPick: (choice: Choice) => void;
  readonly onClose: () => void;
}

/** What a flow can go on with: one search over components and logic. */
export function Picker({ place, onPick, onClose }: PickerProps) {
  return (
    <Modal open={place !== undefined} onClose={onClose} className="palette">
      <ModalTitle className="picker-title">What should happen next?</ModalTitle>
      {place && <Finder place={place} onPick={onPick} />}
    </Modal>
  );
}

/** What stands before a place: the name of a step, `trigger`, or nothing. */
function nameBefore(tree: FlowTree, { list, at }: StepPlace): string {
  const lane = lanesOf(tree).find((one) => one.list === list);
  const before = lane?.steps[at - 1];
  if (before) return choiceName(before);
  return list === '/steps' ? 'trigger' : '';
}

function useFound(place: StepPlace, search: string): ChoiceGroup[] {
  const { components, tree } = useEditor();
  const choices = useMemo(() => choicesOf(components), [components]);
  const offered = useMemo(() => {
    const before = nameBefore(tree, place);
    const follows = followersOf(
      lanesOf(tree).map(({ steps }) => steps),
      before,
    );
    return offeredChoices(choices, before, follows, recentChoices());
  }, [choices, tree, place]);
  return search.trim() === '' ? offered : [{ title: '', choices: searchChoices(choices, search) }];
}

function Finder({ place, onPick }: { readonly place: StepPlace; readonly onPick: (choice: Choice) => void }) {
  const [search, setSearch] = useState('');
  const [active, setActive] = useState(0);
  const groups = useFound(place, search);
  const found = groups.flatMap(({ choices }) => choices);
  const pick = (choice: Choice): void => {
    noteChoice(choice.name);
    onPick(choice);
  };
  return (
    <>
      <ListSearch
        label="Search apps, actions and logic"
        list="choices"
        options={found.length}
        {...{ active, value: search }}
        onValue={setSearch}
        onActive={setActive}
        onPick={(position) => pick(found[position]!)}
      />
      <div id="choices" role="listbox" aria-label="Steps to add" className="choices" tabIndex={-1}>
        {groups.map((group) => (
          <Group key={group.title} group={group} from={found.indexOf(group.choices[0]!)} active={active} onPick={pick} />
        ))}
      </div>
      {found.length === 0 && <p className="picker-none dim">Nothing is called that. A plugin can bring it.</p>}
    </>
  );
}

interface GroupProps {
  readonly group: ChoiceGroup;
  /** The position of its first choice among all. */
  readonly from: number;
  readonly active: number;
  readonly onPick: (choice: Choice) => void;
}

function Group({ group: { title, choices }, from, active, onPick }: GroupProps) {
  const options = choices.map((choice, index) => (
    <Option key={choice.name} choice={choice} index={from + index} active={from + index === active} onPick={onPick} />
  ));
  if (title === '') return options;
  return (
    <div role="group" aria-label={title}>
      <p className="choices-title" aria-hidden>
        {title}
      </p>
      {options}
    </div>
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
    <div
      id={`choices-${index}`}
      role="option"
      aria-selected={active}
      data-active={active}
      className="choice"
      onClick={() => onPick(choice)}
    >
      {step && <StepTile step={step} />}
      <span>
        <strong>{choice.title}</strong> <code className="dim">{choice.name}</code>
        <span className="choice-words">{choice.words}</span>
      </span>
    </div>
  );
}
