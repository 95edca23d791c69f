import { useState } from 'react';
import { PlainInput } from '../editor/plain-inputs.js';
import type { JsonObject } from '../flow/structure.js';
import { shownSetting, withSetting, type EndpointField } from './endpoint-settings.js';

interface SettingInputProps {
  readonly field: EndpointField;
  /** The definition that it is a setting of. */
  readonly now: JsonObject;
  /** Where that stands, for whoever looks for a field by its place. */
  readonly below?: string;
  readonly onChange: (definition: JsonObject) => void;
}

/** Shows what was typed for as long as it stands for the same setting: a comma at the end is not taken away from under the caret. */
export function SettingInput({ field, now, below = '', onChange }: SettingInputProps) {
  const [typed, setTyped] = useState<string>();
  const shown = shownSetting(now, field);
  const stands = typed !== undefined && shownSetting(withSetting(now, field, typed), field) === shown;
  const { label, pointer, description } = field;
  const change = (text: string): void => {
    setTyped(text);
    onChange(withSetting(now, field, text));
  };
  return (
    <PlainInput
      {...{ label }}
      pointer={`${below}${pointer}`}
      {...(description !== undefined && { description })}
      value={stands ? typed : shown}
      onChange={change}
    />
  );
}
