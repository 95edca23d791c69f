import { useId } from 'react';

interface NamesProps {
  readonly label: string;
  readonly pointer: string;
  readonly value: string;
  /** What is suggested; others are possible. */
  readonly names: readonly string[];
  readonly description: string;
  readonly onChange: (name: string) => void;
}

/** A text that is usually one of some names. */
export function Names({ label, pointer, value, names, description, onChange }: NamesProps) {
  const id = useId();
  return (
    <label className="mapped-label">
      {label}
      <input className="input" data-pointer={pointer} list={id} value={value} onChange={(event) => onChange(event.target.value)} />
      <datalist id={id}>
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <span className="dim plain-about">{description}</span>
    </label>
  );
}
