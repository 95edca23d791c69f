import { placing } from './lanes.js';
import { dueNow } from './priorities.js';

/**
 * Events and runs that something else than a request starts, in one statement with what allows it: `guard` selects one
 * row, or none, and then nothing is written. $1 to $5 one element per event, $6 to $16 one per run; the guard's own
 * parameters begin with $17. `more`: further statements on what the guard selected. `before`: statements that the guard
 * selects from. Answers one row if it was done.
 */
export const starts = (guard: string, more = '', before = ''): string => `
  with ${before}allowed as (${guard}
  )${more}, kept as (
    insert into events (id, flow_id, received_at, request, body)
    select e.id, e.flow_id, to_timestamp(e.at / 1000), e.request, e.body
    from allowed cross join unnest($1::uuid[], $2::text[], $3::float8[], $4::bytea[], $5::bytea[]) as e (id, flow_id, at, request, body)
  ), asked as (
    select r.* from allowed cross join unnest($6::uuid[], $7::uuid[], $8::text[], $9::int[], $10::text[], $11::uuid[], $12::boolean[], $13::int[],
      $14::uuid[], $15::text[], $16::int[]) with ordinality
      as r (run_id, event_id, run_flow_id, version, status, parent, awaited, depth, lane, lane_name, lane_limit, n)
  ), ${placing('asked')}, born as (
    insert into runs (id, event_id, flow_id, version, status, due_at, parent, awaited, depth, lane, turn)
    select a.run_id, a.event_id, a.run_flow_id, a.version, coalesce(p.status, a.status),
      case when coalesce(p.status, a.status) = 'queued' then ${dueNow('a.run_flow_id')} end, a.parent, a.awaited, a.depth, a.lane, p.turn
    from asked a left join places p on p.run_id = a.run_id
  )
  select 1 from allowed`;
