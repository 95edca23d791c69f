/**
 * Time and chance as a flow sees them: derived from the run's id, the step's path and the journal,
 * so that walking the flow again after a crash resolves every expression to the same values.
 */
export interface StepEnvironment {
  readonly now: number;
  random(): number;
  uuid(): string;
}

/** `now` is the moment the previous step finished, which the journal knows. */
export function stepEnvironment(runId: string, path: string, now: number): StepEnvironment {
  const next = generator(`${runId}/${path}`);
  return {
    now,
    random: () => next() / 2 ** 32,
    uuid: () => uuidFrom([next(), next(), next(), next()]),
  };
}

/** sfc32 seeded by FNV-1a: small, well distributed, and not for secrets. */
function generator(seed: string): () => number {
  let a = fnv1a(seed, 0x811c9dc5);
  let b = fnv1a(seed, 0x01000193);
  let c = fnv1a(seed, 0x9e3779b9);
  let counter = 1;
  const next = (): number => {
    const result = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + result;
    return result >>> 0;
  };
  for (let i = 0; i < 12; i += 1) next();
  return next;
}

function fnv1a(text: string, basis: number): number {
  let hash = basis;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash | 0;
}

/** RFC 9562 version 4 layout over four 32-bit words. */
function uuidFrom(words: readonly [number, number, number, number]): string {
  const hex = words.map((word) => word.toString(16).padStart(8, '0')).join('');
  const variant = ((parseInt(hex[16] ?? '0', 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
