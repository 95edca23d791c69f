/** What is wrong with an entry of the credentials file. Stable. */
export type CredentialProblemCode =
  | 'credential.bad-shape'
  | 'credential.unknown-key'
  | 'credential.unknown-type'
  | 'credential.bad-scheme'
  | 'credential.bad-url'
  | 'credential.secret-missing'
  | 'credential.secret-empty'
  | 'credential.secret-unusable'
  | 'credential.secret-padded'
  | 'credential.secret-weak';

export interface CredentialProblem {
  readonly code: CredentialProblemCode;
  /** JSON pointer into the entry; empty for the entry itself. */
  readonly path: string;
  /** One sentence that says what to do. Holds no secret. */
  readonly message: string;
}

/** Takes problems as they are found, so that all of an entry are known at once. */
export type Report = (code: CredentialProblemCode, path: string, message: string) => void;

/** A JSON pointer with one more segment (RFC 6901). */
export function pointer(path: string, segment: string | number): string {
  return `${path}/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** ` Did you mean "x"?` for the nearest known name, or nothing when none is near. */
export function didYouMean(name: string, known: readonly string[]): string {
  const ranked = known.map((candidate) => ({ candidate, distance: editDistance(name.toLowerCase(), candidate.toLowerCase()) }));
  const best = ranked.sort((a, b) => a.distance - b.distance)[0];
  return best !== undefined && best.distance <= Math.max(2, name.length / 3) ? ` Did you mean "${best.candidate}"?` : '';
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [i, char] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (char === other ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
