import type { Json } from '@millrace/component-sdk';

/** A value that a condition looked at. */
export interface Looked {
  /** As the author wrote it: `steps.order.total`. */
  readonly path: string;
  /** Undefined where it was missing. */
  readonly value: Json | undefined;
}

/** What expressions of a run could see, as far as the page knows it. */
export interface Known {
  readonly trigger: Readonly<Record<string, Json>>;
  readonly steps: Readonly<Record<string, Json>>;
}

const PATH = /\b(?:trigger|steps)(?:\.[A-Za-z_$][\w$]*|\[\d+\])+/g;
const TEXT = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g;

/** The plain paths of a condition with the values they had; what is computed from them is not repeated here. */
export function lookedAt(condition: string, known: Known): Looked[] {
  const paths = condition.replace(TEXT, '""').match(PATH) ?? [];
  return [...new Set(paths)].map((path) => ({ path, value: valueOf(path, known) }));
}

/** What is longer is named by its kind. */
const SHORT = 40;

/** A condition with the values that its plain paths had in their places: `812.5 >= 500`. Texts and everything else stay as written. */
export function withValues(condition: string, known: Known): string {
  const texts = condition.match(TEXT) ?? [];
  const shown = condition.split(TEXT).map((part) => part.replace(PATH, (path) => inPlace(valueOf(path, known))));
  return shown.flatMap((part, index) => [part, texts[index] ?? '']).join('');
}

function inPlace(value: Json | undefined): string {
  if (value === undefined) return '(missing)';
  const text = JSON.stringify(value);
  if (text.length <= SHORT) return text;
  if (Array.isArray(value)) return `(${value.length} items)`;
  return typeof value === 'string' ? `${text.slice(0, SHORT)}…"` : '(an object)';
}

function valueOf(path: string, known: Known): Json | undefined {
  const [root, ...keys] = path.replaceAll(/\[(\d+)\]/g, '.$1').split('.');
  return keys.reduce<Json | undefined>(member, known[root as keyof Known]);
}

function member(value: Json | undefined, key: string): Json | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, Json>)[key];
}
