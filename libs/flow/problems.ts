import { positionsOf } from './text.js';
import type { JsonNode, Span } from './text.js';
import { problemCodes } from './problem-codes.js';
import type { ProblemCode } from './problem-codes.js';

/** One thing wrong with a flow file, and where. */
export interface Problem {
  /** Stable and dotted; see `problemCodes`. */
  readonly code: ProblemCode;
  readonly severity: 'error' | 'warning';
  /** A sentence that says what to do. */
  readonly message: string;
  /** JSON pointer (RFC 6901) of the value or key at fault. */
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 units. */
  readonly column: number;
  readonly offset: number;
  readonly length: number;
}

/** Notes one problem at a stretch of the text. */
export type Report = (code: ProblemCode, message: string, where: Span | JsonNode, path: string) => void;

export interface ProblemList {
  readonly report: Report;
  /** What was reported so far, in file order, each once. */
  sorted(): Problem[];
}

export function collectProblems(text: string): ProblemList {
  const position = positionsOf(text);
  const found = new Map<string, Problem>();
  const report: Report = (code, message, { offset, length }, path) => {
    const problem = { code, severity: problemCodes[code].severity, message, path, ...position(offset), offset, length };
    found.set(`${code} ${offset} ${message}`, problem);
  };
  return { report, sorted: () => [...found.values()].sort((a, b) => a.offset - b.offset) };
}

/** True when the problems forbid running the flow; warnings do not. */
export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some(({ severity }) => severity === 'error');
}

/** `file:line:column: severity code message`, one line per problem, as compilers print them. */
export function formatProblems(file: string, problems: readonly Problem[]): string {
  return problems
    .map(({ line, column, severity, code, message }) => `${file}:${line}:${column}: ${severity} ${code} ${message}`)
    .join('\n');
}
