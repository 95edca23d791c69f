import { lockedRuns } from './lock-order.js';

export const REGISTER = `
  insert into runners (id, name, lease_until) values ($1::uuid, $2, now() + make_interval(secs => $3::float8))`;

/** renew: no row when the lease had run out, for then its runs may already belong to others. */
export const RENEW = `
  update runners set lease_until = now() + make_interval(secs => $2::float8)
  where id = $1::uuid and lease_until > now() returning id`;

/**
 * reclaim: runs of dead runners go back to the queue. A run whose journal did not grow since it was claimed counts
 * a crash; three in a row make it poison. The lease row goes in the same statement: a zombie finds nothing to renew.
 */
export const RECLAIM_EXPIRED = `
  with dead as (
    delete from runners where lease_until <= now() returning id
  )
  update runs set status = 'queued', runner = null, due_at = now(),
    crashes = case when journal_rows > journal_rows_at_claim then 1 else crashes + 1 end
  where ${lockedRuns('runner in (select id from dead)')}`;

/** Runs that hang on a runner that has no lease row at all (it was reclaimed while their accept was in flight). */
export const RECLAIM_ORPHANS = `
  update runs set status = 'queued', runner = null, due_at = now(), crashes = crashes + 1
  where ${lockedRuns('runner is not null and not exists (select from runners where runners.id = runs.runner)')}`;

export const HELD = `select id, claim from runs where runner = $1::uuid`;

export const GIVE_BACK = `
  update runs set status = 'queued', runner = null, due_at = now()
  where ${lockedRuns('runner = $1::uuid and (id, claim) in (select * from unnest($2::uuid[], $3::int[]))')}`;

export const RETIRE = `
  with gone as (delete from runners where id = $1::uuid)
  update runs set status = 'queued', runner = null, due_at = now() where ${lockedRuns('runner = $1::uuid')}`;
