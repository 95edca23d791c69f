/** A page: a title, a word on where it comes from, and its parts. */
export function page(title, source, ...parts) {
  return [`# ${title}`, `<!-- Generated from ${source} by npm run docs; change it there. -->`, ...parts.flat()].join('\n\n') + '\n';
}

export function table(headings, rows) {
  return [headings, headings.map(() => '---'), ...rows.map((row) => row.map(cell))].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** Text in a table: one line, and no bar that would end the cell. */
function cell(text) {
  return String(text ?? '')
    .replaceAll('|', '\\|')
    .replaceAll('\n', ' ');
}

export function code(text) {
  return text === undefined || text === '' ? '' : `\`${text}\``;
}

export function sentence(...parts) {
  return parts.filter(Boolean).join(' ');
}
