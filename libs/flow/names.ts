/** Longer names get no suggestion: comparing two names costs the product of their lengths. */
const longestName = 64;

/** The name among `known` that `name` most likely meant: at most a third of its letters differ. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  if (name.length > longestName) return undefined;
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** ` Did you mean \`x\`?`, or the list of what there is, or nothing; starts with a space, to be appended to a sentence. */
export function suggestion(name: string, known: Iterable<string>): string {
  const names = [...known];
  const near = nearest(name, names);
  if (near !== undefined) return ` Did you mean \`${near}\`?`;
  return names.length === 0 ? '' : ` Known: ${listed(names)}.`;
}

/** `a`, `b`, `c` and 4 more. */
export function listed(names: readonly string[], most = 12): string {
  const shown = names
    .slice(0, most)
    .map((name) => `\`${name}\``)
    .join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

/**
 * Edit distance where swapped neighbours count once (optimal string alignment), as a typing hand counts.
 * Gives up at `limit`, so that a long list of long names costs little.
 */
export function editDistance(a: string, b: string, limit = Infinity): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) row.push(cell(a, b, i, j, row, last, beforeLast));
    if (i < a.length && least(row) >= limit && least(last) >= limit) return limit;
    [beforeLast, last] = [last, row];
  }
  return last[b.length] ?? limit;
}

function least(row: readonly number[]): number {
  return row.reduce((smallest, value) => (value < smallest ? value : smallest), Infinity);
}

function cell(a: string, b: string, i: number, j: number, row: number[], last: number[], beforeLast: number[]): number {
  const change = a[i - 1] === b[j - 1] ? 0 : 1;
  const plain = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + change);
  const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
  return swapped ? Math.min(plain, at(beforeLast, j - 2) + 1) : plain;
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
