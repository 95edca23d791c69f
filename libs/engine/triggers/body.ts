import secureJson from 'secure-json-parse';

/** Why a body cannot be read, with the answer that the table of answers gives it. */
export class BodyRefusal extends Error {
  constructor(
    readonly status: 400 | 415,
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'BodyRefusal';
  }
}

/** Deepest nesting of a JSON body. Parsing survives more, but printing and cloning overflow the stack at some ten thousand. */
const MAX_DEPTH = 100;
const MAX_FORM_PAIRS = 1_000;
/** What secure-json-parse says of a `__proto__` key. */
const FORBIDDEN_KEY = 'Object contains forbidden prototype property';

/**
 * The parsed view of a body. The bytes stay what they are; this is what expressions see. An empty body is null.
 * Throws a BodyRefusal for what is malformed, dangerous or of a type that this version does not read.
 */
export function parseBody(bytes: Uint8Array, contentType: string | undefined): unknown {
  if (bytes.length === 0) return null;
  const { type, charset } = mediaType(contentType);
  if (isJson(type)) return parseJson(decode(bytes, charset));
  if (type === 'application/x-www-form-urlencoded') return parseForm(decode(bytes, charset));
  if (type.startsWith('text/') && type !== 'text/xml') return decode(bytes, charset);
  throw new BodyRefusal(415, 'body.type-not-accepted', typeMessage(type));
}

/** The media type in lower case without its parameters, and the charset if one is named. */
export function mediaType(contentType: string | undefined): { type: string; charset: string | undefined } {
  const [type = '', ...parameters] = (contentType ?? '').split(';').map((part) => part.trim());
  const charset = parameters.map((parameter) => /^charset="?([^"]+)"?$/i.exec(parameter)?.[1]).find((value) => value !== undefined);
  return { type: type.toLowerCase(), charset: charset?.toLowerCase() };
}

function isJson(type: string): boolean {
  return type === 'application/json' || type.endsWith('+json');
}

function typeMessage(type: string): string {
  const said = type === '' ? 'The request has a body but no Content-Type' : `Bodies of type ${type} are not read`;
  return `${said}; send application/json, application/x-www-form-urlencoded or text.`;
}

/** UTF-8 and its subset only, strictly: a replaced character would be a changed event. A byte order mark is dropped. */
function decode(bytes: Uint8Array, charset: string | undefined): string {
  if (charset !== undefined && !['utf-8', 'utf8', 'us-ascii'].includes(charset)) {
    throw new BodyRefusal(415, 'body.charset-not-accepted', `The charset ${charset} is not read; send UTF-8.`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new BodyRefusal(400, 'body.not-utf8', 'The body is not valid UTF-8.');
  }
}

function parseJson(text: string): unknown {
  if (depthExceeds(text, MAX_DEPTH)) throw new BodyRefusal(400, 'body.too-deep', `The JSON is nested deeper than ${MAX_DEPTH} levels.`);
  try {
    return secureJson.parse(text, undefined, { protoAction: 'error', constructorAction: 'ignore' });
  } catch (error) {
    // The whole message: that of a syntax error quotes the body.
    if ((error as Error).message === FORBIDDEN_KEY)
      throw new BodyRefusal(400, 'body.forbidden-key', 'The JSON has a "__proto__" key, which is not accepted.');
    throw new BodyRefusal(400, 'body.malformed', 'The body is not valid JSON.');
  }
}

/** Counts brackets outside strings, without recursion. */
function depthExceeds(text: string, limit: number): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (inString) {
      if (code === 0x5c) i += 1;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > limit) return true;
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  return false;
}

/** Repeated keys become a list; the result has no prototype, so that no key can reach one. */
function parseForm(text: string): unknown {
  const pairs = [...new URLSearchParams(text)];
  if (pairs.length > MAX_FORM_PAIRS) throw new BodyRefusal(400, 'body.too-many-fields', `A form may have ${MAX_FORM_PAIRS} fields.`);
  return collect(pairs);
}

/** Name and value pairs as an object; what is repeated becomes a list. */
export function collect(pairs: Iterable<readonly [string, string]>): Record<string, string | string[]> {
  const fields = Object.create(null) as Record<string, string | string[]>;
  for (const [name, value] of pairs) {
    const earlier = fields[name];
    if (earlier === undefined) fields[name] = value;
    else if (Array.isArray(earlier)) earlier.push(value);
    else fields[name] = [earlier, value];
  }
  return fields;
}
