/** A name that is not taken: the plain one, else the first that is free with a number behind it. */
export function freeName(plain: string, taken: readonly string[]): string {
  if (!taken.includes(plain)) return plain;
  for (let count = 2; ; count += 1) if (!taken.includes(`${plain}-${count}`)) return `${plain}-${count}`;
}
