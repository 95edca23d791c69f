import type { Json } from '@millrace/component-sdk';
import { objectOf, type FlowStep } from '../flow/structure.js';
import { settingsOf } from '../flow/settings.js';
import { TemplateText } from '../ui/template-text.js';

/** The fields of a step as its author filled them in, each with the value it had in this run. */
export function Settings({ step, input }: { readonly step: FlowStep; readonly input?: Json | undefined }) {
  const values = objectOf(input);
  return (
    <div className="fields">
      {settingsOf(step).map(({ name, text, computed }) => (
        <div className="field" key={name}>
          <p className="field-label">{name}</p>
          <Box name={name} text={text} />
          {computed && text.includes('{{') && input !== undefined && input !== null && <FieldValue value={values[name]} />}
        </div>
      ))}
    </div>
  );
}

const LONG = 300;

/** What may be higher than its box is scrolled by keys as well. */
function Box({ name, text }: { readonly name: string; readonly text: string }) {
  const mayScroll = text.length > LONG || text.split('\n').length > 8;
  return (
    <div className="field-box" {...(mayScroll && { tabIndex: 0, role: 'group', 'aria-label': name })}>
      <TemplateText text={text} />
    </div>
  );
}

function FieldValue({ value }: { readonly value: Json | undefined }) {
  if (value === undefined) return <p className="field-value bad">= missing in this event</p>;
  const text = JSON.stringify(value);
  return <p className="field-value">= {text.length > LONG ? `${text.slice(0, LONG)}…` : text}</p>;
}
