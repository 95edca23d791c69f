import type { Conditions } from './conditions.js';

/** What may begin or end an id, as people copy it. */
const ID_PART = /^[0-9a-f-]{4,36}$/;

/** The lowest and the highest id that begin with a text; undefined when none can. */
export function idsBeginning(text: string): { readonly lowest: string; readonly highest: string } | undefined {
  const digits = text.replaceAll('-', '');
  if (!ID_PART.test(text) || digits.length > 32 || !withDashes(digits).startsWith(text.replace(/-$/, ''))) return undefined;
  return { lowest: withDashes(digits.padEnd(32, '0')), highest: withDashes(digits.padEnd(32, 'f')) };
}

/** A condition for ids that end with the text, as lists show them; none where it is no part of an id. */
export function endsWith(where: Conditions, column: string, text: string): string {
  return ID_PART.test(text) ? `right(${column}::text, ${text.length}) = ${where.parameter(text)}` : 'false';
}

function withDashes(digits: string): string {
  return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)]
    .filter((part) => part !== '')
    .join('-');
}
