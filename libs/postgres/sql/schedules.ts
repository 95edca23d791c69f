import { starts } from './starts.js';

/** The schedules of some flows. A run that is still in the hot table has not ended. */
export const SCHEDULES = `
  select flow_id, version, timing, turn::float8 as turn, left_out::float8 as left_out, left_out_because, last_run,
    (extract(epoch from next_at) * 1000)::float8 as next_at, (extract(epoch from last_at) * 1000)::float8 as last_at,
    (extract(epoch from left_out_at) * 1000)::float8 as left_out_at, (extract(epoch from changed_at) * 1000)::float8 as changed_at,
    array(select (extract(epoch from w) * 1000)::float8 from unnest(waiting) as w) as waiting,
    exists (select from runs where runs.id = last_run) as busy
  from schedules where $1::text[] is null or flow_id = any ($1::text[]) order by flow_id`;

/** A flow that has no schedule yet. */
export const BEGIN_SCHEDULE = `
  insert into schedules (flow_id, version, timing, next_at, changed_at)
  values ($1, $2, $3, to_timestamp($4::float8 / 1000), to_timestamp($5::float8 / 1000))
  on conflict (flow_id) do nothing`;

/** Another version of the flow, or another clock: what was waiting stays. */
export const CHANGE_SCHEDULE = `
  update schedules set turn = turn + 1, version = $3, timing = $4, next_at = to_timestamp($5::float8 / 1000), changed_at = to_timestamp($6::float8 / 1000)
  where flow_id = $1 and turn = $2::bigint`;

/** One turn of a schedule and the runs that it starts: the compare-and-set on \`turn\` makes it happen once. */
export const TAKE_TURN = starts(`
    update schedules set turn = turn + 1, changed_at = to_timestamp($19::float8 / 1000), next_at = to_timestamp($20::float8 / 1000),
      waiting = array(select to_timestamp(w / 1000) from unnest($21::float8[]) as w),
      last_at = coalesce(to_timestamp($22::float8 / 1000), last_at), last_run = coalesce($23::uuid, last_run),
      left_out = left_out + $24::int, left_out_at = coalesce(to_timestamp($25::float8 / 1000), left_out_at),
      left_out_because = coalesce($26, left_out_because)
    where flow_id = $17 and turn = $18::bigint returning flow_id`);

/** Schedules of flows that are archived, or that something else starts by now ($1 ids, $2 their versions). */
export const END_SCHEDULES = `
  delete from schedules s
  where exists (select from flows f where f.id = s.flow_id and f.archived)
    or exists (select from unnest($1::text[], $2::int[]) as o (flow_id, version) where o.flow_id = s.flow_id and o.version > s.version)`;
