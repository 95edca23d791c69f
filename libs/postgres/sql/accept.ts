import { gather, GATHERED } from './collections.js';
import { placing } from './lanes.js';
import { shiftOf } from './priorities.js';

/** The rows of one accept commit. $1 is the blob; columns are parallel arrays. */
const INPUT = `
  select * from unnest($2::uuid[], $3::text[], $4::float8[], $5::int[], $6::int[], $7::int[], $8::uuid[], $9::int[], $10::text[], $11::uuid[])
    as t (event_id, flow_id, at, request_at, request_len, body_len, run_id, version, status, runner)`;

const INSERT_EVENTS = (source: string): string => `
  insert into events (id, flow_id, received_at, request, body)
  select event_id, flow_id, to_timestamp(at / 1000),
    substring($1::bytea from request_at for request_len), substring($1::bytea from request_at + request_len for body_len)
  from ${source}`;

interface Columns {
  readonly target: string;
  readonly source: string;
}

const NO_MORE: Columns = { target: '', source: '' };

/** Of runs whose answer the caller wants. */
const AWAITED: Columns = { target: ', awaited, awaited_by, answer_from', source: ', answer_from is not null, awaited_by, answer_from' };

/** The same for runs some of which have lanes. */
const LANED: Columns = { target: `${AWAITED.target}, lane, turn`, source: `${AWAITED.source}, lane, turn` };

/** A queued run is due a little later: by then its hint has arrived, or the sweep finds it. */
const INSERT_RUNS = (source: string, flow = 'flow_id', more: Columns = NO_MORE, shift = ''): string => `
  insert into runs (id, event_id, flow_id, version, status, runner, claim, due_at, started_at${more.target})
  select run_id, event_id, ${flow}, version, status, runner,
    case when status = 'running' then 1 else 0 end,
    case when status = 'queued' then to_timestamp(at / 1000) + interval '5 seconds'${shift} end,
    case when status = 'running' then to_timestamp(at / 1000) end${more.source}
  from ${source} where status in ('queued', 'running', 'held', 'behind', 'paced')`;

/** The usual commit: every event is new, every run is queued, held or claimed at birth. */
export const ACCEPT = `
  with input as (${INPUT}), kept as (${INSERT_EVENTS('input')})
  ${INSERT_RUNS('input')}`;

interface AcceptParts {
  /** What the rows have beyond those of the checked commit. */
  readonly input: { readonly values: string; readonly names: string };
  /** What the runs are made of, with the statements that make it. */
  readonly born: { readonly text: string; readonly source: string; readonly shift: string };
  readonly more: Columns;
  readonly answer: string;
}

/**
 * The commit with deduplication, with runs that are born failed, and with several runs of one event: a row for each
 * run, the first of an event's rows leading it. Keys are inserted in key order, so that two commits cannot deadlock.
 * Answers the ids of the events that were kept; the others lost their key to an earlier event.
 */
const acceptChecked = ({ input, born, more, answer }: AcceptParts): string => `
  with input as (
    select * from unnest($2::uuid[], $3::text[], $4::float8[], $5::int[], $6::int[], $7::int[], $8::uuid[], $9::int[], $10::text[], $11::uuid[],
      $12::boolean[], $13::text[], $14::text[], $15::float8[], $16::int[], $17::int[]${input.values}
      as t (event_id, flow_id, at, request_at, request_len, body_len, run_id, version, status, runner,
        leads, run_flow_id, key, window_ms, error_at, error_len${input.names})
  ), taken as (
    insert into dedupe_keys (flow_id, key, event_id, expires_at)
    select flow_id, decode(key, 'hex'), event_id, to_timestamp((at + window_ms) / 1000)
    from input where leads and key is not null order by flow_id, key
    on conflict (flow_id, key) do update
      set event_id = excluded.event_id, expires_at = excluded.expires_at, duplicates = 0
      where dedupe_keys.expires_at <= now()
    returning event_id
  ), admitted as (
    select * from input where key is null or event_id in (select event_id from taken)
  ), kept as (${INSERT_EVENTS('admitted where leads')}
  )${born.text}, born as (${INSERT_RUNS(born.source, 'run_flow_id', more, born.shift)}
  ), born_failed as (
    insert into finished_runs (id, event_id, flow_id, version, status, started_at, finished_at, error)
    select run_id, event_id, run_flow_id, version, 'failed', to_timestamp(at / 1000), to_timestamp(at / 1000),
      substring($1::bytea from error_at for error_len)
    from admitted where status = 'failed'
  ), told as (
    insert into outbox (name, flow_id, run_id, depth, data)
    select 'flow.failed', flow_id, run_id, 1, substring($1::bytea from error_at for error_len)
    from admitted where status = 'failed' order by run_id
  )
  ${answer}`;

const AS_ADMITTED = { born: { text: '', source: 'admitted', shift: '' }, answer: 'select event_id from admitted where leads' };

export const ACCEPT_CHECKED = acceptChecked({ input: { values: ')', names: '' }, more: NO_MORE, ...AS_ADMITTED });

/** The same with runs whose answer the caller wants. */
export const ACCEPT_AWAITED = acceptChecked({
  input: { values: ', $18::uuid[], $19::text[])', names: ', awaited_by, answer_from' },
  more: AWAITED,
  ...AS_ADMITTED,
});

const placed = (source: string): string => `, ${placing(source)}, placed as (
    select a.event_id, a.leads, a.run_id, a.run_flow_id, a.version, a.at, a.awaited_by, a.answer_from, a.lane, p.turn,
      coalesce(p.status, a.status) as status, case when p.status is distinct from 'behind' then a.runner end as runner
    from ${source} a left join places p on p.run_id = a.run_id
  )`;

const SHIFT = ` + ${shiftOf('run_flow_id')}`;

const WITH_BEHIND = `select event_id, case when status = 'behind' then run_id end as behind from placed where leads or status = 'behind'`;

/**
 * The same with runs of lanes, in the order of the rows, and with runs of flows that have a priority. Answers the runs that
 * stand in line, too, with their events: of those, nobody has the claim that they asked for.
 */
export const ACCEPT_LANED = acceptChecked({
  input: {
    values: ', $18::uuid[], $19::text[], $20::uuid[], $21::text[], $22::int[]) with ordinality',
    names: ', awaited_by, answer_from, lane, lane_name, lane_limit, n',
  },
  born: { text: placed('admitted'), source: 'placed', shift: SHIFT },
  more: LANED,
  answer: WITH_BEHIND,
});

/**
 * The same with events that flows collect. Collections are locked before lanes, as they are where a collection's run
 * lines up.
 */
export const ACCEPT_COLLECTED = acceptChecked({
  input: {
    values: `, $18::uuid[], $19::text[], $20::uuid[], $21::text[], $22::int[], $23::text[], $24::text[], $25::float8[], $26::float8[],
      $27::int[], $28::int[]) with ordinality`,
    names: ', awaited_by, answer_from, lane, lane_name, lane_limit, collect_key, kind, collect_ms, max_wait_ms, size, depth, n',
  },
  born: {
    text: `${gather('admitted', 'run_flow_id')}, settled_events as (
    select * from admitted where ${GATHERED}
  )${placed('settled_events')}`,
    source: 'placed',
    shift: SHIFT,
  },
  more: LANED,
  answer: WITH_BEHIND,
});

/** Whose key it is, counted as a duplicate of that event. A second statement: the first does not see a concurrent winner. */
export const COUNT_DUPLICATE = `
  update dedupe_keys set duplicates = duplicates + 1
  where flow_id = $1 and key = decode($2, 'hex') returning event_id`;
