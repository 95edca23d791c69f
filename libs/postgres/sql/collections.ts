import { MOST_BATCH_BYTES } from '@millrace/engine';
import { starts } from './starts.js';

const WINDOW = (row: string): string => `make_interval(secs => ${row}.window_ms / 1000)`;
const MAX_WAIT = (row: string): string => `make_interval(secs => ${row}.max_wait_ms / 1000)`;

/** When a collection is due, from what it holds. \`least\` passes over a \`max_wait_ms\` that is null. */
const dueAt = (row: string, of: { count: string; bytes: string; first: string; last: string }): string => `
  case when ${row}.kind = 'debounce' then least(${of.last} + ${WINDOW(row)}, ${of.first} + ${MAX_WAIT(row)})
    when ${of.count} >= ${row}.size or ${of.bytes} >= ${MOST_BATCH_BYTES} then least(${of.last}, ${of.first} + ${WINDOW(row)})
    else ${of.first} + ${WINDOW(row)} end`;

/**
 * Adds rows of \`source\` to collections, which it opens where there are none: event_id, flow, version, collect_key (hex), kind,
 * collect_ms, max_wait_ms, size, depth, at (milliseconds), body_len and n. Collections are locked in the order of
 * their keys, after the keys of dedupe, so that two statements cannot deadlock; the lock is held before an event gets its
 * place, so that places are in the order of commits.
 */
export const gather = (source: string, flow: string): string => `, gathered as (
    select ${flow} as flow_id, version, decode(collect_key, 'hex') as key, min(kind) as kind, min(collect_ms) as window_ms,
      min(max_wait_ms) as max_wait_ms, min(size) as size, max(depth) as depth, count(*)::int as count, sum(body_len)::bigint as bytes,
      to_timestamp(min(at) / 1000) as first_at, to_timestamp(max(at) / 1000) as last_at
    from ${source} where collect_key is not null group by 1, 2, 3
  ), opened as (
    insert into collections as c (flow_id, version, key, kind, window_ms, max_wait_ms, size, depth, count, bytes, first_at, last_at, due_at)
    select flow_id, version, key, kind, window_ms, max_wait_ms, size, depth, count, bytes, first_at, last_at,
      ${dueAt('g', { count: 'g.count', bytes: 'g.bytes', first: 'g.first_at', last: 'g.last_at' })}
    from gathered g order by flow_id, version, key
    on conflict (flow_id, version, key) do update set
      count = c.count + excluded.count, bytes = c.bytes + excluded.bytes, depth = greatest(c.depth, excluded.depth),
      last_at = greatest(c.last_at, excluded.last_at),
      due_at = ${dueAt('c', {
        count: 'c.count + excluded.count',
        bytes: 'c.bytes + excluded.bytes',
        first: 'c.first_at',
        last: 'greatest(c.last_at, excluded.last_at)',
      })}
    returning c.flow_id, c.version, c.key
  ), joined as (
    insert into collected (event_id, flow_id, version, key, at, bytes)
    select s.event_id, o.flow_id, o.version, o.key, to_timestamp(s.at / 1000), s.body_len
    from (select * from ${source} where collect_key is not null order by n) s
    join opened o on o.flow_id = s.${flow} and o.version = s.version and o.key = decode(s.collect_key, 'hex')
    order by s.n
  )`;

/** For what comes after in the same statement: holds once the collections are locked. */
export const GATHERED = `(select count(*) from opened) is not null`;

const NOW = (parameter: string): string => `coalesce(to_timestamp(${parameter}::float8 / 1000), now())`;

export const DUE_COLLECTIONS = `
  select flow_id, version, encode(key, 'hex') as key, turn::text as turn, kind, window_ms, max_wait_ms, size, depth
  from collections where due_at <= ${NOW('$2')} order by due_at limit $1`;

export const UNTIL_NEXT_COLLECTION = `
  select (extract(epoch from due_at - ${NOW('$1')}) * 1000)::float8 as wait from collections order by due_at limit 1`;

const OF_COLLECTION = `flow_id = $1 and version = $2 and key = decode($3, 'hex') and run_id is null`;

/** The first events of a batch, without their bodies. */
export const FIRST_COLLECTED = `
  select event_id, place::float8 as place, bytes, (extract(epoch from at) * 1000)::float8 as at
  from collected where ${OF_COLLECTION} order by place limit $4`;

/** Of a burst: its last event, and how many there are. */
export const LAST_COLLECTED = `
  select event_id, place::float8 as place, count(*) over ()::int as count, (sum(bytes) over ())::float8 as bytes
  from collected where ${OF_COLLECTION} order by place desc limit 1`;

/** Bodies of collected events. */
export const COLLECTED_EVENTS = `
  select id as event_id, flow_id, request, body, (extract(epoch from received_at) * 1000)::float8 as received_at
  from events where id = any ($1::uuid[])`;

/**
 * Closes what was read: $17 to $19 its name, $20 its turn, $21 events and $22 bytes that are taken, $23 when the first of the
 * others came, $24 the run, $25 up to which place. Only who still finds the turn does anything. What stays begins a
 * collection of its own.
 */
export const CLOSE_COLLECTION = starts(
  'select from emptied union all select from reduced',
  `, marked as (
    update collected set run_id = $24::uuid from allowed
    where flow_id = $17 and version = $18::int and key = decode($19, 'hex') and run_id is null and place <= $25::bigint
  )`,
  `emptied as (
    delete from collections where flow_id = $17 and version = $18::int and key = decode($19, 'hex') and turn = $20::bigint and count = $21::int
    returning turn
  ), reduced as (
    update collections c set turn = nextval('collection_turns'), count = c.count - $21::int, bytes = c.bytes - $22::bigint,
      first_at = coalesce(to_timestamp($23::float8 / 1000), c.last_at),
      due_at = ${dueAt('c', {
        count: 'c.count - $21::int',
        bytes: 'c.bytes - $22::bigint',
        first: 'coalesce(to_timestamp($23::float8 / 1000), c.last_at)',
        last: 'c.last_at',
      })}
    where flow_id = $17 and version = $18::int and key = decode($19, 'hex') and turn = $20::bigint and count > $21::int
    returning turn
  ), `,
);

/** Which run took an event, by flow; and when it is due while there is none. */
export const COLLECTED_BY = `
  select c.flow_id, c.run_id, o.due_at from collected c
  left join collections o on c.run_id is null and o.flow_id = c.flow_id and o.version = c.version and o.key = c.key
  where c.event_id = $1 order by c.flow_id`;

/** The events of a run, and how many there are. */
export const COLLECTED_FOR = `
  select event_id, count(*) over ()::int as count from collected where run_id = $1 order by place limit $2`;

/** Of events that are gone by their age. */
export const FORGET_COLLECTED = `delete from collected where run_id is not null and event_id < $1::uuid`;
