import { useId, useRef, type ComponentProps, type KeyboardEvent } from 'react';

interface SuggestedInputProps extends Omit<ComponentProps<'input'>, 'className' | 'list' | 'value' | 'onChange'> {
  readonly value: string;
  /** What is suggested; others are possible. Names only: where one has a label as well, Firefox shows and searches that alone. */
  readonly names: readonly string[];
  readonly onChange: (value: string) => void;
}

/**
 * A text that is usually one of some names. Escape closes what is suggested, and not the dialog around it as well: Firefox and Safari
 * tell the page of the same key. Chrome does not, so that there the dialog takes one Escape more.
 */
export function SuggestedInput({ names, value, onChange, ...props }: SuggestedInputProps) {
  const id = useId();
  // Whether names are shown is the browser's secret: they are from when something is typed that fits one, or an arrow key asks.
  const asked = useRef(false);
  const ask = (now: boolean): void => void (asked.current = now);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') ask(true);
    else if (event.key === 'Escape' && asked.current && names.some((name) => name !== value && name.includes(value))) {
      event.stopPropagation();
      ask(false);
    } else if (event.key === 'Enter') ask(false);
  };
  return (
    <>
      <input
        {...props}
        className="input"
        list={id}
        value={value}
        onChange={({ target }) => {
          ask(true);
          onChange(target.value);
        }}
        onKeyDown={onKeyDown}
        onBlur={() => ask(false)}
      />
      <datalist id={id}>
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  );
}
