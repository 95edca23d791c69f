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
  update runs r set status = 'queued', runner = null, due_at = now(),
    crashes = case when r.journal_rows > r.journal_rows_at_claim then 1 else r.crashes + 1 end
  from dead where r.runner = dead.id`;

/** Runs that hang on a runner that has no lease row at all (it was reclaimed while their accept was in flight). */
export const RECLAIM_ORPHANS = `
  update runs r set status = 'queued', runner = null, due_at = now(), crashes = r.crashes + 1
  where r.runner is not null and not exists (select from runners where runners.id = r.runner)`;

export const HELD = `select id, claim from runs where runner = $1::uuid`;

export const GIVE_BACK = `
  update runs r set status = 'queued', runner = null, due_at = now()
  from unnest($2::uuid[], $3::int[]) as stray (id, claim)
  where r.id = stray.id and r.claim = stray.claim and r.runner = $1::uuid`;

export const RETIRE = `
  with gone as (delete from runners where id = $1::uuid)
  update runs set status = 'queued', runner = null, due_at = now() where runner = $1::uuid`;
