import { IS_DEAD } from './dead.js';
import { placing } from './lanes.js';
import { dueNow } from './priorities.js';
import { SHOWN_STATUS } from './status.js';

export const INSERT_EVENT = `
  insert into events (id, flow_id, received_at, request, body) values ($1::uuid, $2, to_timestamp($3::float8 / 1000), $4, $5)`;

/** A run that a person asked for: due at once unless others of its lane are, its journal begun where the rows say. */
export const INSERT_RERUN = `
  with asked as (
    select $1::uuid as run_id, $3::text as run_flow_id, $5::text as status, $9::uuid as lane, $10::text as lane_name, $11::int as lane_limit, 1 as n
  ), ${placing('asked')}
  insert into runs (id, event_id, flow_id, version, status, due_at, rerun_of, dry, journal_rows, lane, turn)
  select a.run_id, $2::uuid, $3, $4::int, coalesce(p.status, a.status), case when coalesce(p.status, a.status) = 'queued' then ${dueNow('$3')} end,
    $6::uuid, $7::boolean, $8::int, a.lane, p.turn
  from asked a left join places p on p.run_id = a.run_id`;

export const INSERT_ROWS = `
  insert into journal (run_id, path, attempt, status, kind, started_at, finished_at, data)
  select $2::uuid, path, attempt, status, kind, to_timestamp(started_at / 1000), to_timestamp(finished_at / 1000),
    substring($1::bytea from data_at for data_len)
  from unnest($3::text[], $4::int[], $5::text[], $6::text[], $7::float8[], $8::float8[], $9::int[], $10::int[])
    as r (path, attempt, status, kind, started_at, finished_at, data_at, data_len)`;

/** A failed run stops being a dead letter; one that somebody has seen to already stays as it is. */
export const RESOLVE = `
  update finished_runs set resolution = $2, resolution_reason = $3, resolved_by = $4::uuid, resolved_at = now()
  where id = any ($1::uuid[]) and status = 'failed' and resolution is null returning id`;

/** The code of the error of a failed run. */
export const ERROR_CODE = "(convert_from(error, 'utf8')::jsonb ->> 'code')";
/** The step it failed at, without the numbers of items: `each.notify`. Empty where it failed outside any step. */
export const ERROR_STEP = "regexp_replace(coalesce(convert_from(error, 'utf8')::jsonb ->> 'step', ''), '\\[\\d+\\]', '', 'g')";

const DEAD = `
  from finished_runs
  where ${IS_DEAD}
    and ($1::text is null or flow_id = $1) and ($2::text is null or ${ERROR_CODE} = $2) and ($3::text is null or ${ERROR_STEP} = $3)
    and ($4::uuid is null or id < $4) and ($5::timestamptz is null or finished_at >= $5) and ($6::timestamptz is null or finished_at < $6)`;

export const DEAD_LETTERS = `
  select id, flow_id, version, event_id, status, parent, rerun_of, dry, test, started_at, finished_at, null::timestamptz as due_at, error
  ${DEAD} order by id desc limit $7`;

/**
 * How many runs there are of these versions, and how many of them were on another one than is live now. Flows are few, so that
 * they are looked at once for each version, not for each run.
 */
export const COUNT_OUTDATED = (versions: string): string => `
  select coalesce(sum(n), 0)::int as count, coalesce(sum(n) filter (where f.live_version <> c.version), 0)::int as outdated
  from (select flow_id, version, count(*) as n from (${versions}) chosen group by 1, 2) c
  left join flows f on f.id = c.flow_id and not f.archived`;

export const COUNT_DEAD_LETTERS = COUNT_OUTDATED(`select flow_id, version ${DEAD}`);

/** The newest $1 dead letters, all or those of the flow $2, by what they failed of; the message is that of the newest. */
export const DEAD_LETTER_CAUSES = `
  with newest as (
    select id, flow_id, version, finished_at, convert_from(error, 'utf8')::jsonb as error, ${ERROR_STEP} as step
    from finished_runs where ${IS_DEAD} and ($2::text is null or flow_id = $2) order by id desc limit $1
  )
  select flow_id, error ->> 'code' as code, step, count(*)::int as count, min(finished_at) as first_at, max(finished_at) as last_at,
    (array_agg(id order by id desc))[1] as run_id,
    (array_agg(version order by id desc))[1] as version, (array_agg(error ->> 'message' order by id desc))[1] as message
  from newest group by 1, 2, 3 order by count desc, last_at desc`;

const ACTIVE = `from runs where ($1::text is null or flow_id = $1) and ($2::text is null or ${SHOWN_STATUS} = $2)`;

export const COUNT_ACTIVE = `select count(*)::int as count ${ACTIVE}`;
export const ACTIVE_IDS = `select id ${ACTIVE} order by id limit $3`;
