/** renew: false when the lease had run out, for then its runs may already belong to others. */
export const RENEW = `
  insert into runners (id, name, lease_until) values ($1::uuid, $2, now() + make_interval(secs => $3::float8))
  on conflict (id) do update set lease_until = excluded.lease_until where runners.lease_until > now()
  returning id`;

/**
 * reclaim: runs of dead runners go back to the queue. A run whose journal did not grow since it was claimed counts
 * a crash; three in a row make it poison. The lease row goes in the same statement, so that a zombie cannot renew it.
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

export const HELD = `select id from runs where runner = $1::uuid`;

export const GIVE_BACK = `
  update runs set status = 'queued', runner = null, due_at = now() where runner = $1::uuid and id = any ($2::uuid[])`;

export const RETIRE = `
  with gone as (delete from runners where id = $1::uuid)
  update runs set status = 'queued', runner = null, due_at = now() where runner = $1::uuid`;
