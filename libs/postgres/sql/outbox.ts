import { gather, GATHERED } from './collections.js';
import { starts } from './starts.js';

/**
 * Emits an event. One with a key is emitted once: a second statement then finds the first. Whoever emits inside a
 * transition (see \`TELL_OF_FAILURES\` in transitions.ts) inserts by itself.
 */
export const EMIT = `
  insert into outbox (name, key, flow_id, run_id, depth, data, event_id)
  values ($1, $2, $3, $4::uuid, $5::int, $6, $7::uuid)
  on conflict (key) do nothing returning id::float8 as id`;

const COLUMNS = `
  select id::float8 as id, name, flow_id, run_id, depth, data, event_id, run_ids, (extract(epoch from emitted_at) * 1000)::float8 as emitted_at,
    delivered_at is not null as delivered
  from outbox`;

export const EMITTED_BEFORE = `${COLUMNS} where key = $1`;

export const UNDELIVERED = `${COLUMNS} where delivered_at is null order by id limit $1`;

/** The data is in the event from then on. */
const TAKE = `
    update outbox set delivered_at = now(), data = 'null', event_id = $18::uuid, run_ids = $19::uuid[]
    where id = $17::bigint and delivered_at is null returning flow_id, run_id, emitted_at`;

/** Delivered once: the compare-and-set, the event and the runs of all flows that listen are one commit. */
export const DELIVER = starts(TAKE);

/** The event for the flows that collect it: $20 flows, $21 versions, $22 to $27 as `collectColumns` has them. */
const COLLECTED_BEFORE = `took as (${TAKE}
  ), wanted as (
    select $18::uuid as event_id, ($3::float8[])[1] as at, octet_length(($5::bytea[])[1]) as body_len, w.*
    from took cross join unnest($20::text[], $21::int[], $22::text[], $23::text[], $24::float8[], $25::float8[], $26::int[], $27::int[])
      with ordinality as w (flow, version, collect_key, kind, collect_ms, max_wait_ms, size, depth, n)
  )${gather('wanted', 'flow')}, `;

const ONCE_COLLECTED = `select * from took where ${GATHERED}`;

export const DELIVER_COLLECTED = starts(ONCE_COLLECTED, '', COLLECTED_BEFORE);

const MARK_FAILING = `, marked as (
    insert into failing_flows as f (flow_id, since, failed_at, run_id)
    select flow_id, emitted_at, emitted_at, run_id from allowed
    on conflict (flow_id) do update set failures = f.failures + 1, failed_at = greatest(f.failed_at, excluded.failed_at), run_id = excluded.run_id
  )`;

/** The same for the failure of a run, which marks its flow as failing. */
export const DELIVER_FAILURE = starts(TAKE, MARK_FAILING);
export const DELIVER_FAILURE_COLLECTED = starts(ONCE_COLLECTED, MARK_FAILING, COLLECTED_BEFORE);

/**
 * The first success of a failing flow since its last failure: takes the mark away and tells of it. Looks at the newest
 * hundred runs of a flow; one that began long before the failure says nothing about the other side by now.
 */
export const TELL_OF_RECOVERIES = `
  with success as (
    select f.flow_id, first.id as run_id, first.finished_at from failing_flows f cross join lateral (
      select newest.id, newest.finished_at from (
        select id, status, finished_at from finished_runs where flow_id = f.flow_id and not dry and not test order by id desc limit 100
      ) newest
      where newest.status = 'succeeded' and newest.finished_at > f.failed_at order by newest.finished_at limit 1
    ) first
  ), recovered as (
    delete from failing_flows f using success s where f.flow_id = s.flow_id and f.failed_at < s.finished_at
    returning f.flow_id, f.since, f.failures, s.run_id
  )
  insert into outbox (name, flow_id, run_id, depth, data)
  select 'flow.recovered', flow_id, run_id, 1,
    convert_to(json_build_object('since', to_char(since at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'failures', failures)::text, 'UTF8')
  from recovered`;

/** What is only kept to find repetitions is kept for a week. */
export const TRIM_OUTBOX = `
  delete from outbox where delivered_at < now() - interval '7 days' or (delivered_at < now() and key is null)`;
