/** What the studio asks for on every page, below `/api/v1/`. */
const ALWAYS = ['status', 'dead-letters/causes'];

/** What it asks for first on a page; a name in braces stands for a part of the page's address. */
const FIRST: Readonly<Record<string, readonly string[]>> = {
  '/flows': ['flows', 'drafts', 'activity'],
  '/flows/{id}': ['flows/{id}'],
  // The draft or, where there is none, the text: which of them is known only then.
  '/flows/{id}/edit': ['flows', 'drafts', 'components'],
  '/flows/{id}/versions': ['flows/{id}/versions?limit=100'],
  '/runs/{id}': ['runs/{id}?preview=true'],
  '/events/{id}': ['flows', 'events/{id}'],
  '/health': ['flows', 'activity'],
  '/endpoints': ['endpoints', 'flows'],
  '/credentials': ['components', 'credentials'],
  '/settings': ['settings'],
  '/operations': ['operations?limit=100'],
};

/** Of lists, which are asked for by what the address filters them by: only without a filter it is known here. */
const UNFILTERED: Readonly<Record<string, readonly string[]>> = {
  '/': ['flows', 'runs?limit=50'],
  '/runs': ['flows', 'runs?limit=50'],
  '/flows/{id}/runs': ['flows', 'runs?flow={id}&limit=50'],
  '/events': ['flows', 'events?limit=50'],
  '/audit': ['audit?limit=50'],
};

const PATTERNS = Object.entries({ ...FIRST, ...UNFILTERED }).map(([page, asked]) => ({
  page: new RegExp(`^${page.replace('{id}', '([\\w-]+)')}$`),
  asked,
  isList: page in UNFILTERED,
}));

/**
 * The `link` header of a page: what it will ask for first, so that the browser does so beside the scripts of the page and not after
 * them. A preload counts only where it is asked for with the same address, mode and credentials: as `fetch` does by itself.
 * https://html.spec.whatwg.org/multipage/links.html#link-type-preload
 */
export function preloads(address: string): string {
  const [path, query] = address.split('?', 2);
  const asked = PATTERNS.flatMap(({ page, asked: some, isList }) => {
    const match = isList && query ? null : page.exec(path ?? '');
    return match ? some.map((one) => one.replace('{id}', match[1] ?? '')) : [];
  });
  return [...ALWAYS, ...asked].map((one) => `</api/v1/${one}>; rel=preload; as=fetch; crossorigin`).join(', ');
}
