import type { Json } from '@millrace/component-sdk';
import { Braces } from 'lucide-react';
import { useCallback, useId, useMemo, useRef, useState, type FocusEvent, type KeyboardEvent } from 'react';
import { everyStep } from '../flow/structure.js';
import { isForIme } from '../ui/ime.js';
import { SourceIcon } from '../ui/tile.js';
import { useEditor } from './context.js';
import { ChipBox, type Box } from './field/chip-box.js';
import {
  continued,
  openingAt,
  queryOf,
  withDefault,
  withReference,
  withReferenceAndDefault,
  type Inserted,
  type Opening,
} from './field/completion.js';
import { brokenIn, lookOf } from './field/look.js';
import { ResolvedLine } from './field/resolved.js';
import { sourceOf, tokensOf, type Token } from './field/tokens.js';
import { rowId, ValueList } from './field/value-list.js';
import { enteredValue, fieldText, type FieldKind, type Takes } from './fields.js';
import { foundRows, type Source, type ValueRow } from './value-tree.js';

export interface MappedFieldProps {
  readonly label: string;
  /** Where it stands, for whoever looks for a field by its place. */
  readonly pointer: string;
  readonly kind: FieldKind;
  readonly value: Json | undefined;
  readonly required?: boolean;
  readonly description?: string;
  readonly takes?: Takes;
  /** Whether Enter begins another line; Shift Enter does in any field. */
  readonly multiline?: boolean;
  readonly scope: Readonly<Record<string, unknown>>;
  readonly sources: readonly Source[];
  /** What else its value cannot be shown for. */
  readonly unloaded?: string;
  readonly hideLabel?: boolean;
  /** Why what a field reads cannot be read, by its pointer. */
  readonly problemAt?: (pointer: string) => string | undefined;
  readonly onChange: (value: Json | undefined) => void;
}

interface Typed {
  readonly text: string;
  /** The value's text when this was typed: once the value is another one, what was typed is old. */
  readonly shown: string;
  readonly message?: string;
}

/** The text of a field while it is typed in, also while it means nothing yet. */
function useTyped({ kind, value, onChange }: MappedFieldProps) {
  const [typed, setTyped] = useState<Typed>();
  const shown = fieldText(value);
  const isTyped = typed?.shown === shown;
  const enter = (next: string): void => {
    const entered = enteredValue(kind, next);
    if (!entered.ok) return setTyped({ text: next, shown, message: entered.message });
    setTyped({ text: next, shown: fieldText(entered.value) });
    onChange(entered.value);
  };
  return { text: isTyped ? typed.text : shown, message: isTyped ? typed.message : undefined, enter };
}

const NONE = -1;

/** The list of values below a field: what opened it, what it shows, which row is chosen. */
function useValues(sources: readonly Source[]) {
  const [opening, setOpening] = useState<Opening>();
  const [typed, setTyped] = useState('');
  const [active, setActive] = useState<number>();
  const search = (words: string): void => {
    setTyped(words);
    setActive(undefined);
  };
  const open = (next: Opening | undefined): void => {
    setOpening(next);
    search('');
  };
  const rows = useMemo(() => (opening === undefined ? [] : foundRows(sources, typed)), [opening, sources, typed]);
  const isUnasked = opening?.glance ?? (opening?.mayBeObject && typed === '');
  return { opening, open, search, typed, rows, active: active ?? (isUnasked ? NONE : 0), setActive };
}

/** A field for text and references; below it what they give for the loaded event. */
export function MappedField(props: MappedFieldProps) {
  const { label, description, pointer, scope, value } = props;
  const { tree } = useEditor();
  const id = useId();
  const field = useField(props);
  const { text, message, values, box } = field;
  const isOpen = values.opening !== undefined;
  const list = `${id}-values`;
  const look = useCallback((path: string) => lookOf(path, scope, tree), [scope, tree]);
  const broken = useMemo(() => brokenIn(tokensOf(text), tree), [text, tree]);
  // It takes the focus for its buttons, which a click gives none in Safari: the list would be gone before it is clicked.
  return (
    <div className="mapped" tabIndex={-1} onBlur={(event) => leaves(event) && values.open(undefined)} onKeyDown={field.onKeyDown}>
      <FieldLabel {...props} id={id} />
      <div className="mapped-box">
        <ChipBox
          {...{ ref: box, id, text, pointer }}
          multiline={props.multiline ?? false}
          invalid={message !== undefined || broken !== undefined}
          list={isOpen ? list : undefined}
          active={isOpen && values.rows[values.active] ? rowId(list, values.active) : undefined}
          lookOf={look}
          iconOf={(path) => <ChipIcon path={path} />}
          onText={field.onText}
          onKeyDown={field.onKeyDown}
          onChip={field.openAt}
          onClick={() => text === '' && !isOpen && values.open(GLANCE)}
        />
        <OpenButton label={label} open={isOpen} onClick={() => values.open(isOpen ? undefined : ASKED)} />
      </div>
      {values.opening && (
        <ValueList
          {...{ id: list, rows: values.rows, active: values.active }}
          search={values.opening.typed === '' && !values.opening.glance ? values.typed : undefined}
          onSearch={values.search}
          onPick={field.pick}
          onText={values.opening.to === undefined ? undefined : field.openText}
        />
      )}
      <div id={`${id}-about`} className="mapped-about">
        {message !== undefined && <p className="bad">{message}</p>}
        {message === undefined && (
          <ResolvedLine
            {...{ value, text, label, scope, broken, takes: props.takes, unloaded: props.unloaded }}
            isCondition={props.kind === 'condition'}
            problem={props.problemAt?.(pointer)}
            onDefault={field.giveDefault}
            onPick={field.openAt}
            onText={field.enter}
          />
        )}
        {description !== undefined && <p className="dim">{description}</p>}
      </div>
    </div>
  );
}

/** Asked for by the button: where the caret is. */
const ASKED: Opening = { from: 0, typed: '' };
const GLANCE: Opening = { ...ASKED, glance: true };

/** What is typed into a field and put into it, and the list of values that helps. */
function useField(props: MappedFieldProps) {
  const isJson = props.kind === 'json';
  const { text, message, enter } = useTyped(props);
  const values = useValues(props.sources);
  const box = useRef<Box>(null);
  const put = ({ text: next, caret }: Inserted): void => {
    values.open(undefined);
    box.current?.caretTo(caret);
    enter(next);
  };
  const pick = ({ path, needsDefault }: ValueRow): void => {
    // In a condition what is missing does not hold, and needs no default.
    const referred = needsDefault && props.kind !== 'condition' ? withReferenceAndDefault : withReference;
    if (values.opening) put(referred(text, box.current!.selected(), values.opening, path, isJson));
  };
  const onText = (next: string, caret: number, typed: boolean): void => {
    enter(next);
    const at = values.opening?.glance ? undefined : values.opening && continued(next, caret, values.opening);
    const query = at && queryOf(next, caret, at);
    if (query === undefined) return values.open(typed && next.length > text.length ? openingAt(next, caret, isJson) : undefined);
    if (at !== values.opening) values.open(at);
    values.search(query);
  };
  const close = (): void => {
    values.open(undefined);
    box.current?.focus();
  };
  return {
    ...{ text, message, enter, values, box, pick, onText },
    openAt: (chip: Token) => values.open({ from: chip.start, to: chip.end, path: chip.path, typed: '' }),
    openText: () => put({ text, caret: (values.opening?.from ?? 0) + 3 }),
    giveDefault: (chip: Token) => put(withDefault(text, chip)),
    onKeyDown: (event: KeyboardEvent) => void (values.opening && listKey(event, { ...values, pick, close })),
  };
}

function leaves({ currentTarget, relatedTarget }: FocusEvent): boolean {
  return relatedTarget instanceof Node ? !currentTarget.contains(relatedTarget) : document.hasFocus();
}

interface ListKeys {
  readonly rows: readonly ValueRow[];
  readonly active: number;
  readonly setActive: (active: number) => void;
  readonly pick: (row: ValueRow) => void;
  readonly close: () => void;
}

/** While the list of values is open, arrows, Enter and Escape are its own, wherever in the field the focus is. */
function listKey(event: KeyboardEvent, { rows, active, setActive, pick, close }: ListKeys): void {
  if (isForIme(event.nativeEvent) || (event.target as HTMLElement).closest('button')) return;
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const row = rows[active];
  const act =
    event.key === 'Escape'
      ? close
      : by !== undefined && rows.length > 0
        ? () => setActive((Math.max(active, by > 0 ? NONE : 0) + by + rows.length) % rows.length)
        : event.key === 'Enter' && row
          ? () => pick(row)
          : undefined;
  if (!act) return;
  event.preventDefault();
  event.stopPropagation();
  act();
}

function ChipIcon({ path }: { readonly path: string }) {
  const { tree } = useEditor();
  const id = sourceOf(path);
  const step = everyStep([...tree.steps, ...tree.onError]).find((one) => one.id === id);
  return <SourceIcon step={step} trigger={id === 'trigger' ? String(tree.trigger['type']) : undefined} />;
}

function FieldLabel({ id, label, required, hideLabel }: MappedFieldProps & { readonly id: string }) {
  return (
    <div className={hideLabel ? 'visually-hidden' : 'mapped-label'}>
      <label id={`${id}-label`} onClick={() => document.getElementById(id)?.focus()}>
        {label}
      </label>
      {required && <span className="dim"> needed</span>}
    </div>
  );
}

function OpenButton({ label, open, onClick }: { readonly label: string; readonly open: boolean; readonly onClick: () => void }) {
  const words = `Insert a value into ${label}`;
  return (
    <button type="button" className="mapped-open" aria-expanded={open} aria-label={words} title="Insert a value" onClick={onClick}>
      <Braces size={15} strokeWidth={1.6} aria-hidden />
    </button>
  );
}
