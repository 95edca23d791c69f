import { decodeText } from './charset.js';
import { BodyRefusal } from './refusal.js';

const MAX_PAIRS = 1_000;

export type Fields = Record<string, string | string[]>;

/** A form (application/x-www-form-urlencoded) as an object: repeated keys become a list. */
export function parseForm(bytes: Uint8Array, charset: string | undefined): Fields {
  const text = decodeText(bytes, charset);
  const pairs = isUtf8(charset) ? [...new URLSearchParams(text)] : pairsIn(text, charset);
  if (pairs.length > MAX_PAIRS) throw new BodyRefusal(400, 'body.too-many-fields', `A form may have ${MAX_PAIRS} fields.`);
  return collect(pairs);
}

/** Name and value pairs as an object without a prototype, so that no key can reach one; what is repeated becomes a list. */
export function collect(pairs: Iterable<readonly [string, string]>): Fields {
  const fields = Object.create(null) as Fields;
  for (const [name, value] of pairs) {
    const earlier = fields[name];
    if (earlier === undefined) fields[name] = value;
    else if (Array.isArray(earlier)) earlier.push(value);
    else fields[name] = [earlier, value];
  }
  return fields;
}

function isUtf8(charset: string | undefined): boolean {
  return charset === undefined || ['utf-8', 'utf8', 'us-ascii'].includes(charset);
}

/** URLSearchParams takes escapes for UTF-8; senders of other charsets escape the bytes of theirs. */
function pairsIn(text: string, charset: string | undefined): [string, string][] {
  const decode = (part: string): string => decodeText(unescape(part), charset);
  return text
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const mark = pair.indexOf('=');
      return mark < 0 ? [decode(pair), ''] : [decode(pair.slice(0, mark)), decode(pair.slice(mark + 1))];
    });
}

function unescape(part: string): Uint8Array {
  const latin1 = part.replaceAll('+', ' ').replace(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)));
  return Buffer.from(latin1, 'latin1');
}
