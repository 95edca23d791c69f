import type { Json } from '@millrace/component-sdk';
import { everyStep, type FlowTree } from '../../flow/structure.js';
import { stepTitle } from '../../flow/words.js';
import { valueWords } from '../resolve.js';
import { KNOWN_LATER } from '../value-tree.js';
import type { ChipLook } from './box-dom.js';
import { sourceOf, UNSEEN, type Token } from './tokens.js';

/** A chip without the step it reads. */
export interface Broken {
  readonly chip: Token;
  readonly reason: string;
}

/** The first reference of a text that no step of the flow can answer, and why. */
export function brokenIn(tokens: readonly Token[], tree: FlowTree): Broken | undefined {
  for (const chip of tokens) {
    const reason = chip.kind === 'chip' ? reasonOf(chip.path, tree) : undefined;
    if (reason !== undefined) return { chip, reason };
  }
  return undefined;
}

function reasonOf(path: string, tree: FlowTree): string | undefined {
  const step = sourceOf(path);
  if (step === undefined || step === 'trigger' || stepOf(tree, step)) return undefined;
  return `There is no step ${step} in this flow. It was deleted, or never there.`;
}

function stepOf(tree: FlowTree, id: string) {
  return everyStep([...tree.steps, ...tree.onError]).find((step) => step.id === id);
}

/** What a chip says when the pointer rests on it: its value for the loaded event and where it comes from. */
export function lookOf(path: string, scope: Readonly<Record<string, unknown>>, tree: FlowTree): ChipLook {
  if (path === 'U+200B') return { title: `A character that cannot be seen (${UNSEEN.codePointAt(0)?.toString(16)})`, broken: false };
  const reason = reasonOf(path, tree);
  if (reason !== undefined) return { title: reason, broken: true };
  const value = valueOfPath(scope, path);
  const isError = /^error(?![A-Za-z0-9_])/.test(path);
  if (isError && value === undefined) return { title: KNOWN_LATER, broken: false };
  const said = value === undefined ? 'nothing in this event' : valueWords(value);
  const step = sourceOf(path);
  const from = isError ? 'what has failed' : step === undefined ? 'the loop' : step === 'trigger' ? 'the trigger' : titleOf(tree, step);
  return { title: `${said}, from ${from}`, broken: false };
}

function titleOf(tree: FlowTree, id: string): string {
  const step = stepOf(tree, id);
  return step ? stepTitle(step) : id;
}

/** The value of a plain path. */
export function valueOfPath(scope: Readonly<Record<string, unknown>>, path: string): Json | undefined {
  const segments = [...path.matchAll(/[A-Za-z_]\w*|`([^`]+)`|\[(\d+)\]/g)].map(([whole, quoted, index]) => quoted ?? index ?? whole);
  return segments.reduce<unknown>((value, key) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    return (value as Record<string, unknown>)[key];
  }, scope) as Json | undefined;
}
