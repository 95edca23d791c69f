import { FREED, HANDED_OVER, HANDING_OVER, LOCKED, locking } from './lanes.js';
import { lockedRuns } from './lock-order.js';
import { dueNow, GRACE_S } from './priorities.js';
import { turnStatus } from './rates.js';
import { ring } from './ring.js';

/** What a claim hands to its runner: the run and its event. */
const CLAIMED = `
  select c.id, c.event_id, c.flow_id, c.version, c.claim, c.crashes, c.journal_rows, c.depth, c.awaited, c.dry, c.test, c.lane is not null as laned,
    (extract(epoch from c.started_at) * 1000)::float8 as started_at,
    e.request, e.body, (extract(epoch from e.received_at) * 1000)::float8 as received_at
  from claimed c join events e on e.id = c.event_id`;

const TAKE = `
  set status = 'running', runner = $1::uuid, claim = claim + 1, due_at = null, woken = false,
    started_at = coalesce(started_at, date_trunc('milliseconds', now())), journal_rows_at_claim = journal_rows`;

/** claim: queued runs by id, to one claimant each. */
export const CLAIM = `
  with claimed as (
    update runs ${TAKE}
    where id = any (array(select id from runs where id = any ($2::uuid[]) and status = 'queued' limit $3 for update skip locked))
    returning *
  ) ${CLAIMED}`;

/** claim: whatever is due, the longest due first. */
export const CLAIM_DUE = `
  with claimed as (
    update runs ${TAKE}
    where id = any (array(select id from runs where due_at <= now() order by due_at limit $2 for update skip locked))
    returning *
  ) ${CLAIMED}`;

/** claim: runs of low priority before their time, for a runner that has nothing else to do: no other run waits, not even for its hint. */
export const CLAIM_EARLY = `
  with claimed as (
    update runs ${TAKE}
    where id = any (array(select id from runs where due_at > now() + interval '${GRACE_S} seconds' and due_at <= now() + interval '2 minutes'
      and status = 'queued' and not exists (select from runs n where n.due_at <= now() + interval '${GRACE_S} seconds' and n.status = 'queued')
      order by due_at limit $2 for update skip locked))
    returning *
  ) ${CLAIMED}`;

/** claim: of one flow, what waits for its rate, in the order in which it came. The row of the rate is locked. */
export const CLAIM_PACED = `
  with claimed as (
    update runs ${TAKE}
    where id = any (array(select id from runs where flow_id = $2 and status = 'paced' order by id limit $3 for update skip locked))
    returning *
  ) ${CLAIMED} order by c.id`;

/** By the database's clock, by which runs are due. */
export const DUE_IN = `select (extract(epoch from min(due_at) - now()) * 1000)::float8 as ms from runs where due_at is not null`;

const JOURNAL_ROWS = `
  select run_id, path, attempt, status, kind, data,
    (extract(epoch from started_at) * 1000)::float8 as started_at, (extract(epoch from finished_at) * 1000)::float8 as finished_at
  from journal`;

export const JOURNAL_OF = `${JOURNAL_ROWS} where run_id = any ($1::uuid[]) order by run_id, attempt`;

/** What a walk needs: not the finished items of loops, of which a cursor tells. */
export const JOURNAL_TO_WALK = `${JOURNAL_ROWS} where run_id = any ($1::uuid[]) and kind <> 'item' order by run_id, attempt`;

/** The finished items of one loop. $2 is its path. */
export const ITEMS_OF = `${JOURNAL_ROWS}
  where run_id = $1 and kind = 'item' and starts_with(path, $2 || '[') and strpos(substr(path, length($2) + 2), ']') = length(path) - length($2) - 1`;

/** One of them. $2 is its path. */
export const ITEM_OF = `${JOURNAL_ROWS} where run_id = $1 and path = $2 and kind = 'item'`;

/** Runs that are to be cancelled, and the runs that await them: all that a cancellation changes. */
const TO_CANCEL = `id = any ($1::uuid[]) or id in (select parent from runs where id = any ($1::uuid[]) and awaited)`;

/** For a transaction that cancels runs one by one, once their lanes are locked. */
export const LOCK_TO_CANCEL = `select id from runs where ${TO_CANCEL} order by id for update`;

/** cancel: an active run ends without its runner's consent; whatever that runner still writes is refused. Its lane moves on. */
export const CANCEL = `
  with ${locking('select lane from runs where id = any ($1::uuid[]) and lane is not null')}, held as (
    select id from runs where (${TO_CANCEL}) and ${LOCKED} order by id for update
  ), moved as (
    delete from runs where id = any (array(select id from held)) and id = any ($1::uuid[])
    returning id, event_id, flow_id, version, started_at, parent, awaited, awaited_by, rerun_of, dry, test, lane, turn
  ), kept as (
    insert into finished_runs (id, event_id, flow_id, version, status, started_at, finished_at, parent, rerun_of, dry, test)
    select id, event_id, flow_id, version, 'cancelled', started_at, now(), parent, rerun_of, dry, test from moved
  ), woken as (
    update runs r set woken = true, due_at = case when r.status = 'waiting' then now() else r.due_at end
    from moved where moved.awaited and r.id = moved.parent and r.id <> all ($1::uuid[])
  ), ${FREED}, ${HANDING_OVER}, handed_over as (${HANDED_OVER})
  select id, ${ring()}::text as rung, null::uuid as next, null::uuid as lane from moved
  union all select null, null, next, lane from handed_over`;

/** What a pause holds back: nothing while either its text or an operator pauses the flow. */
const RUNNABLE = 'enabled and not paused';

/**
 * release: at most $2 events of the flow $1 that were held while it was paused, the oldest. Who has a lane stands in line from then
 * on: lanes are handed over behind this, for this locks runs first.
 */
export const RELEASE_HELD = `
  update runs set status = case when lane is null then rate.status else 'behind' end,
    due_at = case when lane is null and rate.status = 'queued' then ${dueNow('flows.id')} end
  from flows cross join lateral (select ${turnStatus('flows.id')} as status) rate
  where runs.${lockedRuns(`status = 'held' and flow_id = $1 and exists (select from flows where id = $1 and ${RUNNABLE})`, 'limit $2')}
    and runs.status = 'held' and flows.id = runs.flow_id and ${RUNNABLE}`;

/** Flows that nothing pauses, of which events are held all the same: a release was cut off, or a front door did not know yet. */
export const FLOWS_TO_RELEASE = `
  select id from flows where ${RUNNABLE} and exists (select from runs where runs.flow_id = flows.id and runs.status = 'held')`;
