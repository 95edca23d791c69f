/** What makes a row of finished runs, under this name in the statement, a dead letter: a failed run that waits for a person. */
export const isDead = (row: string): string =>
  `${row}.status = 'failed' and ${row}.resolution is null and not ${row}.dry and not ${row}.test`;

export const IS_DEAD = isDead('finished_runs');
