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
          <div className="field-box">
            <TemplateText text={text} />
          </div>
          {computed && text.includes('{{') && input !== undefined && input !== null && <FieldValue value={values[name]} />}
        </div>
      ))}
    </div>
  );
}

const LONG = 300;

function FieldValue({ value }: { readonly value: Json | undefined }) {
  if (value === undefined) return <p className="field-value bad">= missing in this event</p>;
  const text = JSON.stringify(value);
  return <p className="field-value">= {text.length > LONG ? `${text.slice(0, LONG)}…` : text}</p>;
}
