/** What a claim hands to its runner: the run and its event. */
const CLAIMED = `
  select c.id, c.event_id, c.flow_id, c.version, c.claim, c.crashes, c.journal_rows,
    (extract(epoch from c.started_at) * 1000)::float8 as started_at,
    e.request, e.body, (extract(epoch from e.received_at) * 1000)::float8 as received_at
  from claimed c join events e on e.id = c.event_id`;

const TAKE = `
  set status = 'running', runner = $1::uuid, claim = claim + 1, due_at = null,
    started_at = coalesce(started_at, date_trunc('milliseconds', now())), journal_rows_at_claim = journal_rows`;

/** claim: queued runs by id, to one claimant each. */
export const CLAIM = `
  with claimed as (
    update runs ${TAKE}
    where id = any (array(select id from runs where id = any ($2::uuid[]) and status = 'queued' limit $3 for update skip locked))
    returning *
  ) ${CLAIMED}`;

/** claim: whatever is due, the longest due first. */
export const CLAIM_DUE = `
  with claimed as (
    update runs ${TAKE}
    where id = any (array(select id from runs where due_at <= now() order by due_at limit $2 for update skip locked))
    returning *
  ) ${CLAIMED}`;

export const JOURNAL_OF = `
  select run_id, path, attempt, status, kind, data,
    (extract(epoch from started_at) * 1000)::float8 as started_at, (extract(epoch from finished_at) * 1000)::float8 as finished_at
  from journal where run_id = any ($1::uuid[]) order by run_id, attempt`;

/**
 * One shape for every transition that writes journal rows: first the compare-and-set on (runner, claim) that moves
 * the run, then the rows of the runs that moved. $1 blob, $2 to $8 one element per run, $9 and on one per journal row.
 */
const MOVES = `
  select * from unnest($2::uuid[], $3::uuid[], $4::int[], $5::float8[], $6::text[], $7::int[], $8::int[])
    as t (id, runner, claim, at, status, error_at, error_len)`;

const ROWS = `
  insert into journal (run_id, path, attempt, status, kind, started_at, finished_at, data)
  select r.run_id, r.path, r.attempt, r.status, r.kind, to_timestamp(r.started_at / 1000), to_timestamp(r.finished_at / 1000),
    substring($1::bytea from r.data_at for r.data_len)
  from unnest($9::uuid[], $10::text[], $11::int[], $12::text[], $13::text[], $14::float8[], $15::float8[], $16::int[], $17::int[])
    as r (run_id, path, attempt, status, kind, started_at, finished_at, data_at, data_len)
  join moved on moved.id = r.run_id
  on conflict (run_id, path, attempt) do update set
    status = excluded.status, kind = excluded.kind, finished_at = excluded.finished_at, data = excluded.data`;

const STILL_OURS = `r.id = m.id and r.runner = m.runner and r.claim = m.claim`;

/** record: the run stays where it is, its journal grows. */
export const RECORD = `
  with moves as (${MOVES}), moved as (
    update runs r set journal_rows = r.journal_rows + 1 from moves m where ${STILL_OURS} returning r.id
  ), rows as (${ROWS})
  select id from moved`;

/** suspend: the run gives up its slot until \`at\`. */
export const SUSPEND = `
  with moves as (${MOVES}), moved as (
    update runs r set status = 'waiting', runner = null, due_at = to_timestamp(m.at / 1000), journal_rows = r.journal_rows + 1, crashes = 0
    from moves m where ${STILL_OURS} returning r.id
  ), rows as (${ROWS})
  select id from moved`;

/** finish: the run leaves the hot table; its last rows and its end are one commit. */
export const FINISH = `
  with moves as (${MOVES}), moved as (
    delete from runs r using moves m where ${STILL_OURS}
    returning r.id, r.event_id, r.flow_id, r.version, r.started_at, m.at, m.status, m.error_at, m.error_len
  ), kept as (
    insert into finished_runs (id, event_id, flow_id, version, status, started_at, finished_at, error)
    select id, event_id, flow_id, version, status, started_at, to_timestamp(at / 1000),
      case when error_len > 0 then substring($1::bytea from error_at for error_len) end
    from moved
  ), rows as (${ROWS})
  select id from moved`;

/** cancel: an active run ends without its runner's consent; whatever that runner still writes is refused. */
export const CANCEL = `
  with moved as (
    delete from runs where id = any ($1::uuid[]) returning id, event_id, flow_id, version, started_at
  ), kept as (
    insert into finished_runs (id, event_id, flow_id, version, status, started_at, finished_at)
    select id, event_id, flow_id, version, 'cancelled', started_at, now() from moved
  )
  select id from moved`;

const RUNS_AGAIN = `
  update runs set status = 'queued', due_at = now() from flows
  where runs.status = 'held' and flows.id = runs.flow_id and flows.enabled and not flows.paused`;

/** release: events of one flow that were held while it was paused, by its text or by an operator; nothing while either holds. */
export const RELEASE_HELD = `${RUNS_AGAIN} and flows.id = $1`;

/** release: events that a front door held because it did not know yet that their flow runs again. */
export const RELEASE_LATE_HELD = RUNS_AGAIN;
