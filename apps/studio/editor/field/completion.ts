/** A reference that is being put in: from where, and what of it was typed. */
export interface Opening {
  /** Where what will be replaced begins: the characters that opened it, or the chip. */
  readonly from: number;
  /** What opened it; empty when a button or a click did. */
  readonly typed: '/' | '{' | '{{' | '';
  /** For a chip that is replaced: where it ends, and what it reads now. */
  readonly to?: number;
  readonly path?: string;
  /** Shown by a click into the field, which keeps the focus: what is typed goes into it, and no value is chosen yet. */
  readonly glance?: true;
  /** The brace may as well begin an object: no value is chosen until one is searched for. */
  readonly mayBeObject?: true;
}

/** Whether the character just typed before the caret asks for a value. In JSON, outside of its texts, a brace means itself. */
export function openingAt(text: string, caret: number, isJson: boolean): Opening | undefined {
  const before = text.slice(0, caret);
  if (before.endsWith('\\{{')) return undefined;
  if (before.endsWith('{{')) return { from: caret - 2, typed: '{{' };
  if (before.endsWith('{')) return braceAt(before, isJson);
  return wordBegins(before, isJson).test(before) ? { from: caret - 1, typed: '/' } : undefined;
}

function braceAt(before: string, isJson: boolean): Opening | undefined {
  const opening = { from: before.length - 1, typed: '{' } as const;
  if (isJson && before.trim() === '{') return { ...opening, mayBeObject: true };
  return isJson && needsQuotes(before) ? undefined : opening;
}

/** A slash at the beginning of a word: in JSON also behind the quote of a text, and between texts behind what can stand before a value. */
function wordBegins(before: string, isJson: boolean): RegExp {
  if (!isJson) return /(?:^|\s)\/$/;
  return needsQuotes(before) ? /[\s[:,]\/$/ : /(?:^|[\s"])\/$/;
}

/** What was typed since, to search by; undefined once it cannot be a reference any more. */
export function queryOf(text: string, caret: number, { from, typed, to, mayBeObject }: Opening): string | undefined {
  if (to !== undefined || typed === '') return '';
  const start = from + typed.length;
  if (caret < start || text.slice(from, start) !== typed) return undefined;
  const query = text.slice(start, caret);
  return /[\n{}]/.test(query) || (mayBeObject && query.includes('"')) || (typed === '/' && /^\s/.test(query)) ? undefined : query.trim();
}

/** A brace more turns `{` into `{{`. */
export function continued(text: string, caret: number, opening: Opening): Opening {
  const doubled = opening.typed === '{' && text.slice(opening.from, caret) === '{{';
  return doubled ? { from: opening.from, typed: '{{' } : opening;
}

export interface Inserted {
  readonly text: string;
  readonly caret: number;
}

/** The text with a reference to `path` in place of what opened it and of what was selected. */
export function withReference(
  text: string,
  selection: { readonly start: number; readonly end: number },
  opening: Opening,
  path: string,
  isJson: boolean,
): Inserted {
  const start = opening.typed === '' && opening.to === undefined ? selection.start : opening.from;
  const end = opening.to ?? selection.end;
  const rest = opening.typed === '{{' || opening.typed === '{' ? text.slice(end).replace(/^[^\S\n]*\}\}?/, '') : text.slice(end);
  const before = text.slice(0, start);
  const reference = `{{ ${path} }}`;
  const put = isJson && needsQuotes(before) ? `"${reference}"` : reference;
  return { text: before + put + rest, caret: start + put.length };
}

/** As `withReference`, of what may be missing: with a default, which is typed next. */
export function withReferenceAndDefault(...[text, selection, opening, path, isJson]: Parameters<typeof withReference>): Inserted {
  const put = withReference(text, selection, opening, path, isJson);
  const start = put.text.lastIndexOf('{{', put.caret);
  return withDefault(put.text, { start, end: put.text.indexOf('}}', start) + 2, path });
}

/** In JSON a reference stands in a text; outside of one it brings its own quotes. */
function needsQuotes(before: string): boolean {
  if (!/^\s*[[{]/.test(before)) return false;
  return (before.replace(/\\./g, '').match(/"/g)?.length ?? 0) % 2 === 0;
}

/** The text with a default for the reference between two offsets, and where the default is typed. */
export function withDefault(text: string, chip: { readonly start: number; readonly end: number; readonly path: string }): Inserted {
  const isQuoted = needsSingle(text, chip.start);
  const head = `{{ ${chip.path} ?? ${isQuoted ? "'" : '"'}`;
  const inserted = `${head}${isQuoted ? "'" : '"'} }}`;
  return { text: text.slice(0, chip.start) + inserted + text.slice(chip.end), caret: chip.start + head.length };
}

/** Inside a JSON text a double quote would end it. */
function needsSingle(text: string, at: number): boolean {
  return /^\s*[[{](?!\{)/.test(text) && !needsQuotes(text.slice(0, at));
}
