import { useEffect, useRef } from 'react';
import { count } from '../format/format.js';
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
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  readonly fetchNextPage: () => unknown;
}

/** The next page when the end of the list comes into view. */
export function LoadMore({ query: { hasNextPage, isFetchingNextPage, fetchNextPage } }: { readonly query: Pages }) {
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!end.current || !hasNextPage) return undefined;
    const observer = new IntersectionObserver(([entry]) => void (entry?.isIntersecting && fetchNextPage()), { rootMargin: '400px' });
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [hasNextPage, fetchNextPage]);
  return (
    <div ref={end} className="list-end dim">
      {isFetchingNextPage ? 'Loading more…' : hasNextPage ? '' : 'That is all.'}
    </div>
  );
}
