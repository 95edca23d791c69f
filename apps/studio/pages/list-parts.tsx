import { useEffect, useRef } from 'react';
import { count, moment } from '../format/format.js';
import { useNow } from '../ui/use-now.js';
import type { Fresh } from './fresh.js';

/** Newer items, which come when they are asked for. */
export function NewPill({ fresh: { waiting, show } }: { readonly fresh: Fresh<unknown> }) {
  return (
    <div className="new-pill" role="status">
      {waiting > 0 && (
        <button type="button" onClick={show}>
          {count(waiting, 'new', 'new')}
        </button>
      )}
    </div>
  );
}

interface Pages {
  readonly data: { readonly pages: readonly { readonly next: string | null }[] } | undefined;
  readonly hasNextPage: boolean;
  readonly isFetching: boolean;
  readonly isFetchingNextPage: boolean;
  readonly error: Error | null;
  readonly fetchNextPage: () => unknown;
}

interface LoadMoreProps {
  readonly query: Pages;
  /** Looks through history, page after page, of which some may be empty. */
  readonly searching?: boolean;
}

/**
 * The next page when the end of the list comes into view; a page that brought nothing is followed by the next one. It waits for
 * what is being loaded, and looks again after it: of two requests for one list, one would be given up.
 */
export function LoadMore({ query, searching = false }: LoadMoreProps) {
  const { data, hasNextPage, isFetching, fetchNextPage, error } = query;
  const end = useRef<HTMLDivElement>(null);
  const pages = data?.pages.length;
  const ready = hasNextPage && !isFetching && error === null;
  useEffect(() => {
    if (!end.current || !ready) return undefined;
    const observer = new IntersectionObserver(([entry]) => void (entry?.isIntersecting && fetchNextPage()), { rootMargin: '400px' });
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [ready, fetchNextPage, pages]);
  return (
    <div ref={end} className="list-end dim" role="status">
      <EndWords query={query} searching={searching} />
    </div>
  );
}

function EndWords({ query: { data, hasNextPage, isFetchingNextPage, fetchNextPage, error }, searching }: Required<LoadMoreProps>) {
  const now = useNow();
  const next = data?.pages.at(-1)?.next ?? null;
  if (error) {
    return (
      <>
        <span className="bad">{error.message}</span>{' '}
        <button type="button" className="link" onClick={() => void fetchNextPage()}>
          Load again
        </button>
      </>
    );
  }
  if (!hasNextPage || next === null) return searching ? 'Everything that is kept was looked through.' : 'That is all.';
  if (searching) return `Looked back to ${moment(idTime(next), now)}. ${isFetchingNextPage ? 'Looking further back…' : ''}`;
  return isFetchingNextPage ? 'Loading more…' : '';
}

/** When an id was made: the milliseconds that lead a UUIDv7 (RFC 9562, section 5.7). */
function idTime(id: string): string {
  return new Date(parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toISOString();
}
