/** For programs: what the control API answered, indented. */
export function printJson(value: unknown): void {
  console.log(JSON.stringify(value, null, 2));
}

/** How to see what did not fit: the same command with `--before`. On standard error, so that it is not part of the list. */
export function morePages(command: string, values: Readonly<Record<string, string | boolean | undefined>>, next: string | null): void {
  if (next === null) return;
  const given = Object.entries({ ...values, before: next }).filter(([, value]) => value !== undefined);
  console.error(`\nThere is more: millrace ${command} ${given.map(([name, value]) => `--${name} ${String(value)}`).join(' ')}`);
}
