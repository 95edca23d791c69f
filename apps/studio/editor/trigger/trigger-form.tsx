import { setProperty } from '@millrace/flow';
import type { ReactNode } from 'react';
import { textOf } from '../../flow/structure.js';
import { useEditor } from '../context.js';
import { Select } from '../plain-inputs.js';
import { CallSettings, EventSettings } from './others.js';
import { ScheduleSettings } from './schedule.js';
import type { TriggerProps } from './settings.js';
import { isTriggerType, newTrigger, TRIGGER_TYPES, type TriggerType } from './types.js';
import { WebhookSettings } from './webhook.js';

/** Everything that can be set about what starts a flow. */
export function TriggerForm() {
  const { tree, edit } = useEditor();
  const type = tree.trigger['type'];
  const change = (next: string): void =>
    void edit((text) => setProperty(text, { pointer: '/trigger', value: newTrigger(next as TriggerType) }), '/trigger/type');
  const Settings = isTriggerType(type) ? SETTINGS[type] : undefined;
  return (
    <div className="form">
      <Select label="What starts it" pointer="/trigger/type" value={textOf(type) ?? ''} options={TYPES} onChange={change} />
      {Settings && <Settings trigger={tree.trigger} />}
    </div>
  );
}

const TYPES = Object.entries(TRIGGER_TYPES);

const SETTINGS: Readonly<Record<TriggerType, (props: TriggerProps) => ReactNode>> = {
  webhook: WebhookSettings,
  schedule: ScheduleSettings,
  event: EventSettings,
  call: CallSettings,
};
