import type { Problem } from '@millrace/flow';

/** One thing wrong with a file or a plugin, as `validate` reports it. */
export interface Finding extends Pick<Problem, 'severity' | 'message'> {
  readonly file: string;
  /** Where in the file, when that is known. */
  readonly at?: { readonly line: number; readonly column: number };
  readonly code: string;
}

/** `file:line:column: severity code message`, as compilers print and editors parse it. */
export function findingLine({ file, at, severity, code, message }: Finding): string {
  return `${file}${at === undefined ? '' : `:${at.line}:${at.column}`}: ${severity} ${code} ${message}`;
}

/** `4 flows: 2 errors, 1 warning`. */
export function summary(flows: number, findings: readonly Finding[]): string {
  const count = (severity: Finding['severity']): number => findings.filter((finding) => finding.severity === severity).length;
  const found = findings.length === 0 ? 'no problems' : `${plural(count('error'), 'error')}, ${plural(count('warning'), 'warning')}`;
  return `${plural(flows, 'flow')}: ${found}`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
