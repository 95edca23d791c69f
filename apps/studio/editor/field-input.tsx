import type { Json } from '@millrace/component-sdk';
import { renameProperty } from '@millrace/flow';
import { useState } from 'react';
import { objectOf, textOf, type FlowStep } from '../flow/structure.js';
import { useEditor } from './context.js';
import { useFieldValues } from './field-values.js';
import { FieldWay } from './field-way.js';
import { valueAt, type Field, type FieldKind } from './fields.js';
import { GroupField, ListField } from './parts-field.js';
import { MappedField } from './mapped-field.js';
import { PlainInput, Select } from './plain-inputs.js';
import { escaped, RowsField } from './rows-field.js';
import { useSetting } from './use-setting.js';

/** One field of a step, by its kind. */
export function FieldInput({ step, field }: { readonly step: FlowStep; readonly field: Field }) {
  const { flows, flowId } = useEditor();
  const [asText, setAsText] = useState(false);
  const value = valueAt(step.json, field.pointer);
  const set = useSetting(step, field.group);
  const { pointer, label } = field;
  if (pointer === '/call') {
    const options = flows.filter(({ id }) => id !== flowId).map(({ id, name }) => [id, name ?? id] as const);
    return <Select {...{ label, pointer, options }} value={textOf(value) ?? ''} onChange={(id) => set(pointer, id)} />;
  }
  const isMapped = typeof value === 'string' && value.includes('{{');
  // What holds a reference stays a text while that is typed on or deleted.
  if (isMapped && !asText) setAsText(true);
  const isChoice = field.kind === 'choice' || field.kind === 'boolean';
  if (isChoice && !isMapped && !asText) {
    return <ChoiceInput step={step} field={field} onMap={field.mapped ? () => setAsText(true) : undefined} />;
  }
  if (!field.mapped) return <FixedInput step={step} field={field} />;
  if (!isChoice) return <MappedInput step={step} field={field} />;
  return (
    <div className="mapped">
      <Whole step={step} field={field} />
      {!isMapped && (
        <FieldWay of={label} onClick={() => setAsText(false)}>
          from the choices
        </FieldWay>
      )}
    </div>
  );
}

interface ChoiceProps {
  readonly step: FlowStep;
  readonly field: Field;
  /** Shows the same setting as a field that takes references. */
  readonly onMap: (() => void) | undefined;
}

function ChoiceInput({ step, field: { pointer, label, kind, options, required, description, group }, onMap }: ChoiceProps) {
  const set = useSetting(step, group);
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
  const { pointer, label, kind, description, group } = field;
  const set = useSetting(step, group);
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

/**
 * By its parts where it has some, or whole: as text, where it can also be one expression. What is typed does not change which,
 * for the focus is in it.
 */
function MappedInput({ step, field }: { readonly step: FlowStep; readonly field: Field }) {
  const { pointer, kind } = field;
  const value = valueAt(step.json, pointer);
  const fits = hasParts(value, kind);
  const [inParts, setInParts] = useState(fits && (kind in PARTS || isRows(value)));
  if (inParts && !fits) setInParts(false);
  if (!(kind in PARTS || field.named)) return <Whole step={step} field={field} />;
  return (
    <div className="mapped">
      {inParts && fits ? <Parts step={step} field={field} /> : <Whole step={step} field={field} />}
      {fits && (
        <FieldWay of={field.label} onClick={() => setInParts(!inParts)}>
          {inParts ? 'as text' : (PARTS[kind] ?? 'as names and values')}
        </FieldWay>
      )}
    </div>
  );
}

/** Whether a value can be shown by its parts, so that nothing of it is lost. */
function hasParts(value: Json | undefined, kind: FieldKind): boolean {
  if (value === undefined || (kind !== 'group' && isBlank(value))) return true;
  return kind === 'list' ? Array.isArray(value) : isRows(value);
}

/** What has parts by its kind, with what entering them is called. */
const PARTS: Readonly<Partial<Record<FieldKind, string>>> = { rows: 'as names and values', list: 'as a list', group: 'as fields' };

interface PartProps {
  readonly step: FlowStep;
  readonly field: Field;
}

function Parts({ step, field }: PartProps) {
  const { edit } = useEditor();
  const set = useSetting(step, field.group);
  const common = useCommon({ step, field });
  const { pointer, kind, options, values, fields } = field;
  const value = valueAt(step.json, pointer);
  if (kind === 'group') {
    return (
      <GroupField {...common}>
        {fields.map((one) => (
          <FieldInput key={one.pointer} step={step} field={one} />
        ))}
      </GroupField>
    );
  }
  if (kind === 'list') {
    const items = Array.isArray(value) ? value : [];
    const onItems = (next: readonly Json[]): void => set(pointer, next.length === 0 ? undefined : [...next]);
    return <ListField {...common} {...{ items, options, values, onItems }} onItem={(at, item) => set(`${pointer}/${at}`, item)} />;
  }
  const onRow = (key: string, item: Json | undefined): void =>
    value !== undefined && item !== undefined && isBlank(value) ? set(pointer, { [key]: item }) : set(`${pointer}/${escaped(key)}`, item);
  const onName = (key: string, name: string): void => {
    const at = `${pointer}/${escaped(key)}`;
    edit((text) => renameProperty(text, { step: step.id, pointer: at, name }), `${step.id}${at}`);
  };
  return <RowsField {...common} value={objectOf(value)} {...{ values, onRow, onName }} />;
}

function Whole({ step, field }: PartProps) {
  const set = useSetting(step, field.group);
  const { pointer, required, kind, takes, multiline, group } = field;
  // What must be there is kept as an empty text, but not so that a group would be there for its sake.
  const none = required && group === undefined ? '' : undefined;
  return (
    <MappedField
      {...useCommon({ step, field })}
      {...{ kind: kind in PARTS ? 'json' : kind, multiline: multiline || kind in PARTS, takes }}
      value={valueAt(step.json, pointer)}
      onChange={(next) => set(pointer, next ?? none)}
    />
  );
}

/** What every way to fill in a field shows. */
function useCommon({ step, field: { pointer, label, required, description } }: PartProps) {
  return { label, pointer, required, description, ...useFieldValues(step.id, pointer) };
}

/** What is needed is kept as an empty text while it holds nothing. */
function isBlank(value: Json): boolean {
  return typeof value === 'string' && value.trim() === '';
}

function isRows(value: Json | undefined): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
