import { useEffect, useLayoutEffect, useRef, type KeyboardEvent } from 'react';
import { isForIme } from './ime.js';

interface ListSearchProps {
  readonly label: string;
  readonly placeholder?: string;
  /** The id of the list; its options have this id with a hyphen and their position. */
  readonly list: string;
  /** How many options the list has. */
  readonly options: number;
  /** The position of the option that Enter takes. */
  readonly active: number;
  readonly value: string;
  /** With the first option active. */
  readonly onValue: (value: string) => void;
  readonly onActive: (position: number) => void;
  /** Called for an option that is there only. */
  readonly onPick: (position: number) => void;
}

/** A search over a list that is in sight: arrow keys and Enter choose from it while the focus stays in the field. */
export function ListSearch({ label, placeholder = label, list, options, active, value, onValue, onActive, onPick }: ListSearchProps) {
  const option = active >= 0 && active < options ? `${list}-${active}` : undefined;
  useEffect(() => {
    if (option !== undefined) document.getElementById(option)?.scrollIntoView({ block: 'nearest' });
  }, [option]);
  const field = useRef<HTMLInputElement>(null);
  // A dialog gives the focus with its next frame, and what is typed until then would go to the page below.
  useLayoutEffect(() => field.current?.focus({ preventScroll: true }), []);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (isForIme(event.nativeEvent)) return;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by !== undefined) onActive((active + by + options) % Math.max(1, options));
    else if (event.key !== 'Enter') return;
    else if (option !== undefined) onPick(active);
    event.preventDefault();
  };
  return (
    <input
      ref={field}
      role="combobox"
      aria-expanded="true"
      aria-controls={list}
      aria-activedescendant={option}
      aria-label={label}
      placeholder={placeholder}
      value={value}
      onKeyDown={onKeyDown}
      onChange={(event) => {
        onValue(event.target.value);
        onActive(0);
      }}
    />
  );
}
