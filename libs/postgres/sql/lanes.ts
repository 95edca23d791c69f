import { dueNow } from './priorities.js';
import { turnStatus } from './rates.js';

/**
 * Lanes, as parts of the statements that begin and end runs. Whoever changes a lane locks its row first, before any row
 * of `runs` and in the order of the ids, so that no two statements wait for each other. The counters of the row are
 * read under that lock; rows of `runs` are read as of the statement's beginning, so that what another statement wrote
 * meanwhile may be missed: that lane is then answered as `open`, and a statement of its own hands over (HAND_OVER).
 */

/** Why `greatest`: a limit that was lowered may be exceeded by what had its turn before. */
const ADMITTED = `case when l.waiting > 0 then 0 else greatest(0, least(excluded.let_in, excluded.most - l.taken)) end`;

/**
 * Gives the runs of `source` (run_id, run_flow_id, status, lane, lane_name, lane_limit, n) their places in the order of `n`. A
 * run whose lane has room, and before which nobody stands, keeps its status. What is held stands in line too: what comes
 * after it does not overtake it. Answers `places` (run_id, status, turn) of those that have a lane.
 */
export const placing = (source: string): string => `in_line as (
    select run_id, run_flow_id, status, lane, lane_name, lane_limit, row_number() over (partition by lane order by n) as i
    from ${source} where lane is not null and status in ('queued', 'running', 'held', 'paced')
  ), comers as (
    select lane, min(run_flow_id) as flow_id, min(lane_name) as name, (array_agg(lane_limit order by i desc))[1] as most, count(*) as came,
      coalesce(min(i) filter (where status = 'held') - 1, count(*)) as ready
    from in_line group by lane
  ), lines as (
    insert into lanes as l (id, flow_id, name, most, next_turn, taken, waiting, let_in)
    select lane, flow_id, name, most, came, least(ready, most), came - least(ready, most), least(ready, most) from comers order by lane
    on conflict (id) do update set most = excluded.most, next_turn = l.next_turn + excluded.next_turn, let_in = ${ADMITTED},
      taken = l.taken + ${ADMITTED}, waiting = l.waiting + excluded.next_turn - ${ADMITTED}
    returning id, next_turn, let_in
  ), places as (
    select i.run_id, case when i.i > l.let_in and i.status <> 'held' then 'behind' else i.status end as status,
      case when i.i > l.let_in then l.next_turn - c.came + i.i end as turn
    from in_line i join comers c on c.lane = i.lane join lines l on l.id = i.lane
  )`;

/** Locks lanes, those that `ids` selects. */
export const locking = (ids: string): string => `locked as (
    select id, flow_id, most, taken, waiting from lanes where id in (${ids}) order by id for update
  )`;

/** For the statement that ends runs: holds once the lanes are locked. */
export const LOCKED = `(select count(*) from locked) is not null`;

/** What the runs that `moved` (id, lane, turn) ended leave behind in their lanes. */
export const FREED = `freed as (
    select lane, count(*) filter (where turn is null) as ended, count(*) filter (where turn is not null) as gone
    from moved where lane is not null group by lane
  )`;

/**
 * Lets the next in line in, as many as there is room after what was `freed`; a lane that nobody is in any more goes. Of the
 * runs before a held one only. The counters are those of `locked`: a condition on the row itself would be looked at as the
 * row was when the statement began, and leave it out.
 */
export const HANDING_OVER = `turns as (
    select w.id, ${turnStatus('l.flow_id')} as status from freed f join locked l on l.id = f.lane cross join lateral (
      select n.id, bool_and(n.status = 'behind') over (order by n.turn) as is_open from (
        select r.id, r.turn, r.status from runs r
        where r.lane = l.id and r.turn is not null and r.id not in (select id from moved)
        order by r.turn limit greatest(0, l.most - l.taken + f.ended)
      ) n
    ) w where w.is_open
  ), let_in as (
    update runs r set status = t.status, turn = null, due_at = case when t.status = 'queued' then ${dueNow('r.flow_id')} end
    from turns t where r.id = t.id and r.status = 'behind' returning r.id, r.lane
  ), counts as (
    select l.id, l.taken - f.ended + n.came as taken, l.waiting - f.gone - n.came as waiting
    from freed f join locked l on l.id = f.lane cross join lateral (select count(*) as came from let_in i where i.lane = f.lane) n
  ), settled as (
    update lanes l set taken = c.taken, waiting = c.waiting from counts c where l.id = c.id and (c.taken > 0 or c.waiting > 0)
    returning l.id, l.taken < l.most and l.waiting > 0 as is_open
  ), emptied as (
    delete from lanes l using counts c where l.id = c.id and c.taken <= 0 and c.waiting <= 0
  )`;

/** Who was let in, and the lanes in which somebody may have been missed. */
export const HANDED_OVER = `select id as next, null::uuid as lane from let_in union all select null, id from settled where is_open`;

/** Lets in whoever may go in the lanes $1. */
export const HAND_OVER = `
  with ${locking('select unnest($1::uuid[])')}, moved as (
    select null::uuid as id where false
  ), freed as (
    select id as lane, 0::bigint as ended, 0::bigint as gone from locked
  ), ${HANDING_OVER}
  ${HANDED_OVER}`;

/** Lanes that have room although somebody stands in line. */
export const OPEN_LANES = `select id from lanes where waiting > 0 and taken < most and ($1::text is null or flow_id = $1)`;

/** The limits of the versions that are live by now ($1 flows, $2 limits). */
export const SET_LIMITS = `
  with changed as (
    select l.id, f.most from lanes l join unnest($1::text[], $2::int[]) as f (flow_id, most) on f.flow_id = l.flow_id
    where l.most <> f.most order by l.id for update of l
  )
  update lanes l set most = c.most from changed c where l.id = c.id`;

const COUNTED = `
  select lane, min(flow_id) as flow_id, count(*) filter (where turn is null) as taken, count(*) filter (where turn is not null) as waiting,
    max(turn) as turn
  from runs where lane is not null`;

/** Lanes whose counters are not what their runs say, as far as one look can tell. */
export const DOUBTFUL_LANES = `
  select coalesce(l.id, c.lane) as id from lanes l full join (${COUNTED} group by lane) c on c.lane = l.id
  where (l.taken, l.waiting) is distinct from (c.taken, c.waiting)`;

/** Locks the lanes of the runs $1, for a transaction that ends them one by one. */
export const LOCK_LANES_OF = `select id from lanes where id in (select lane from runs where id = any ($1::uuid[])) order by id for update`;

/** Makes and locks lanes ($1 ids, $2 flows, $3 names, $4 limits), for a transaction that puts runs into them one by one. */
export const OPEN_AND_LOCK = `
  insert into lanes (id, flow_id, name, most, next_turn, taken, waiting, let_in)
  select distinct on (id) id, flow_id, name, most, 0, 0, 0, 0
  from unnest($1::uuid[], $2::text[], $3::text[], $4::int[]) as t (id, flow_id, name, most) where id is not null order by id
  on conflict (id) do update set most = excluded.most`;

/** Of those, the ones into which nobody came. */
export const CLOSE_EMPTY = `delete from lanes where id = any ($1::uuid[]) and taken = 0 and waiting = 0`;

/** Locks them; what is counted in a later statement of the transaction is what is. */
export const LOCK_LANES = `select id from lanes where id = any ($1::uuid[]) order by id for update`;

export const RECOUNT = `
  with c as (${COUNTED} and lane = any ($1::uuid[]) group by lane), gone as (
    delete from lanes l where l.id = any ($1::uuid[]) and not exists (select from c where c.lane = l.id)
  )
  update lanes l set taken = c.taken, waiting = c.waiting from c where l.id = c.lane`;

/** Where a run stands in its lane; no row for one that has none. \`behind\`: the run just before it in line, else one that has its turn. */
export const PLACE = `
  select l.name, l.most, case when r.turn is null then 0
      else 1 + (select count(*)::int from runs b where b.lane = r.lane and b.turn < r.turn) end as place,
    case when r.turn is not null then coalesce(
      (select b.id from runs b where b.lane = r.lane and b.turn < r.turn order by b.turn desc limit 1),
      (select b.id from runs b where b.lane = r.lane and b.turn is null order by b.id limit 1)) end as behind
  from runs r join lanes l on l.id = r.lane where r.id = $1`;
