/**
 * Starts a run that no request asked for: its event, which holds what it starts from, and the run. The event's id keeps it
 * from being started twice, however often this is asked for.
 */
export const BEGIN_RUN = `
  with kept as (
    insert into events (id, flow_id, received_at, request, body)
    values ($1::uuid, $2, to_timestamp($3::float8 / 1000), $4, $5)
    on conflict (id) do nothing returning id
  )
  insert into runs (id, event_id, flow_id, version, status, due_at, parent, awaited, depth, dry)
  select $6::uuid, kept.id, $2, $7::int, $8, case when $8 = 'queued' then now() end, $9::uuid, $10::boolean, $11::int, $12::boolean
  from kept returning id`;

export const OUTCOME = `select status, error, output from finished_runs where id = $1`;

/** The first request for a step counts; the run learns of it, unless it has ended. No row: it has. */
export const RESUME = `
  with alive as (
    select id from runs where id = $1::uuid
      and not exists (select from journal where run_id = $1::uuid and path = $2 and status in ('succeeded', 'failed'))
    for update
  ), kept as (
    insert into resumptions (run_id, path, received_at, request, body)
    select id, $2, to_timestamp($3::float8 / 1000), $4, $5 from alive
    on conflict (run_id, path) do nothing returning run_id
  ), woken as (
    update runs r set woken = true, due_at = case when r.status = 'waiting' then now() else r.due_at end
    from kept where r.id = kept.run_id
  )
  select exists (select from alive) as alive, exists (select from kept) as first`;
