const KEY = 'millrace-recent-steps';
const MOST = 8;

/** Names of what was added last, newest first. Remembered by the browser. */
export function recentChoices(storage: Storage = localStorage): string[] {
  try {
    const kept: unknown = JSON.parse(storage.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? kept.filter((name) => typeof name === 'string') : [];
  } catch {
    return [];
  }
}

export function noteChoice(name: string, storage: Storage = localStorage): void {
  const names = [name, ...recentChoices(storage).filter((other) => other !== name)].slice(0, MOST);
  try {
    storage.setItem(KEY, JSON.stringify(names));
  } catch {
    // A storage that is full costs a convenience.
  }
}
