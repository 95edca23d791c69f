import type { Reference } from '../expressions/references.js';
import { lexemes } from '../expressions/scan.js';
import type { ProblemCode } from '../problem-codes.js';
import { neverEqual } from './known-values.js';
import { referenceFault, valuesOfPath } from './view.js';
import type { View } from './view.js';

/** Something wrong with what an expression reads, and where in the expression. */
export interface ReadProblem {
  readonly code: ProblemCode;
  readonly message: string;
  readonly start: number;
  readonly length: number;
}

/** What is wrong with reading a path here, and with what it is compared with. `lenient`: it may be missing. */
export function problemsOfRead(read: Reference, source: string, lenient: boolean, view: View): ReadProblem[] {
  const { path, offsets, guarded } = read;
  const fault = referenceFault(path, guarded || lenient, view);
  if (fault === undefined) return impossible(read, source, view);
  return [{ ...fault, start: offsets[fault.index] ?? 0, length: path[fault.index]?.length ?? 1 }];
}

/** Comparisons with what can never stand there. */
function impossible({ path, comparedWith = [] }: Reference, source: string, view: View): ReadProblem[] {
  const values = comparedWith.length === 0 ? undefined : valuesOfPath(path, view);
  return comparedWith.flatMap(({ value, end }) => {
    const message = neverEqual(path, value, values);
    if (message === undefined) return [];
    const { start = end } = [...lexemes(source)].find((lexeme) => lexeme.end === end) ?? {};
    return [{ code: 'expression.never-equal', message, start, length: end - start }];
  });
}
