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

function valueOf(path: string, known: Known): Json | undefined {
  const [root, ...keys] = path.replaceAll(/\[(\d+)\]/g, '.$1').split('.');
  return keys.reduce<Json | undefined>(member, known[root as keyof Known]);
}

function member(value: Json | undefined, key: string): Json | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, Json>)[key];
}
