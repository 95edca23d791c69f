const KEY = 'millrace-person';
const LONGEST = 100;

/** How whoever sits here wants to be called in the audit log. Remembered by the browser; empty unless they say so. */
export function person(): string {
  return localStorage.getItem(KEY) ?? '';
}

export function setPerson(name: string): void {
  localStorage.setItem(KEY, name.trim().slice(0, LONGEST));
}

/** What tells the server, with whatever changes something. */
export function personHeader(): Readonly<Record<string, string>> {
  const name = person();
  return name === '' ? {} : { 'x-millrace-as': encodeURIComponent(name) };
}
