import { headerValues, type IncomingRequest } from '../../request.js';
import { proven } from '../diagnosis.js';
import type { NearMiss, Patient } from '../patient.js';

/** Headers in which proxies say what the caller asked for. Never trusted: they only suggest what to try. */
const HOSTS = ['x-forwarded-host', 'host', 'x-original-host'];
const PATHS = ['x-forwarded-uri', 'x-original-uri', 'x-original-url', 'x-rewrite-url'];
const MOST_TRIES = 64;

/** The sender signed another URL than the one that the credential is checked with. */
export function* urlMisses({ scheme, request }: Patient): Iterable<NearMiss> {
  if ((scheme.signed ?? '').includes('{url}')) yield* otherUrls(request);
}

/** The request under every URL that the sender may have meant. */
export function* otherUrls(request: IncomingRequest): Iterable<NearMiss> {
  if (!URL.canParse(request.url)) return;
  const tried = new Set([request.url]);
  for (const { url, differs } of urls(request)) {
    if (tried.has(url) || tried.size > MOST_TRIES) continue;
    tried.add(url);
    const message = `The sender signed the URL ${shown(url)}; it was checked as ${shown(request.url)}. They differ in ${differs}.`;
    const advice =
      'Set MILLRACE_PUBLIC_URL to the address that the sender was given, a path prefix of a proxy included, or register exactly this URL with the sender.';
    yield { change: { request: { ...request, url } }, finding: proven('url.differs', message, advice) };
  }
}

interface OtherUrl {
  readonly url: string;
  readonly differs: string;
}

/** One part changed at a time, then origin and path together. */
function* urls(request: IncomingRequest): Iterable<OtherUrl> {
  const own = new URL(request.url);
  const base = own.origin;
  const path = request.url.slice(request.url.indexOf(own.host) + own.host.length);
  const [paths, origins] = [[...otherPaths(request, path)], [...otherOrigins(request, own)]];
  for (const origin of origins) yield { url: origin.text + path, differs: origin.differs };
  for (const other of paths) yield { url: base + other.text, differs: other.differs };
  for (const origin of origins) {
    for (const other of paths) yield { url: origin.text + other.text, differs: `${origin.differs} and ${other.differs}` };
  }
}

interface Other {
  readonly text: string;
  readonly differs: string;
}

function* otherOrigins(request: IncomingRequest, { protocol, host, hostname, port }: URL): Iterable<Other> {
  const flipped = protocol === 'https:' ? 'http:' : 'https:';
  yield { text: `${flipped}//${host}`, differs: 'the scheme' };
  if (port !== '') yield { text: `${protocol}//${hostname}`, differs: 'the port' };
  else yield { text: `${protocol}//${hostname}:${protocol === 'https:' ? 443 : 80}`, differs: 'the port' };
  for (const other of headerValues(request, HOSTS).slice(0, 4)) {
    yield { text: `${protocol}//${other}`, differs: 'the host' };
    yield { text: `${flipped}//${other}`, differs: 'scheme and host' };
    yield { text: `${protocol}//${other.replace(/:\d+$/, '')}`, differs: 'the host' };
    yield { text: `${flipped}//${other.replace(/:\d+$/, '')}`, differs: 'scheme and host' };
  }
}

function* otherPaths(request: IncomingRequest, path: string): Iterable<Other> {
  const [bare = '', query] = path.split('?', 2);
  const search = query === undefined ? '' : `?${query}`;
  yield { text: bare.endsWith('/') ? bare.slice(0, -1) + search : `${bare}/${search}`, differs: 'a slash at the end of the path' };
  if (query !== undefined) yield { text: bare, differs: 'the query' };
  for (const prefix of headerValues(request, ['x-forwarded-prefix']).slice(0, 2)) {
    yield { text: prefix.replace(/\/$/, '') + path, differs: 'the path prefix' };
  }
  for (const other of headerValues(request, PATHS).slice(0, 4)) {
    if (other.startsWith('/')) yield { text: other, differs: 'the path' };
  }
  const segments = bare.split('/').slice(1);
  for (let cut = 1; cut <= Math.min(3, segments.length - 1); cut += 1) {
    yield { text: `/${segments.slice(cut).join('/')}${search}`, differs: 'the path prefix' };
  }
}

/** Without the values of its query, where secrets travel. */
function shown(url: string): string {
  const [bare = '', query] = url.split('?', 2);
  return query === undefined ? bare : `${bare}?…`;
}
