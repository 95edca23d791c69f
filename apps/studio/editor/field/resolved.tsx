import type { Json } from '@millrace/component-sdk';
import { useEffect, useMemo, useState } from 'react';
import { Button } from '../../ui/controls.js';
import { plainSentence, Sentence } from '../../ui/sentence.js';
import { resolveValue, valueWords, type Resolved } from '../resolve.js';
import type { Takes } from '../fields.js';
import { KNOWN_LATER } from '../value-tree.js';
import type { Broken } from './look.js';
import { valueOfPath } from './look.js';
import { tokensOf, type Token } from './tokens.js';

interface ResolvedLineProps {
  readonly value: Json | undefined;
  readonly text: string;
  readonly label: string;
  readonly scope: Readonly<Record<string, unknown>>;
  readonly unloaded: string | undefined;
  readonly takes: Takes | undefined;
  /** It is one expression, and as a text it says nothing. */
  readonly isCondition: boolean;
  readonly broken: Broken | undefined;
  /** Why it cannot be read in any event. */
  readonly problem: string | undefined;
  readonly onDefault: (chip: Token) => void;
  readonly onPick: (chip: Token) => void;
  readonly onText: (text: string) => void;
}

/** Below a field: what it gives for the loaded event, or what is wrong and how it is mended. */
export function ResolvedLine(props: ResolvedLineProps) {
  const { value, text, label, scope, unloaded, broken, isCondition } = props;
  const resolved = useResolved(value, label, scope, isCondition);
  if (broken) {
    return (
      <Wrong words={broken.reason}>
        <Fix onClick={() => props.onPick(broken.chip)}>Pick another</Fix>
      </Wrong>
    );
  }
  if (resolved.kind === 'plain') return null;
  if (resolved.kind === 'value') return <ValueLine {...props} resolved={resolved.value} />;
  if (resolved.kind === 'later') return <p className="dim">{KNOWN_LATER}</p>;
  if (isCondition && resolved.kind === 'wrong') return <Wrong words={resolved.message} />;
  if (scope['trigger'] === undefined) return <p className="dim">No event is loaded, so no value is shown.</p>;
  if (unloaded !== undefined) return <p className="dim">{unloaded}</p>;
  if (isCondition && resolved.kind === 'missing' && props.problem === undefined) return <HoldsNot about={resolved.message} />;
  const missing = resolved.kind === 'missing' ? missingChip(text, scope) : undefined;
  return (
    <Wrong words={wordsOf(resolved, props.problem)} about={resolved.message}>
      {missing && <Fix onClick={() => props.onDefault(missing)}>Use default…</Fix>}
      {missing && <Fix onClick={() => props.onPick(missing)}>Pick another</Fix>}
    </Wrong>
  );
}

function wordsOf({ kind, message }: { readonly kind: string; readonly message: string }, problem: string | undefined): string {
  return kind === 'missing' ? (problem ?? 'missing in this event') : message;
}

/** A condition about what is missing: nothing is wrong with it, it is false. */
function HoldsNot({ about }: { readonly about: string }) {
  return (
    <p className="dim" title={plainSentence(about)}>
      = false: missing in this event
    </p>
  );
}

function Wrong({ words, about, children }: { readonly words: string; readonly about?: string; readonly children?: React.ReactNode }) {
  return (
    <div className="mapped-wrong">
      <p className="bad" title={about && plainSentence(about)}>
        <Sentence text={words} />
      </p>
      {children}
    </div>
  );
}

function Fix({ onClick, children }: { readonly onClick: () => void; readonly children: string }) {
  return (
    <Button look="quiet" className="mapped-fix" data-fix onClick={onClick}>
      {children}
    </Button>
  );
}

function missingChip(text: string, scope: Readonly<Record<string, unknown>>): Token | undefined {
  return tokensOf(text).find(({ kind, path }) => kind === 'chip' && valueOfPath(scope, path) === undefined);
}

const MAKES: Readonly<Record<Takes, { readonly fn: string | undefined; readonly words: string }>> = {
  number: { fn: '$number', words: 'Make it a number' },
  text: { fn: '$string', words: 'Make it text' },
  boolean: { fn: undefined, words: '' },
};
const NAMES: Readonly<Record<string, string>> = { string: 'text', number: 'a number', boolean: 'true or false', object: 'an object' };

function ValueLine({ resolved, text, takes, onText }: ResolvedLineProps & { readonly resolved: Json }) {
  const isOther = takes !== undefined && resolved !== null && typeof resolved !== (takes === 'text' ? 'string' : takes);
  const inner = /^\s*\{\{([\s\S]*)\}\}\s*$/.exec(text)?.[1]?.trim();
  const { fn, words } = MAKES[takes ?? 'boolean'];
  return (
    <>
      <p className="mapped-value">= {valueWords(resolved)}</p>
      {isOther && (
        <div className="mapped-wrong">
          <p className="warn">
            {Array.isArray(resolved) ? 'a list' : NAMES[typeof resolved]}, and this takes {NAMES[takes === 'text' ? 'string' : takes]}
          </p>
          {fn !== undefined && inner !== undefined && <Fix onClick={() => onText(`{{ ${fn}(${inner}) }}`)}>{words}</Fix>}
        </div>
      )}
    </>
  );
}

const PLAIN: Resolved = { kind: 'plain' };

function useResolved(value: Json | undefined, label: string, scope: Readonly<Record<string, unknown>>, isCondition: boolean): Resolved {
  const [resolved, setResolved] = useState<Resolved>(PLAIN);
  const source = useMemo(() => JSON.stringify(value ?? null), [value]);
  useEffect(() => {
    let isCurrent = true;
    void resolveValue(JSON.parse(source) as Json, label, scope, isCondition).then((next) => isCurrent && setResolved(next));
    return () => void (isCurrent = false);
  }, [source, label, scope, isCondition]);
  return resolved;
}
