import { useEffect, useState, type ReactNode } from 'react';
import { Glyph } from './glyph.js';

interface EmptyProps {
  readonly title: string;
  readonly children?: ReactNode;
}

/** What this is, in one sentence, and the one thing that fills it. */
export function Empty({ title, children }: EmptyProps) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** What went wrong, in the server's own sentence. */
export function Failure({ error, onRetry }: { readonly error: Error; readonly onRetry?: () => void }) {
  return (
    <div className="failure" role="alert">
      <Glyph status="failed" quiet />
      <p>{error.message}</p>
      {onRetry && (
        <button type="button" className="button" data-look="plain" onClick={onRetry}>
          Load again
        </button>
      )}
    </div>
  );
}

const QUIET_MS = 200;
const WORDS_MS = 1_000;

/** Nothing for a moment, then a skeleton, then words: never confused with "none". */
export function Loading({ what }: { readonly what: string }) {
  const waited = useWaited();
  if (waited < QUIET_MS) return <div className="loading" aria-busy="true" />;
  return (
    <div className="loading" aria-busy="true">
      <div className="skeleton" />
      <div className="skeleton" />
      <div className="skeleton" />
      {waited >= WORDS_MS && <p role="status">Loading {what}…</p>}
    </div>
  );
}

function useWaited(): number {
  const [waited, setWaited] = useState(0);
  useEffect(() => {
    const timers = [QUIET_MS, WORDS_MS].map((ms) => setTimeout(() => setWaited(ms), ms));
    return () => timers.forEach(clearTimeout);
  }, []);
  return waited;
}

interface QueryLike<T> {
  readonly data: T | undefined;
  readonly error: Error | null;
  readonly refetch: () => unknown;
}

/** What a query gave, or why it has nothing yet. Old data stays while new data cannot be had. */
export function Loaded<T>({
  query,
  what,
  children,
}: {
  readonly query: QueryLike<T>;
  readonly what: string;
  readonly children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <Failure error={query.error} onRetry={() => void query.refetch()} />;
  return <Loading what={what} />;
}
