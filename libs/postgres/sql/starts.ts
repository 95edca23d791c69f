/**
 * Events and runs that something else than a request starts, in one statement with what allows it: `guard` selects one
 * row, or none, and then nothing is written. $1 to $5 one element per event, $6 to $13 one per run; the guard's own
 * parameters begin with $14. \`more\`: further statements on what the guard selected. Answers one row if it was done.
 */
export const starts = (guard: string, more = ''): string => `
  with allowed as (${guard}
  )${more}, kept as (
    insert into events (id, flow_id, received_at, request, body)
    select e.id, e.flow_id, to_timestamp(e.at / 1000), e.request, e.body
    from allowed cross join unnest($1::uuid[], $2::text[], $3::float8[], $4::bytea[], $5::bytea[]) as e (id, flow_id, at, request, body)
  ), born as (
    insert into runs (id, event_id, flow_id, version, status, due_at, parent, awaited, depth)
    select r.id, r.event_id, r.flow_id, r.version, r.status, case when r.status = 'queued' then now() end, r.parent, r.awaited, r.depth
    from allowed cross join unnest($6::uuid[], $7::uuid[], $8::text[], $9::int[], $10::text[], $11::uuid[], $12::boolean[], $13::int[])
      as r (id, event_id, flow_id, version, status, parent, awaited, depth)
  )
  select 1 from allowed`;
