/** Control characters, and those that turn the direction of writing around. */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text from elsewhere on one line, unable to steer the terminal. */
export function printable(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ').replace(UNPRINTABLE, '\ufffd');
}

/** At most `width` characters, the last of them … when something was cut off. */
export function shorten(text: string, width: number): string {
  const characters = [...text];
  return characters.length > width ? `${characters.slice(0, width - 1).join('')}…` : text;
}

/** A value as JSON on one line, cut to `width`; nothing for null. */
export function abbreviate(value: unknown, width: number): string | undefined {
  return value === null || value === undefined ? undefined : shorten(printable(JSON.stringify(value)), width);
}

/** Columns with a heading, wide enough for what is in them; the last one is not padded. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [headings, ...rows.map((row) => row.map(printable))];
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => [...(line[column] ?? '')].length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell + padding(cell, widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function padding(cell: string, width: number): string {
  return ' '.repeat(Math.max(0, width - [...cell].length));
}
