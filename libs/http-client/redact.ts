import { redact as redactSpellings } from '@millrace/credentials';

/** With the parts of addresses, by the list that they were made of. */
const withParts = new WeakMap<readonly string[], readonly string[]>();

/**
 * Replaces every secret in a text, however it is written there.
 * Of a secret that is an address, the path and query count as secrets of their own: vendors echo them without the host.
 */
export function redact(text: string, secrets: readonly string[]): string {
  let all = withParts.get(secrets);
  if (all === undefined) {
    all = secrets.flatMap((secret) => [secret, ...addressParts(secret)]);
    withParts.set(secrets, all);
  }
  return redactSpellings(text, all);
}

function addressParts(secret: string): string[] {
  if (!/^https?:\/\//i.test(secret) || !URL.canParse(secret)) return [];
  const { pathname, search } = new URL(secret);
  return [pathname + search, pathname].filter((part) => part.length > 1);
}

/** An address for errors and logs: query values are masked, and all but the origin when the address itself is the secret. */
export function redactUrl(url: URL, secrets: readonly string[], addressIsSecret: boolean): string {
  if (addressIsSecret) return `${url.origin}/…`;
  const names = [...url.searchParams.keys()].map((name) => `${encodeURIComponent(name)}=…`);
  return redact(`${url.origin}${url.pathname}${names.length > 0 ? `?${names.join('&')}` : ''}`, secrets);
}

const EXCERPT_CHARACTERS = 2048;
/** Redacted before it is cut, so that a secret across the cut cannot show half of itself; bounded, because bodies are not. */
const EXCERPT_WINDOW_BYTES = 64 * 1024;

/** The first 2,048 characters of a text body, redacted; of anything else, its size and type. */
export function excerptOf(bytes: Uint8Array, contentType: string | undefined, secrets: readonly string[]): string {
  if (bytes.byteLength === 0) return '';
  if (!isText(contentType)) return `(${bytes.byteLength} bytes of ${contentType})`;
  const text = new TextDecoder().decode(bytes.subarray(0, EXCERPT_WINDOW_BYTES));
  return redact(text, secrets).slice(0, EXCERPT_CHARACTERS);
}

function isText(contentType: string | undefined): boolean {
  return contentType === undefined || /^text\/|[/+](json|xml)\b|javascript|x-www-form-urlencoded/i.test(contentType);
}
