import { lockedRuns } from './lock-order.js';

/** The rate of a version that goes live. A new one counts at once; what began before counts towards it. */
export const SET_RATE = `
  insert into flow_rates as f (flow_id, most, per_ms, state) values ($1, $2::int, $3::bigint, $4)
  on conflict (flow_id) do update set most = excluded.most, per_ms = excluded.per_ms, open_at = now()
  where (f.most, f.per_ms) <> (excluded.most, excluded.per_ms)`;

/** The flow has no rate any more. What waits for it is due (FREE_PACED). */
export const END_RATE = 'delete from flow_rates where flow_id = $1';

const NO_RATE = (flow: string): string => `not exists (select from flow_rates where flow_id = ${flow})`;

/** At most $2 runs of the flow $1, the oldest, that wait for a rate which the flow has no more. */
export const FREE_PACED = `
  update runs set status = 'queued', due_at = now()
  where ${lockedRuns(`status = 'paced' and flow_id = $1 and ${NO_RATE('$1')}`, 'limit $2')} and status = 'paced'`;

/** Flows without a rate of which runs wait for one: it has just ended, or a process did not know yet. */
export const FLOWS_TO_FREE = `
  select id from flows where ${NO_RATE('flows.id')} and exists (select from runs where runs.flow_id = flows.id and runs.status = 'paced')`;

/** Flows whose runs wait for their rate, and in how many milliseconds there may be room. */
export const PACED_FLOWS = `
  select f.flow_id, greatest(0, extract(epoch from f.open_at - now()) * 1000)::float8 as wait_ms from flow_rates f
  where exists (select from runs r where r.flow_id = f.flow_id and r.status = 'paced') order by f.open_at`;

/** No row when another runner is at it. By the database's clock, which all share, once the row is locked. */
export const LOCK_RATE = `
  select most, per_ms::float8 as per_ms, state, (extract(epoch from clock_timestamp()) * 1000)::float8 as now
  from flow_rates where flow_id = $1 for update skip locked`;

export const KEEP_RATE = `
  update flow_rates set state = $2, open_at = clock_timestamp() + make_interval(secs => $3::float8 / 1000) where flow_id = $1`;

/** Whether the rate of a flow holds the runs \`flow\` back once nothing else does, as a status. */
export const turnStatus = (flow: string): string =>
  `case when exists (select from flow_rates f where f.flow_id = ${flow}) then 'paced' else 'queued' end`;

/** What a run waits for: the rate of its flow, and how many are before it. */
export const PACE = `
  select f.most, f.per_ms::float8 as per_ms, (select count(*)::int from runs b where b.flow_id = r.flow_id and b.status = 'paced' and b.id < r.id) as before
  from runs r join flow_rates f on f.flow_id = r.flow_id where r.id = $1 and r.status = 'paced'`;
