const MASK = '[redacted]';

/** Patterns by the list that they were made of: credentials keep theirs for as long as they live. */
const patterns = new WeakMap<readonly string[], RegExp>();

/**
 * Replaces every secret in a text, in whatever way it is written there: plain, in base64, with JSON's escapes or URL-encoded, and in
 * these within each other, as in JSON that is a string within JSON.
 */
export function redact(text: string, secrets: readonly string[]): string {
  if (secrets.length === 0) return text;
  let pattern = patterns.get(secrets);
  if (pattern === undefined) {
    pattern = patternOf(secrets);
    patterns.set(secrets, pattern);
  }
  return text.replace(pattern, MASK);
}

/** Before the first character: none may be left over, which would escape the mask. */
const ALL_BACKSLASHES = '(?<!\\\\)\\\\*';
const SOME_BACKSLASHES = '\\\\{0,15}';

function patternOf(secrets: readonly string[]): RegExp {
  const forms = [...new Set(secrets.flatMap(encodedForms))].filter((form) => form !== '');
  const longestFirst = forms.sort((a, b) => b.length - a.length);
  return new RegExp(longestFirst.map(spelling).join('|') || '(?!)', 'g');
}

function encodedForms(secret: string): readonly string[] {
  const bytes = Buffer.from(secret, 'utf8');
  return [secret, bytes.toString('base64'), bytes.toString('base64url')];
}

function spelling(text: string): string {
  return Array.from(text, (character, at) => characterSpelling(character, at === 0 ? ALL_BACKSLASHES : SOME_BACKSLASHES)).join('');
}

/** Letters and digits are written as they are. Counts are bounded, so that no text takes long to be searched. */
function characterSpelling(character: string, backslashes: string): string {
  if (/^[A-Za-z0-9_.~-]$/.test(character)) return character.replace('.', '\\.');
  const plain = `${backslashes}${character.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&')}`;
  const codes = [...character].flatMap((one) =>
    Array.from({ length: one.length }, (_, at) => `\\\\{1,15}u${anyCase(hex(one.charCodeAt(at), 4))}`),
  );
  const spellings = [plain, percent(character), codes.join(''), ...(character === ' ' ? ['\\+'] : [])];
  return `(?:${spellings.filter((form) => form !== '').join('|')})`;
}

/** Percent-encoded any number of times over, with JSON's backslashes encoded before it. */
function percent(character: string): string {
  const encoded = [...Buffer.from(character, 'utf8')].map((byte) => `%(?:25){0,4}${anyCase(hex(byte, 2))}`).join('');
  return `(?:%(?:25){0,4}5[cC]){0,15}${encoded}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

function anyCase(text: string): string {
  return text.replace(/[a-f]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
}
