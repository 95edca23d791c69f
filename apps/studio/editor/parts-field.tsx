import type { Json } from '@millrace/component-sdk';
import { Plus, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { textOf } from '../flow/structure.js';
import { Button, IconButton } from '../ui/controls.js';
import type { FieldKind } from './fields.js';
import { MappedField, type MappedFieldProps } from './mapped-field.js';

type Common = Omit<MappedFieldProps, 'kind' | 'value' | 'onChange'>;

/** Around the fields of an object. */
export function GroupField({ label, required, pointer, description, children }: Common & { readonly children: ReactNode }) {
  return (
    <fieldset className="group-field" data-pointer={pointer} tabIndex={-1}>
      <Legend {...{ label, required }} />
      {description !== undefined && <p className="dim">{description}</p>}
      {children}
    </fieldset>
  );
}

interface ListFieldProps extends Common {
  readonly items: readonly Json[];
  /** What an item may be; any, when empty. */
  readonly options: readonly string[];
  /** How an item is entered. */
  readonly values: FieldKind;
  readonly onItem: (at: number, item: Json) => void;
  /** The whole, when there are more or fewer. */
  readonly onItems: (items: readonly Json[]) => void;
}

/** A list, item by item. */
export function ListField({ items, onItems, ...list }: ListFieldProps) {
  const { label, required, pointer, description, options } = list;
  return (
    <fieldset className="rows-field" data-pointer={pointer} tabIndex={-1}>
      <Legend {...{ label, required }} />
      {items.map((item, at) => (
        <div key={at} className="list-row">
          <Item
            {...list}
            label={`${label} ${at + 1}`}
            pointer={`${pointer}/${at}`}
            item={item}
            onChange={(next) => list.onItem(at, next)}
          />
          <IconButton label={`Remove ${label} ${at + 1}`} onClick={() => onItems(items.filter((_, other) => other !== at))}>
            <X size={15} aria-hidden />
          </IconButton>
        </div>
      ))}
      {description !== undefined && <p className="dim">{description}</p>}
      <Button look="quiet" className="rows-add" onClick={() => onItems([...items, options[0] ?? ''])}>
        <Plus size={15} aria-hidden /> Add to {label.toLowerCase()}
      </Button>
    </fieldset>
  );
}

interface ItemProps extends Pick<ListFieldProps, 'options' | 'values'>, Common {
  readonly item: Json;
  readonly onChange: (item: Json) => void;
}

function Item({ item, options, values, onChange, ...field }: ItemProps) {
  const { label, pointer } = field;
  if (options.length > 0 && options.includes(textOf(item) ?? '')) {
    return (
      <select
        className="input"
        aria-label={label}
        data-pointer={pointer}
        value={textOf(item)}
        onChange={({ target }) => onChange(target.value)}
      >
        {options.map((option) => (
          <option key={option}>{option}</option>
        ))}
      </select>
    );
  }
  const kind = values === 'choice' ? 'text' : values;
  return (
    <MappedField
      {...field}
      hideLabel
      {...{ kind, description: undefined }}
      required={false}
      value={item}
      onChange={(next) => onChange(next ?? '')}
    />
  );
}

/** What a field of several inputs is called. */
export function Legend({ label, required }: Pick<Common, 'label' | 'required'>) {
  return (
    <legend className="mapped-label">
      {label}
      {required && <span className="dim"> needed</span>}
    </legend>
  );
}
