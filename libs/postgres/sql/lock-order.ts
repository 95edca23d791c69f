/**
 * Rows of runs are locked in the order of their ids by every statement that waits for more than one, so that no two of them wait
 * for each other; a condition that does not hold any more once the row is locked leaves it out. Claims wait for nobody.
 * With a `limit` the oldest are taken.
 */
export const lockedRuns = (which: string, limit = ''): string =>
  `id = any (array(select id from runs where ${which} order by id ${limit} for update))`;
