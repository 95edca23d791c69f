import { useId } from 'react';

/** Of the flow: the version that a run was on, or the one that is live now. */
export type VersionName = 'same' | 'live';

export interface FieldProps<T> {
  readonly value: T;
  readonly onChange: (value: T) => void;
}

interface ChoiceProps extends FieldProps<VersionName> {
  /** Why it stands as it does; stands under the choice. */
  readonly why: string | undefined;
  /** What the versions are called. */
  readonly names?: Readonly<Record<VersionName, string>>;
}

const OF_MANY: Readonly<Record<VersionName, string>> = { same: 'The one that each run was on', live: 'The one that is live now' };

/** On which version something is run again. */
export function VersionChoice({ value, onChange, why, names = OF_MANY }: ChoiceProps) {
  const note = useId();
  return (
    <div className="order-version">
      <label>
        Version of the flow
        <select
          className="input"
          value={value}
          aria-describedby={why === undefined ? undefined : note}
          onChange={(event) => onChange(event.target.value as VersionName)}
        >
          {(['same', 'live'] as const).map((version) => (
            <option key={version} value={version}>
              {names[version]}
            </option>
          ))}
        </select>
      </label>
      {why !== undefined && (
        <p id={note} className="dim">
          {why}
        </p>
      )}
    </div>
  );
}
