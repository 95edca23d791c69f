import type { Json } from '@millrace/component-sdk';
import { useState } from 'react';
import { objectOf, textOf, type FlowStep } from '../flow/structure.js';
import { Button } from '../ui/controls.js';
import { useEditor } from './context.js';
import { acceptedBy, StepCredential, WaitCredential } from './credential-field.js';
import { FieldInput } from './field-input.js';
import { valueAt } from './fields.js';
import { advancedFields, casesOf, fieldsOf, waitWay, type WaitWay } from './step-fields.js';
import { PlainInput, Select } from './plain-inputs.js';
import { useSetting } from './use-setting.js';

/** Everything that can be set about a step. */
export function StepForm({ step }: { readonly step: FlowStep }) {
  const { components } = useEditor();
  const advanced = advancedFields(step);
  const needsCredential = acceptedBy(step, components)?.required === true;
  const isSet = advanced.some(({ pointer }) => valueAt(step.json, pointer) !== undefined);
  return (
    <div className="form">
      {needsCredential && <StepCredential step={step} />}
      {step.kind === 'wait' && <WaitWays step={step} />}
      {fieldsOf(step, components).map((field) => (
        <FieldInput key={field.pointer} step={step} field={field} />
      ))}
      {step.kind === 'wait' && <WaitCredential step={step} />}
      {step.kind === 'switch' && <AddCase step={step} />}
      {step.kind === 'parallel' && <AddBranch step={step} />}
      {!needsCredential && <StepCredential step={step} />}
      <Note step={step} />
      <details open={isSet || undefined}>
        <summary>Advanced</summary>
        <div className="form">
          {advanced.map((field) => (
            <FieldInput key={field.pointer} step={step} field={field} />
          ))}
        </div>
      </details>
    </div>
  );
}

function Note({ step }: { readonly step: FlowStep }) {
  const set = useSetting(step);
  return (
    <PlainInput
      label="Note"
      pointer="/note"
      value={textOf(step.json['note']) ?? ''}
      description="Shown under the step."
      onChange={(note) => set('/note', note === '' ? undefined : note)}
    />
  );
}

const WAIT_STARTS: Readonly<Record<WaitWay, Json>> = {
  for: { for: '10m' },
  until: { until: '' },
  webhook: { webhook: {} },
  ask: { webhook: { ask: { title: '', answers: { approve: 'Approve', decline: 'Decline' } } } },
};

function WaitWays({ step }: { readonly step: FlowStep }) {
  const set = useSetting(step);
  const options = [
    ['for', 'For a time'] as const,
    ['until', 'Until a time'] as const,
    ['ask', 'For the answer of a person'] as const,
    ['webhook', 'For a request to its own URL'] as const,
  ];
  const change = (way: string): void => set('/wait', WAIT_STARTS[way as WaitWay]);
  return <Select label="Waits" pointer="/wait" value={waitWay(objectOf(step.json['wait']))} options={options} onChange={change} />;
}

function AddCase({ step }: { readonly step: FlowStep }) {
  const set = useSetting(step);
  const cases = casesOf(step.json).length;
  return (
    <div className="actions">
      <Button onClick={() => set(`/cases/${cases}`, { when: '', steps: [] })}>Add a case</Button>
      {cases > 1 && <Button onClick={() => set(`/cases/${cases - 1}`, undefined)}>Remove case {cases}</Button>}
    </div>
  );
}

function AddBranch({ step }: { readonly step: FlowStep }) {
  const set = useSetting(step);
  const [name, setName] = useState('');
  const isFree = /^[a-z][A-Za-z0-9_]*$/.test(name) && !Object.hasOwn(objectOf(step.json['parallel']), name);
  const add = (): void => {
    set(`/parallel/${name}`, []);
    setName('');
  };
  return (
    <div className="actions">
      <input
        className="input"
        aria-label="Name of a new branch"
        placeholder="Name of a new branch"
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <Button disabled={!isFree} onClick={add}>
        Add the branch
      </Button>
    </div>
  );
}
