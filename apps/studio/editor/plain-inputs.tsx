interface PlainInputProps {
  readonly label: string;
  readonly pointer: string;
  readonly value: string;
  readonly description?: string;
  readonly onChange: (text: string) => void;
}

export function PlainInput({ label, pointer, value, description, onChange }: PlainInputProps) {
  return (
    <label className="mapped-label">
      {label}
      <input className="input" data-pointer={pointer} value={value} onChange={(event) => onChange(event.target.value)} />
      {description !== undefined && <span className="dim plain-about">{description}</span>}
    </label>
  );
}

interface SelectProps {
  readonly label: string;
  readonly pointer: string;
  readonly value: string;
  readonly options: readonly (readonly [string, string])[];
  readonly description?: string;
  readonly onChange: (value: string) => void;
}

export function Select({ label, pointer, value, options, description, onChange }: SelectProps) {
  const known = options.some(([option]) => option === value) ? options : [...options, [value, value] as const];
  return (
    <label className="mapped-label">
      {label}
      <select className="input" data-pointer={pointer} value={value} onChange={(event) => onChange(event.target.value)}>
        {known.map(([option, words]) => (
          <option key={option} value={option}>
            {words}
          </option>
        ))}
      </select>
      {description !== undefined && <span className="dim plain-about">{description}</span>}
    </label>
  );
}
