import type { Json } from '@millrace/component-sdk';
import { Plus, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { JsonObject } from '../flow/structure.js';
import { Button, IconButton } from '../ui/controls.js';
import { MappedField, type MappedFieldProps } from './mapped-field.js';
import { fieldText, type FieldKind } from './fields.js';
import { newIdentities } from './identities.js';
import { Legend } from './parts-field.js';

interface RowsFieldProps extends Omit<MappedFieldProps, 'kind' | 'value' | 'onChange'> {
  readonly value: JsonObject;
  readonly values: FieldKind;
  /** Whether values may hold expressions. */
  readonly mapped: boolean;
  /** A value of one key; undefined removes it. */
  readonly onRow: (key: string, value: Json | undefined) => void;
  /** Gives a key another name, which is free. */
  readonly onName: (key: string, name: string) => void;
}

/** An object as keys and values. */
export function RowsField({ value, values, mapped, onRow, onName, ...field }: RowsFieldProps) {
  const keys = Object.keys(value);
  const [rows] = useState(newIdentities);
  const [added, setAdded] = useState<string>();
  const rename = (from: string, to: string): void => {
    if (to === '' || to === from || Object.hasOwn(value, to)) return;
    rows.rename(from, to);
    onName(from, to);
  };
  const add = (): void => {
    const key = freeKey(keys);
    setAdded(key);
    onRow(key, '');
  };
  return (
    <fieldset className="rows-field" data-pointer={field.pointer} tabIndex={-1}>
      <Legend label={field.label} required={field.required} />
      {keys.map((key) => (
        <div key={rows.idOf(key)} className="rows-row">
          <KeyInput of={field.label} name={key} isNew={key === added} onRename={(to) => rename(key, to)} />
          {mapped ? (
            <MappedField
              {...field}
              hideLabel
              description={undefined}
              required={false}
              label={`${field.label} ${key}`}
              pointer={`${field.pointer}/${escaped(key)}`}
              kind={values}
              multiline={values === 'json'}
              takes={values === 'text' ? 'text' : undefined}
              value={value[key]}
              onChange={(next) => onRow(key, next ?? '')}
            />
          ) : (
            <input
              className="input"
              aria-label={`${field.label} ${key}`}
              data-pointer={`${field.pointer}/${escaped(key)}`}
              value={fieldText(value[key])}
              onChange={(event) => onRow(key, event.target.value)}
            />
          )}
          <IconButton label={`Remove ${key}`} onClick={() => onRow(key, undefined)}>
            <X size={15} aria-hidden />
          </IconButton>
        </div>
      ))}
      {field.description !== undefined && <p className="dim">{field.description}</p>}
      <Button look="quiet" className="rows-add" onClick={add}>
        <Plus size={15} aria-hidden /> Add to {field.label.toLowerCase()}
      </Button>
    </fieldset>
  );
}

interface KeyInputProps {
  readonly of: string;
  readonly name: string;
  /** Its name stands for the one that is typed now. */
  readonly isNew: boolean;
  readonly onRename: (to: string) => void;
}

function KeyInput({ of, name, isNew, onRename }: KeyInputProps) {
  const [text, setText] = useState(name);
  const input = useRef<HTMLInputElement>(null);
  const begin = useRef(isNew);
  useEffect(() => {
    if (begin.current) input.current?.select();
  }, []);
  return (
    <input
      ref={input}
      className="input mono"
      aria-label={`Name in ${of}`}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => onRename(text.trim())}
      onKeyDown={(event) => event.key === 'Enter' && onRename(text.trim())}
    />
  );
}

export function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

function freeKey(keys: readonly string[]): string {
  for (let count = 1; ; count += 1) {
    const key = count === 1 ? 'name' : `name${count}`;
    if (!keys.includes(key)) return key;
  }
}
