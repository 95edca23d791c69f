/** What other keyboards have printed where Apple's have a sign. */
const ELSEWHERE: Readonly<Record<string, string>> = { '⌘': 'Ctrl', '⌥': 'Alt' };

function isApple(platform: string): boolean {
  return /^(Mac|iP)/.test(platform);
}

/** A key by what the keyboard in use has printed on it: `⌘` is Ctrl and `⌥` is Alt unless it is Apple's. */
export function keyName(key: string, platform = navigator.platform): string {
  return isApple(platform) ? key : (ELSEWHERE[key] ?? key);
}

/** Keys that are pressed together: `⇧⌘↵`, elsewhere `Ctrl ⇧ ↵`. */
export function keyNames(keys: string, platform = navigator.platform): string {
  if (isApple(platform)) return keys;
  const names = [...keys].map((key) => keyName(key, platform));
  return names.sort((a, b) => Number(isModifier(b)) - Number(isModifier(a))).join(' ');
}

function isModifier(name: string): boolean {
  return Object.values(ELSEWHERE).includes(name);
}
