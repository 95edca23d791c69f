import { ring } from './ring.js';

/** What a claim hands to its runner: the run and its event. */
const CLAIMED = `
  select c.id, c.event_id, c.flow_id, c.version, c.claim, c.crashes, c.journal_rows, c.depth, c.awaited, c.dry,
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

/** cancel: an active run ends without its runner's consent; whatever that runner still writes is refused. */
export const CANCEL = `
  with moved as (
    delete from runs where id = any ($1::uuid[]) returning id, event_id, flow_id, version, started_at, parent, awaited, awaited_by, rerun_of, dry
  ), kept as (
    insert into finished_runs (id, event_id, flow_id, version, status, started_at, finished_at, parent, rerun_of, dry)
    select id, event_id, flow_id, version, 'cancelled', started_at, now(), parent, rerun_of, dry from moved
  ), woken as (
    update runs r set woken = true, due_at = case when r.status = 'waiting' then now() else r.due_at end
    from moved where moved.awaited and r.id = moved.parent and r.id <> all ($1::uuid[])
  )
  select id, ${ring()} from moved`;

const RUNS_AGAIN = `
  update runs set status = 'queued', due_at = now() from flows
  where runs.status = 'held' and flows.id = runs.flow_id and flows.enabled and not flows.paused`;

/** release: events of one flow that were held while it was paused, by its text or by an operator; nothing while either holds. */
export const RELEASE_HELD = `${RUNS_AGAIN} and flows.id = $1`;

/** release: events that a front door held because it did not know yet that their flow runs again. */
export const RELEASE_LATE_HELD = RUNS_AGAIN;
