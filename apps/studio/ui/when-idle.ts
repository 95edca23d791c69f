/** By then a page shows what it was opened for. */
const SHOWN_MS = 2_000;
/** A page that is never idle gets it done all the same. */
const AT_LAST_MS = 5_000;

/** Does the work once the page has nothing else to do, a while after it was opened. Answers how to call it off. */
export function whenIdle(work: () => void): () => void {
  let handle: number | undefined;
  const timer = setTimeout(() => {
    // Safari does not say when it is idle.
    if (typeof requestIdleCallback !== 'function') return work();
    handle = requestIdleCallback(work, { timeout: AT_LAST_MS });
  }, SHOWN_MS);
  return () => {
    clearTimeout(timer);
    if (handle !== undefined) cancelIdleCallback(handle);
  };
}
