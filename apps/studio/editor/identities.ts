/** What is the same under another name, so that what shows it stays, with the focus that is in it. */
export interface Identities {
  idOf(name: string): number;
  rename(from: string, to: string): void;
}

export function newIdentities(): Identities {
  const ids = new Map<string, number>();
  let last = 0;
  const idOf = (name: string): number => {
    if (!ids.has(name)) ids.set(name, (last += 1));
    return ids.get(name)!;
  };
  const rename = (from: string, to: string): void => {
    ids.set(to, idOf(from));
    ids.delete(from);
  };
  return { idOf, rename };
}
