import { refused } from './answers.js';

/** Headers that mean something to us and so may come once only. Node joins or drops repeats silently. */
const SINGLE = new Set(['host', 'content-type', 'content-length', 'content-encoding', 'transfer-encoding', 'authorization']);

/** Throws a Refused for what makes a request ambiguous, before anything looks at it. */
export function checkHeaders(rawHeaders: readonly string[]): void {
  const seen = new Set<string>();
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase();
    if (!SINGLE.has(name)) continue;
    if (seen.has(name)) throw refused(400, 'header.duplicate', `The header ${name} is there more than once; send it once.`);
    seen.add(name);
    checkTransfer(name, rawHeaders[i + 1] ?? '');
  }
}

/** Node accepts other transfer codings and leaves them undecoded, so that the bytes would not be the body. */
function checkTransfer(name: string, value: string): void {
  if (name === 'transfer-encoding' && value.trim().toLowerCase() !== 'chunked') {
    throw refused(501, 'header.transfer-encoding', 'Only the transfer coding "chunked" is understood.', { connection: 'close' });
  }
}

/** Lower-case names; repeats joined with a comma, cookies with a semicolon (RFC 9110, 5.3; RFC 6265, 5.4). */
export function headersWithout(rawHeaders: readonly string[], isHidden: (name: string) => boolean): Record<string, string> {
  const headers: Record<string, string> = Object.create(null) as Record<string, string>;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase();
    if (isHidden(name)) continue;
    const value = rawHeaders[i + 1] ?? '';
    const earlier = headers[name];
    headers[name] = earlier === undefined ? value : `${earlier}${name === 'cookie' ? '; ' : ', '}${value}`;
  }
  return headers;
}

/** Path and query without the parameters that carried a credential. */
export function urlWithout(url: string, isHidden: (name: string) => boolean): string {
  const mark = url.indexOf('?');
  if (mark < 0) return url;
  const kept = url
    .slice(mark + 1)
    .split('&')
    .filter((pair) => !isHidden(decodedName(pair)));
  return kept.length === 0 ? url.slice(0, mark) : `${url.slice(0, mark)}?${kept.join('&')}`;
}

/** As URLSearchParams reads it, which has nothing to decode in most names; a URL can hold thousands of them. */
function decodedName(pair: string): string {
  const mark = pair.indexOf('=');
  const name = mark < 0 ? pair : pair.slice(0, mark);
  return /[%+]/.test(name) ? (new URLSearchParams(pair).keys().next().value ?? '') : name;
}

/** What secrets usually travel under: nothing so named is kept of a request of which it is not known where its secret was. */
export function soundsSecret(name: string): boolean {
  return /auth|key|token|secret|passw|cookie|session|credential/i.test(name);
}
