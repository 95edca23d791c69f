import type { Difference } from './judge.js';

const INDENT = '      ';
const LONGEST = 2_000;

/** One difference as lines for people: what, where, and both values below each other. */
export function differenceText({ what, compared, hint }: Difference, where: string): string {
  const values = compared ? [`  expected  ${shown(compared.expected)}`, `  received  ${shown(compared.received)}`] : [];
  const lines = [`${what}  (${where})`, ...values, ...(hint === undefined ? [] : [`  ${hint}`])];
  return lines.map((line) => INDENT + line.replaceAll('\n', `\n${INDENT}            `)).join('\n');
}

/** A value as JSON, small ones on one line; nothing is said as such. */
function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const short = JSON.stringify(value);
  const text = short.length <= 100 || typeof value === 'string' ? short : JSON.stringify(value, null, 2);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
