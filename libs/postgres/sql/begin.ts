import { placing } from './lanes.js';
import { dueNow } from './priorities.js';

const KEPT = `
  with kept as (
    insert into events (id, flow_id, received_at, request, body)
    values ($1::uuid, $2, to_timestamp($3::float8 / 1000), $4, $5)
    on conflict (id) do nothing returning id
  )`;

/**
 * Starts a run that no request asked for: its event, which holds what it starts from, and the run. The event's id keeps it
 * from being started twice, however often this is asked for.
 */
export const BEGIN_RUN = `${KEPT}
  insert into runs (id, event_id, flow_id, version, status, due_at, parent, awaited, depth, dry, test)
  select $6::uuid, kept.id, $2, $7::int, $8, case when $8 = 'queued' then now() end, $9::uuid, $10::boolean, $11::int, $12::boolean, $13::boolean
  from kept returning id`;

/**
 * Whether a run that awaits this one, or one that awaits that, is in the lane $13: it would wait for itself, and so
 * this one runs on its place.
 */
const WITHIN = `
  with recursive above as (
    select id, parent, awaited, lane from runs where id = $9::uuid and $10::boolean
    union all select r.id, r.parent, r.awaited, r.lane from runs r join above a on r.id = a.parent and a.awaited
  )
  select from above where lane = $13::uuid`;

/** The same for a run that has a lane, or whose flow has a priority. */
export const BEGIN_LANED_RUN = `${KEPT}, asked as (
    select $6::uuid as run_id, $2::text as run_flow_id, $8::text as status, $14::text as lane_name, $15::int as lane_limit, 1 as n,
      case when not exists (${WITHIN}) then $13::uuid end as lane
    from kept
  ), ${placing('asked')}, placed as (
    select a.lane, p.turn, coalesce(p.status, a.status) as status from asked a left join places p on p.run_id = a.run_id
  )
  insert into runs (id, event_id, flow_id, version, status, due_at, parent, awaited, depth, dry, lane, turn)
  select $6::uuid, kept.id, $2, $7::int, status, case when status = 'queued' then ${dueNow('$2')} end, $9::uuid, $10::boolean, $11::int, $12::boolean,
    lane, turn
  from kept cross join placed returning id`;

export const OUTCOME = `select status, error, output from finished_runs where id = $1`;

/** The first request for a step counts; the run learns of it, unless it has ended. No row: it has. */
export const RESUME = `
  with alive as (
    select id from runs where id = $1::uuid
      and not exists (select from journal where run_id = $1::uuid and path = $2 and status in ('succeeded', 'failed', 'skipped'))
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
