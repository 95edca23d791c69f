import type { InfiniteData, QueryClient, QueryKey } from '@tanstack/react-query';
import { get, type Query } from '../api/client.js';
import { outdate } from './outdate.js';

interface Listed {
  readonly id: string;
}

interface ListPage {
  readonly items: readonly Listed[];
  readonly next: string | null;
}

type List = InfiniteData<ListPage, string | undefined>;

/** What the API gives at once at the most. */
const MOST = 200;
/** A search looks through history: it is not asked again with each change. */
const SEARCH_PAUSE_MS = 3_000;

/**
 * Keeps the lists up to date that a page shows, at the cost of one request for each: the newest part is asked for again, what
 * was loaded further down stays. One request of a list at a time; what changes meanwhile is in the next one.
 */
export class LiveLists {
  private readonly busy = new Set<string>();
  private readonly again = new Set<string>();

  constructor(
    private readonly client: QueryClient,
    private readonly load: (path: string, query: Query) => Promise<ListPage> = get,
  ) {}

  /** `name` begins the key of the queries, and is the path that they ask. Lists that nobody shows are loaded anew when they are. */
  changed(name: string): void {
    for (const query of this.client.getQueryCache().findAll({ queryKey: [name] })) {
      if (query.isActive() && isList(query.state.data)) this.refresh(query.queryKey);
      else outdate(this.client, query.queryKey);
    }
  }

  private refresh(key: QueryKey): void {
    const hash = JSON.stringify(key);
    if (this.busy.has(hash)) return void this.again.add(hash);
    this.busy.add(hash);
    void this.update(key)
      .catch(() => this.client.invalidateQueries({ queryKey: key, exact: true }))
      .then(() => pause(isSearch(key) ? SEARCH_PAUSE_MS : 0))
      .then(() => {
        this.busy.delete(hash);
        if (this.again.delete(hash)) this.refresh(key);
      });
  }

  private async update(key: QueryKey): Promise<void> {
    const [name, filters] = key as [string, Query];
    const known = this.client.getQueryData<List>(key)?.pages[0]?.items.length ?? 0;
    const limit = Math.min(MOST, Math.max(50, known));
    const newest = await this.load(name, { ...filters, limit });
    this.client.setQueryData<List>(key, (data) => data && withNewest(data, newest));
  }
}

/** The first page begins with what is newest and keeps what was below that; the others are as they were. */
export function withNewest(data: List, newest: ListPage): List {
  const [first, ...rest] = data.pages;
  if (!first || newest.next === null) return { pages: [newest], pageParams: [undefined] };
  const reached = newest.next;
  const below = first.items.filter(({ id }) => id < reached);
  // What others left room for is on the next page already.
  const end = first.next ?? '';
  const items = [...newest.items, ...below].filter(({ id }) => id >= end);
  return { pages: [{ items, next: first.next }, ...rest], pageParams: data.pageParams };
}

function isList(data: unknown): data is List {
  return typeof data === 'object' && data !== null && 'pages' in data && 'pageParams' in data;
}

function isSearch([, filters]: QueryKey): boolean {
  const { q, outcome, status, waitsFor } = (filters ?? {}) as Query;
  const looksFor = [q, outcome, waitsFor].some((filter) => filter !== undefined);
  return looksFor || (typeof status === 'string' && !['failed', 'queued', 'running', 'waiting'].includes(status));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
