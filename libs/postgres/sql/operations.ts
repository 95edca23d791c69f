/** Of an operation, as lists and pages show it. */
export const OPERATION = `
  id, kind, state, options, per_second, total, done, failed, turn, created_at, finished_at from operations`;

/** Nothing where the key was used before. */
export const ORDER = `
  insert into operations (id, key, kind, options, per_second) values ($1::uuid, $2, $3, $4::jsonb, $5::real)
  on conflict (key) do nothing returning id`;

/** The oldest first, which is the order in which they came. */
export const LIST_ITEMS = (chosen: string, operation: string): string => `
  insert into operation_items (operation_id, position, item_id)
  select ${operation}::uuid, row_number() over (order by id), id from (${chosen}) chosen`;

export const BEGIN = `
  update operations set total = $2::int, state = case when $2 = 0 then 'done' else state end, finished_at = case when $2 = 0 then now() end
  where id = $1::uuid`;

/** Whatever is due, the longest due first, and how many milliseconds it has been so; negative: how long there is to go. */
export const NEXT_DUE = `
  select ${OPERATION.replace(' from operations', ', (extract(epoch from now() - due_at) * 1000)::float8 as overdue from operations')}
  where state = 'running' order by due_at limit 1`;

export const OPEN_ITEMS = `
  select position, item_id from operation_items where operation_id = $1::uuid and state = 'open' order by position limit $2`;

/** Held until the end of the piece: whoever cancels waits for it. */
export const TAKE_TURN = `select 1 from operations where id = $1::uuid and turn = $2 and state = 'running' for update`;

export const CLOSE_ITEMS = `
  update operation_items i set state = c.state, problem = c.problem, runs = case when c.run = '' then '{}' else string_to_array(c.run, ' ')::uuid[] end
  from unnest($2::int[], $3::text[], $4::text[], $5::text[]) as c (position, state, problem, run)
  where i.operation_id = $1::uuid and i.position = c.position`;

/** An operation that was held up does not make up for it: it goes on at its rate. */
export const END_TURN = `
  update operations set turn = turn + 1, done = done + $2::int, failed = failed + $3::int,
    due_at = greatest(due_at, now() - interval '1 second') + make_interval(secs => ($2 + $3) / per_second),
    state = case when done + failed + $2 + $3 >= total then 'done' else state end,
    finished_at = case when done + failed + $2 + $3 >= total then now() end
  where id = $1::uuid`;

/** cancel: what is done stays done, the rest is left. */
export const CANCEL_OPERATION = `
  update operations set state = 'cancelled', finished_at = now() where id = $1::uuid and state = 'running' returning id`;

export const PROBLEMS = `
  select item_id as id, problem as message from operation_items
  where operation_id = $1::uuid and state = 'failed' order by position limit $2`;

/** How the runs that an operation started have ended, as far as they are kept. Each is found by its id: there may be 100,000. */
export const ENDED_RUNS = `
  with started as materialized (select unnest(runs) as id from operation_items where operation_id = $1::uuid)
  select count(*) filter (where f.status = 'succeeded')::int as succeeded, count(*) filter (where f.status = 'failed')::int as failed,
    count(*) filter (where f.status = 'cancelled')::int as cancelled, count(*) filter (where f.status = 'filtered')::int as filtered,
    (select count(*)::int from runs r join started s on s.id = r.id) as active
  from started s join finished_runs f on f.id = s.id`;

export const TRIM_OPERATIONS = `delete from operations where finished_at < now() - interval '30 days'`;
