import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { decodeText } from './charset.js';
import { BodyRefusal, forbiddenKey, MAX_DEPTH } from './refusal.js';

const MAX_ATTRIBUTES = 100;

/** An element while it is read. */
interface Open {
  readonly name: string;
  readonly members: Record<string, unknown>;
  text: string;
}

/**
 * XML as JSON, by one rule that needs no schema. An element is its text where it has neither attributes nor elements
 * inside; else an object with its attributes as `@name`, its elements by name (a list where one is repeated) and its
 * text, if any but white space, as `#text`. Names keep their prefixes, values stay texts. See docs/adr/0031.
 * Entities are never expanded, save the five that XML itself has: a document type is refused.
 */
export function parseXml(bytes: Uint8Array, charset: string | undefined): unknown {
  const text = decodeText(bytes, charset ?? declaredCharset(bytes));
  const tree = new Tree();
  const parser = new SaxesParser({ xmlns: false });
  parser.on('error', () => {
    throw malformed();
  });
  parser.on('doctype', () => {
    throw new BodyRefusal(400, 'body.doctype', 'The XML has a document type declaration, which is not accepted.');
  });
  parser.on('opentag', (tag) => tree.open(tag));
  parser.on('text', (part) => tree.text(part));
  parser.on('cdata', (part) => tree.text(part));
  parser.on('closetag', () => tree.close());
  parser.write(text).close();
  return tree.root;
}

function malformed(): BodyRefusal {
  return new BodyRefusal(400, 'body.malformed', 'The body is not well-formed XML.');
}

/** What the XML declaration says, or the byte order mark of UTF-16 (XML 1.0, appendix F). */
function declaredCharset(bytes: Uint8Array): string | undefined {
  if ((bytes[0] === 0xfe && bytes[1] === 0xff) || (bytes[0] === 0xff && bytes[1] === 0xfe)) return 'utf-16';
  const start = Buffer.from(bytes.subarray(0, 200)).toString('latin1');
  return /^(?:\xef\xbb\xbf)?<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]+)["']/.exec(start)?.[1]?.toLowerCase();
}

class Tree {
  root: unknown = undefined;
  private readonly path: Open[] = [];

  open({ name, attributes }: SaxesTagPlain): void {
    if (this.path.length >= MAX_DEPTH) {
      throw new BodyRefusal(400, 'body.too-deep', `The XML is nested deeper than ${MAX_DEPTH} levels.`);
    }
    const pairs = Object.entries(attributes);
    if (pairs.length > MAX_ATTRIBUTES) {
      throw new BodyRefusal(400, 'body.too-many-fields', `An XML element may have ${MAX_ATTRIBUTES} attributes.`);
    }
    if (name === '__proto__') throw forbiddenKey('XML');
    const members = Object.create(null) as Record<string, unknown>;
    for (const [attribute, value] of pairs) members[`@${attribute}`] = value;
    this.path.push({ name, members, text: '' });
  }

  text(part: string): void {
    const element = this.path.at(-1);
    if (element) element.text += part;
  }

  close(): void {
    const { name, members, text } = this.path.pop()!;
    const value = valueOf(members, text);
    const parent = this.path.at(-1);
    if (parent) add(parent.members, name, value);
    else this.root = Object.assign(Object.create(null), { [name]: value });
  }
}

function valueOf(members: Record<string, unknown>, text: string): unknown {
  if (Object.keys(members).length === 0) return text;
  if (text.trim() !== '') members['#text'] = text;
  return members;
}

/** An element's value is never a list itself, so that a list is always made by repetition. */
function add(members: Record<string, unknown>, name: string, value: unknown): void {
  const earlier = members[name];
  if (earlier === undefined) members[name] = value;
  else if (Array.isArray(earlier)) earlier.push(value);
  else members[name] = [earlier, value];
}
