import type { Json } from '@millrace/component-sdk';
import { useMemo, useState } from 'react';
import { objectOf, textOf, type FlowStep } from '../flow/structure.js';
import { useEditor } from './context.js';
import { FieldWay } from './field-way.js';
import { valueAt, type Field } from './fields.js';
import { scopeFor, stepsBefore } from './loaded.js';
import { MappedField } from './mapped-field.js';
import { placeOf } from './places.js';
import { PlainInput, Select } from './plain-inputs.js';
import { escaped, RowsField } from './rows-field.js';
import { useSetting } from './use-setting.js';
import { sourcesOf } from './value-tree.js';

/** One field of a step, by its kind. */
export function FieldInput({ step, field }: { readonly step: FlowStep; readonly field: Field }) {
  const { flows, flowId } = useEditor();
  const [asText, setAsText] = useState(false);
  const value = valueAt(step.json, field.pointer);
  const set = useSetting(step);
  const { pointer, label } = field;
  if (pointer === '/call') {
    const options = flows.filter(({ id }) => id !== flowId).map(({ id, name }) => [id, name ?? id] as const);
    return <Select {...{ label, pointer, options }} value={textOf(value) ?? ''} onChange={(id) => set(pointer, id)} />;
  }
  const isMapped = typeof value === 'string' && value.includes('{{');
  if ((field.kind === 'choice' || field.kind === 'boolean') && !isMapped && !asText) {
    return <ChoiceInput step={step} field={field} onMap={field.mapped ? () => setAsText(true) : undefined} />;
  }
  if (!field.mapped) return <FixedInput step={step} field={field} />;
  return <MappedInput step={step} field={field} />;
}

interface ChoiceProps {
  readonly step: FlowStep;
  readonly field: Field;
  /** Shows the same setting as a field that takes references. */
  readonly onMap: (() => void) | undefined;
}

function ChoiceInput({ step, field: { pointer, label, kind, options, required, description }, onMap }: ChoiceProps) {
  const set = useSetting(step);
  const value = valueAt(step.json, pointer);
  const named =
    kind === 'boolean' ? [['true', 'Yes'] as const, ['false', 'No'] as const] : options.map((option) => [option, option] as const);
  const all = required && value !== undefined ? named : [['', 'Not set'] as const, ...named];
  const change = (chosen: string): void => set(pointer, chosen === '' ? undefined : kind === 'boolean' ? chosen === 'true' : chosen);
  const select = (
    <Select
      {...{ label, pointer, description }}
      value={value === undefined ? '' : String(value as string)}
      options={all}
      onChange={change}
    />
  );
  if (!onMap) return select;
  return (
    <div className="mapped">
      {select}
      <FieldWay of={label} onClick={onMap}>
        from a value
      </FieldWay>
    </div>
  );
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
  const { pointer, label, required, description, kind, multiline } = field;
  const unloaded = loaded.tooLarge.length > 0 ? `Too large to be shown here: ${loaded.tooLarge.join(', ')}.` : undefined;
  const common = { label, pointer, required, description, scope, sources, unloaded, problemAt: useProblems(step.id) };
  const onRow = (key: string, item: Json | undefined): void => set(`${pointer}/${escaped(key)}`, item);
  const mayBeRows = value === undefined || isRows(value);
  const input =
    asRows && mayBeRows ? (
      <RowsField {...common} value={objectOf(value)} values={field.values} onRow={onRow} onRows={(rows) => set(pointer, rows)} />
    ) : (
      <MappedField
        {...common}
        {...{ kind, multiline }}
        takes={field.takes}
        value={value}
        onChange={(next) => set(pointer, next ?? (required ? '' : undefined))}
      />
    );
  if (!mayBeRows || !field.named) return input;
  return (
    <div className="mapped">
      {input}
      <FieldWay of={label} onClick={() => setAsRows(!asRows)}>
        {asRows ? 'as text' : 'as names and values'}
      </FieldWay>
    </div>
  );
}

/** What the check says of a step's fields, by the pointer of each. Of what cannot be read only: the rest is said above. */
function useProblems(stepId: string): (pointer: string) => string | undefined {
  const { problems, tree } = useEditor();
  const place = placeOf(tree, stepId);
  return (pointer) => {
    const own = place ? `${place.list}/${place.at}${pointer}` : undefined;
    return problems.find(({ path, code }) => code.startsWith('reference.') && (path === own || path.startsWith(`${own}/`)))?.message;
  };
}

function isRows(value: Json | undefined): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
