/** A page that is never idle gets it done all the same. */
const AT_LAST_MS = 5_000;
/** For browsers that do not say when they are idle (Safari). */
const LATER_MS = 1_000;

/** Does the work once the page has nothing else to do. Answers how to call it off. */
export function whenIdle(work: () => void): () => void {
  if (typeof requestIdleCallback === 'function') {
    const handle = requestIdleCallback(work, { timeout: AT_LAST_MS });
    return () => cancelIdleCallback(handle);
  }
  const timer = setTimeout(work, LATER_MS);
  return () => clearTimeout(timer);
}
