import type { Json } from '@millrace/component-sdk';
import { Braces } from 'lucide-react';
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { enteredValue, fieldText, type FieldKind } from './fields.js';
import { resolveValue, valueWords, type Resolved } from './resolve.js';
import { ValuePicker } from './value-picker.js';
import { withPath, type Source } from './value-tree.js';

export interface MappedFieldProps {
  readonly label: string;
  /** Where it stands, for whoever looks for a field by its place. */
  readonly pointer: string;
  readonly kind: FieldKind;
  readonly value: Json | undefined;
  readonly required?: boolean;
  readonly description?: string;
  readonly scope: Readonly<Record<string, unknown>>;
  readonly sources: readonly Source[];
  /** What else its value cannot be shown for. */
  readonly unloaded?: string;
  readonly hideLabel?: boolean;
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

/** A field for text and expressions; below it what they give for the loaded event. */
export function MappedField(props: MappedFieldProps) {
  const { label, description } = props;
  const { text, message, enter } = useTyped(props);
  const [opened, setOpened] = useState<string>();
  const area = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  const type = (next: string): void => {
    enter(next);
    if (next.length > text.length) setOpened(openerIn(next, area.current?.selectionStart ?? next.length));
  };
  const insert = (path: string): void => {
    const at = { start: area.current?.selectionStart ?? text.length, end: area.current?.selectionEnd ?? text.length };
    const put = withPath(text, at, opened ?? '', path);
    enter(put.text);
    setOpened(undefined);
    requestAnimationFrame(() => focusAt(area.current, put.caret));
  };
  const close = (): void => {
    setOpened(undefined);
    area.current?.focus();
  };
  return (
    <div className="mapped">
      <FieldLabel {...props} id={id} />
      <div className="mapped-box">
        <textarea
          ref={area}
          id={id}
          data-pointer={props.pointer}
          rows={Math.min(14, text.split('\n').length)}
          spellCheck={false}
          value={text}
          aria-describedby={`${id}-about`}
          onChange={(event) => type(event.target.value)}
          onKeyDown={(event) => onFieldKey(event, opened !== undefined, close)}
        />
        <OpenButton label={label} open={opened !== undefined} onClick={() => setOpened(opened === undefined ? '' : undefined)} />
      </div>
      {opened !== undefined && <ValuePicker sources={props.sources} onPick={insert} onClose={close} />}
      <div id={`${id}-about`} className="mapped-about">
        {message === undefined ? <ResolvedLine {...props} /> : <p className="bad">{message}</p>}
        {description !== undefined && <p className="dim">{description}</p>}
      </div>
    </div>
  );
}

function FieldLabel({ id, label, required, hideLabel }: MappedFieldProps & { readonly id: string }) {
  return (
    <div className={hideLabel ? 'visually-hidden' : 'mapped-label'}>
      <label htmlFor={id}>{label}</label>
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

function focusAt(area: HTMLTextAreaElement | null, caret: number): void {
  area?.focus();
  area?.setSelectionRange(caret, caret);
}

/** What was typed to open the tree of values: `{{`, or `/` in a field that holds nothing else. */
function openerIn(text: string, caret: number): string | undefined {
  if (text.slice(0, caret).endsWith('{{')) return '{{';
  return text === '/' ? '/' : undefined;
}

function onFieldKey(event: KeyboardEvent, isOpen: boolean, close: () => void): void {
  if (event.key !== 'Escape' || !isOpen) return;
  event.stopPropagation();
  close();
}

function ResolvedLine({ value, label, scope, unloaded }: MappedFieldProps) {
  const resolved = useResolved(value, label, scope);
  if (resolved.kind === 'plain') return null;
  if (resolved.kind === 'value') return <p className="mapped-value">= {valueWords(resolved.value)}</p>;
  if (scope['trigger'] === undefined) return <p className="dim">No event is loaded to show the value of.</p>;
  if (unloaded !== undefined) return <p className="dim">{unloaded}</p>;
  return (
    <p className="bad" title={resolved.message}>
      {resolved.kind === 'missing' ? 'missing in this event' : resolved.message}
    </p>
  );
}

const PLAIN: Resolved = { kind: 'plain' };

function useResolved(value: Json | undefined, label: string, scope: Readonly<Record<string, unknown>>): Resolved {
  const [resolved, setResolved] = useState<Resolved>(PLAIN);
  const source = useMemo(() => JSON.stringify(value ?? null), [value]);
  useEffect(() => {
    let isCurrent = true;
    void resolveValue(JSON.parse(source) as Json, label, scope).then((next) => isCurrent && setResolved(next));
    return () => void (isCurrent = false);
  }, [source, label, scope]);
  return resolved;
}
