import { SuggestedInput } from '../ui/suggested-input.js';

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
  return (
    <label className="mapped-label">
      {label}
      <SuggestedInput data-pointer={pointer} {...{ names, value, onChange }} />
      <span className="dim plain-about">{description}</span>
    </label>
  );
}
