/** The parts of a Content-Type that decide how a body is read. */
export interface MediaType {
  /** In lower case, without parameters; empty without a header. */
  readonly type: string;
  readonly charset: string | undefined;
}

/** Senders repeat themselves: what was read once is remembered, up to so many different headers. */
const MAX_REMEMBERED = 256;
const remembered = new Map<string, MediaType>();

/** The media type in lower case without its parameters, and the charset if one is named. */
export function mediaType(contentType: string | undefined): MediaType {
  const text = contentType ?? '';
  const known = remembered.get(text);
  if (known) return known;
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  const read = readMediaType(text);
  remembered.set(text, read);
  return read;
}

function readMediaType(contentType: string): MediaType {
  const [type = '', ...parameters] = contentType.split(';').map((part) => part.trim());
  const charset = parameters.map((parameter) => /^charset="?([^"]+)"?$/i.exec(parameter)?.[1]).find((value) => value !== undefined);
  return { type: type.toLowerCase(), charset: charset?.toLowerCase() };
}

/** RFC 2046, section 5.1.1: up to 70 characters, quoted where it has others than those of a token. */
const BOUNDARY = /;\s*boundary=(?:"([^"\r\n]{1,70})"|([^\s;"]{1,70}))/i;

/** What separates the parts of a multipart body. */
export function boundaryOf(contentType: string): string | undefined {
  const [, quoted, plain] = BOUNDARY.exec(contentType) ?? [];
  return quoted ?? plain;
}

/** `type/subtype`, each a token (RFC 9110, section 8.3.1). */
export function isMediaType(type: string): boolean {
  return /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+$/.test(type);
}

export function isJson(type: string): boolean {
  return type === 'application/json' || type.endsWith('+json');
}

export function isXml(type: string): boolean {
  return type === 'application/xml' || type === 'text/xml' || type.endsWith('+xml');
}
