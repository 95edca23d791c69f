import type { Json } from '@millrace/component-sdk';
import { removeProperty, renameStep, setProperty } from '@millrace/flow';
import { useMemo, useState } from 'react';
import { objectOf, textOf, type FlowStep } from '../flow/structure.js';
import { Button } from '../ui/controls.js';
import { useEditor } from './context.js';
import { advancedFields, casesOf, fieldsOf, valueAt, waitWay, type Field, type WaitWay } from './fields.js';
import { scopeFor, stepsBefore } from './loaded.js';
import { MappedField } from './mapped-field.js';
import { escaped, RowsField } from './rows-field.js';
import { sourcesOf } from './value-tree.js';

/** Everything that can be set about a step. */
export function StepForm({ step }: { readonly step: FlowStep }) {
  const { components } = useEditor();
  const advanced = advancedFields(step);
  const isSet = advanced.some(({ pointer }) => valueAt(step.json, pointer) !== undefined);
  return (
    <div className="form">
      <Names step={step} />
      {step.kind === 'wait' && <WaitWays step={step} />}
      {fieldsOf(step, components).map((field) => (
        <FieldInput key={field.pointer} step={step} field={field} />
      ))}
      {step.kind === 'switch' && <AddCase step={step} />}
      {step.kind === 'parallel' && <AddBranch step={step} />}
      <CredentialSelect step={step} />
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

/** Sets and removes settings of one step as edits of the text. */
function useSetting(step: FlowStep): (pointer: string, value: Json | undefined) => void {
  const { edit } = useEditor();
  return (pointer, value) =>
    void edit(
      (text) =>
        value === undefined ? removeProperty(text, { step: step.id, pointer }) : setProperty(text, { step: step.id, pointer, value }),
      `${step.id}${pointer}`,
    );
}

function Names({ step }: { readonly step: FlowStep }) {
  const set = useSetting(step);
  return (
    <>
      <PlainInput
        label="Name"
        pointer="/name"
        value={textOf(step.json['name']) ?? ''}
        onChange={(name) => set('/name', name === '' ? undefined : name)}
      />
      <IdInput key={step.id} step={step} />
    </>
  );
}

/** Renamed when it is left, so that what reads the step follows once and not with every letter. */
function IdInput({ step }: { readonly step: FlowStep }) {
  const { edit, select } = useEditor();
  const [id, setId] = useState(step.id);
  const [problem, setProblem] = useState<string>();
  const rename = (): void => {
    if (id === step.id) return setProblem(undefined);
    const result = edit((text) => renameStep(text, { step: step.id, id }));
    if (result.ok) select(id);
    else setProblem(result.problem.message);
  };
  return (
    <div className="mapped">
      <label className="mapped-label">
        Id
        <input
          className="input mono"
          data-pointer="/id"
          value={id}
          aria-invalid={problem !== undefined}
          onChange={(event) => setId(event.target.value)}
          onBlur={rename}
          onKeyDown={(event) => event.key === 'Enter' && rename()}
        />
      </label>
      {problem !== undefined && (
        <p className="bad" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}

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
  readonly onChange: (value: string) => void;
}

export function Select({ label, pointer, value, options, onChange }: SelectProps) {
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
    </label>
  );
}

/** One field of a step, by its kind. */
export function FieldInput({ step, field }: { readonly step: FlowStep; readonly field: Field }) {
  const { flows, flowId } = useEditor();
  const value = valueAt(step.json, field.pointer);
  const set = useSetting(step);
  const { pointer, label } = field;
  if (pointer === '/call') {
    const options = flows.filter(({ id }) => id !== flowId).map(({ id, name }) => [id, name ?? id] as const);
    return <Select {...{ label, pointer, options }} value={textOf(value) ?? ''} onChange={(id) => set(pointer, id)} />;
  }
  const isMapped = typeof value === 'string' && value.includes('{{');
  if ((field.kind === 'choice' || field.kind === 'boolean') && !isMapped) return <ChoiceInput step={step} field={field} />;
  if (!field.mapped) return <FixedInput step={step} field={field} />;
  return <MappedInput step={step} field={field} />;
}

function ChoiceInput({ step, field: { pointer, label, kind, options, required } }: { readonly step: FlowStep; readonly field: Field }) {
  const set = useSetting(step);
  const value = valueAt(step.json, pointer);
  const named =
    kind === 'boolean' ? [['true', 'Yes'] as const, ['false', 'No'] as const] : options.map((option) => [option, option] as const);
  const all = required && value !== undefined ? named : [['', 'Not set'] as const, ...named];
  const change = (chosen: string): void => set(pointer, chosen === '' ? undefined : kind === 'boolean' ? chosen === 'true' : chosen);
  return <Select {...{ label, pointer }} value={value === undefined ? '' : String(value as string)} options={all} onChange={change} />;
}

/** A setting that takes no expressions. */
function FixedInput({ step, field }: { readonly step: FlowStep; readonly field: Field }) {
  const { pointer, label, kind, description } = field;
  const set = useSetting(step);
  const value = valueAt(step.json, pointer);
  const shown = value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  const change = (text: string): void => {
    if (text === '') return set(pointer, undefined);
    const isJson = kind !== 'text' && isReadable(text);
    set(pointer, isJson ? (JSON.parse(text) as Json) : text);
  };
  return <PlainInput {...{ label, pointer, description }} value={shown} onChange={change} />;
}

function isReadable(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function MappedInput({ step, field }: { readonly step: FlowStep; readonly field: Field }) {
  const { tree, loaded } = useEditor();
  const set = useSetting(step);
  const [asRows, setAsRows] = useState(field.kind === 'rows' || isRows(valueAt(step.json, field.pointer)));
  const scope = useMemo(() => scopeFor(tree, step.id, loaded), [tree, step.id, loaded]);
  const sources = useMemo(() => sourcesOf(scope, stepsBefore(tree, step.id), loaded), [scope, tree, step.id, loaded]);
  const value = valueAt(step.json, field.pointer);
  const { pointer, label, required, description, kind } = field;
  const unloaded = loaded.tooLarge.length > 0 ? `Too large to be shown here: ${loaded.tooLarge.join(', ')}.` : undefined;
  const common = { label, pointer, required, description, scope, sources, unloaded };
  const onRow = (key: string, item: Json | undefined): void => set(`${pointer}/${escaped(key)}`, item);
  const mayBeRows = value === undefined || isRows(value);
  const input =
    asRows && mayBeRows ? (
      <RowsField {...common} value={objectOf(value)} values={field.values} onRow={onRow} onRows={(rows) => set(pointer, rows)} />
    ) : (
      <MappedField {...common} kind={kind} value={value} onChange={(next) => set(pointer, next ?? (required ? '' : undefined))} />
    );
  if (!mayBeRows || (kind !== 'rows' && kind !== 'json') || pointer === '/forEach') return input;
  return (
    <div className="mapped">
      {input}
      <Button look="quiet" className="rows-add" onClick={() => setAsRows(!asRows)}>
        {asRows ? `${label} as text` : `${label} as names and values`}
      </Button>
    </div>
  );
}

function isRows(value: Json | undefined): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function CredentialSelect({ step }: { readonly step: FlowStep }) {
  const { components, credentials } = useEditor();
  const set = useSetting(step);
  const accepted = components.find(({ name }) => name === step.json['use'])?.credential;
  const value = textOf(step.json['credential']) ?? '';
  if (!accepted && value === '') return null;
  const fitting = credentials.filter(({ type }) => accepted?.types.includes(type)).map(({ name }) => [name, name] as const);
  return (
    <Select
      label={accepted?.required ? 'Credential needed' : 'Credential'}
      pointer="/credential"
      value={value}
      options={[['', 'None'], ...fitting]}
      onChange={(name) => set('/credential', name === '' ? undefined : name)}
    />
  );
}

const WAIT_STARTS: Readonly<Record<WaitWay, Json>> = { for: { for: '10m' }, until: { until: '' }, webhook: { webhook: {} } };

function WaitWays({ step }: { readonly step: FlowStep }) {
  const set = useSetting(step);
  const options = [
    ['for', 'For a time'] as const,
    ['until', 'Until a time'] as const,
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
