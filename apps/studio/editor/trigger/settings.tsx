import type { Json } from '@millrace/component-sdk';
import { setProperty } from '@millrace/flow';
import type { EndpointField } from '../../connect/endpoint-settings.js';
import { SettingInput } from '../../connect/setting-input.js';
import type { JsonObject } from '../../flow/structure.js';
import { useEditor } from '../context.js';
import { useFieldValues } from '../field-values.js';
import { MappedField } from '../mapped-field.js';
import { settingEdit } from '../setting-edit.js';

/** What the settings of every type get. */
export interface TriggerProps {
  readonly trigger: JsonObject;
}

/** Sets and removes members of the trigger; an empty text removes. */
export function useTriggerSetting(): (key: string, value: Json | undefined) => void {
  const { edit } = useEditor();
  return (key, value) => {
    const pointer = `/trigger/${key}`;
    edit(settingEdit({ pointer }, value === '' ? undefined : value), pointer);
  };
}

interface SettingsProps extends TriggerProps {
  readonly fields: readonly EndpointField[];
}

/** Settings that are texts, numbers, lists or JSON. */
export function Settings({ trigger, fields }: SettingsProps) {
  const { edit } = useEditor();
  const change = (next: JsonObject): void => void edit((text) => setProperty(text, { pointer: '/trigger', value: next }), '/trigger');
  return fields.map((field) => <SettingInput key={field.pointer} field={field} now={trigger} below="/trigger" onChange={change} />);
}

export function When({ trigger }: TriggerProps) {
  const set = useTriggerSetting();
  return (
    <MappedField
      {...useFieldValues('trigger')}
      label="Only when"
      pointer="/trigger/when"
      kind="condition"
      value={trigger['when']}
      description="Such as {{ trigger.body.type = 'order.paid' }}. Other events make no run."
      onChange={(when) => set('when', when)}
    />
  );
}
