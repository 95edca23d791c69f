import { complain, keyCursors, readMap, readText, type Cursor } from './reader.js';

/** What a header may be called: a token (RFC 9110, section 5.6.2). */
export const headerNamePattern = "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$";

/** What a header may say: one line of Latin-1 (RFC 9110, section 5.5). */
export const headerValuePattern = '^[\\t\\x20-\\x7e\\x80-\\xff]*$';

/** Headers that say how the answer is sent, which is the server's business (RFC 9110, section 7.6.1; RFC 9112). */
const serverHeaders = ['connection', 'content-length', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade'];

/** The headers of an answer, their values as the author wrote them. */
export function readHeaders(at: Cursor): Record<string, string> | undefined {
  for (const key of keyCursors(at)) checkName(key, String(key.node.value));
  return readMap(readText)(at);
}

/** The same where nothing is filled in later, so that the values can be checked as well. */
export function readFixedHeaders(at: Cursor): Record<string, string> | undefined {
  const headers = readHeaders(at);
  const unfit = Object.keys(headers ?? {}).find((name) => !new RegExp(headerValuePattern).test(headers![name]!));
  if (unfit === undefined) return headers;
  return complain(at, 'flow.bad-value', `The header \`${unfit}\` must be one line of Latin-1 characters.`);
}

function checkName(at: Cursor, name: string): void {
  if (!new RegExp(headerNamePattern).test(name)) complain(at, 'flow.bad-value', `\`${name}\` cannot be the name of a header.`);
  if (serverHeaders.includes(name.toLowerCase())) complain(at, 'flow.bad-value', `The server sets \`${name}\` itself; remove it.`);
}
