import type { EndpointField } from '../../connect/endpoint-settings.js';
import { textOf } from '../../flow/structure.js';
import { Names } from '../names.js';
import { Settings, useTriggerSetting, When, type TriggerProps } from './settings.js';

/** What the system tells; others are what steps of flows emit. */
const EVENTS = ['flow.failed', 'endpoint.unhealthy', 'order.*', '*'];

export function EventSettings({ trigger }: TriggerProps) {
  const set = useTriggerSetting();
  return (
    <>
      <Names
        label="Event"
        pointer="/trigger/event"
        value={textOf(trigger['event']) ?? ''}
        names={EVENTS}
        description="As a step emits it, such as order.paid; order.* for all of order."
        onChange={(event) => set('event', event)}
      />
      <When trigger={trigger} />
    </>
  );
}

const INPUT: EndpointField = {
  pointer: '/input',
  label: 'What its input must be',
  kind: 'json',
  description: 'A JSON Schema, such as { "required": ["id"] }.',
};

export function CallSettings({ trigger }: TriggerProps) {
  return <Settings trigger={trigger} fields={[INPUT]} />;
}
