interface UrlParts {
  readonly base: string;
  /** Without `?`; undefined when there is none. */
  readonly query: string | undefined;
}

/** Every value of a query parameter, percent-decoding both its name and its value. */
export function queryValues(url: string, name: string): string[] {
  return new URLSearchParams(split(url).query ?? '').getAll(name);
}

/** The URL with exactly one parameter of that name; all others keep their place and spelling. The fragment is dropped. */
export function withQuery(url: string, name: string, value: string): string {
  const { base, query } = split(url);
  const others = query ? query.split('&').filter((pair) => keyOf(pair) !== name) : [];
  return `${base}?${[...others, `${encodeURIComponent(name)}=${encodeURIComponent(value)}`].join('&')}`;
}

/** The address with the query of another URL appended to its own. */
export function withQueryOf(address: string, other: string): string {
  const { base, query } = split(address);
  const all = [query, split(other).query].filter((part) => part !== undefined && part !== '');
  return all.length === 0 ? base : `${base}?${all.join('&')}`;
}

/** Why a text cannot serve as an address to send to, or undefined when it can. Never repeats the text, which may be a secret. */
export function addressProblem(text: string): string | undefined {
  if (!URL.canParse(text)) return 'is not an absolute URL such as https://api.example.com';
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must start with https:// or http://';
  if (url.username !== '' || url.password !== '') return 'holds a user name or password; use a credential of type basic instead';
  return undefined;
}

/** The same path and query at another origin; a path of the base comes first. */
export function rebase(address: string, baseUrl: string): string {
  const from = new URL(address);
  return `${baseUrl.replace(/\/+$/, '')}${from.pathname}${from.search}`;
}

function split(url: string): UrlParts {
  const whole = url.split('#', 1)[0] ?? '';
  const mark = whole.indexOf('?');
  return mark < 0 ? { base: whole, query: undefined } : { base: whole.slice(0, mark), query: whole.slice(mark + 1) };
}

function keyOf(pair: string): string | undefined {
  return new URLSearchParams(pair).keys().next().value;
}

/** Reserved characters that HubSpot's documentation wants decoded in what is signed ("Validating requests", version 3). */
const RESERVED = new Map(
  Object.entries({
    '3A': ':',
    '2F': '/',
    '3F': '?',
    '40': '@',
    '21': '!',
    '24': '$',
    '27': "'",
    '28': '(',
    '29': ')',
    '2A': '*',
    '2C': ',',
    '3B': ';',
  }),
);

/** The URL with the escapes of reserved characters decoded, all others as they are. */
export function unescapeReserved(url: string): string {
  return url.replace(/%([0-9a-f]{2})/gi, (escape, digits: string) => RESERVED.get(digits.toUpperCase()) ?? escape);
}
