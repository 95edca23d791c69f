import { FREED, HANDED_OVER, HANDING_OVER, LOCKED, locking } from './lanes.js';
import { ring } from './ring.js';

/**
 * One shape for every transition that writes journal rows: first the compare-and-set on (runner, claim) that moves
 * the run, then the rows of the runs that moved. $1 blob, $2 to $8 one element per run, $9 to $17 one per journal row.
 */
const MOVES = `
  select * from unnest($2::uuid[], $3::uuid[], $4::int[], $5::float8[], $6::text[], $7::int[], $8::int[])
    as t (id, runner, claim, at, status, error_at, error_len)`;

const ROWS = `
  insert into journal (run_id, path, attempt, status, kind, started_at, finished_at, data)
  select r.run_id, r.path, r.attempt, r.status, r.kind, to_timestamp(r.started_at / 1000), to_timestamp(r.finished_at / 1000),
    substring($1::bytea from r.data_at for r.data_len)
  from unnest($9::uuid[], $10::text[], $11::int[], $12::text[], $13::text[], $14::float8[], $15::float8[], $16::int[], $17::int[])
    as r (run_id, path, attempt, status, kind, started_at, finished_at, data_at, data_len)
  join moved on moved.id = r.run_id
  on conflict (run_id, path, attempt) do update set
    status = excluded.status, kind = excluded.kind, finished_at = excluded.finished_at, data = excluded.data`;

/** $18 to $20, one element per row that goes. A statement of its own kind, for most commits drop nothing. */
const DROPS = `, gone as (
    delete from journal j using unnest($18::uuid[], $19::text[], $20::int[]) as d (run_id, path, attempt), moved
    where moved.id = d.run_id and j.run_id = d.run_id and j.path = d.path and j.attempt = d.attempt
  )`;

const STILL_OURS = `r.id = m.id and r.runner = m.runner and r.claim = m.claim`;

/** record: the run stays where it is, its journal grows. */
const record = (drops: string): string => `
  with moves as (${MOVES}), moved as (
    update runs r set journal_rows = r.journal_rows + 1 from moves m where ${STILL_OURS} returning r.id
  ), rows as (${ROWS}
  )${drops}
  select id from moved`;

/** record of a `respond` step, for which a caller may wait. $21 is this process. */
const RECORD_AWAITED = `
  with moves as (${MOVES}), moved as (
    update runs r set journal_rows = r.journal_rows + 1 from moves m where ${STILL_OURS} returning r.id, r.awaited_by, r.answer_from
  ), rows as (${ROWS}
  )${DROPS}
  select id, case when answer_from = 'step' then ${ring('$21')} end from moved`;

/** suspend: the run gives up its slot until \`at\`; one that was woken since its claim is due at once. */
const suspend = (drops: string): string => `
  with moves as (${MOVES}), moved as (
    update runs r set status = 'waiting', runner = null, journal_rows = r.journal_rows + 1, crashes = 0,
      due_at = case when r.woken then now() else to_timestamp(m.at / 1000) end, woken = false
    from moves m where ${STILL_OURS} returning r.id
  ), rows as (${ROWS}
  )${drops}
  select id from moved`;

/** finish: the run leaves the hot table; its last rows and its end are one commit. */
const finish = (drops: string): string => `
  with moves as (${MOVES}), moved as (
    delete from runs r using moves m where ${STILL_OURS}
    returning r.id, r.event_id, r.flow_id, r.version, r.started_at, r.parent, r.rerun_of, r.dry, r.test, m.at, m.status, m.error_at, m.error_len
  ), kept as (
    insert into finished_runs (id, event_id, flow_id, version, status, started_at, finished_at, error, parent, rerun_of, dry, test)
    select id, event_id, flow_id, version, status, started_at, to_timestamp(at / 1000),
      case when error_len > 0 then substring($1::bytea from error_at for error_len) end, parent, rerun_of, dry, test
    from moved
  ), rows as (${ROWS}
  )${drops}
  select id from moved`;

/** Of a row of `moved`: a run has called it and waits for its end, which is told of the failure and has to deal with it. */
const HAS_CALLER = 'parent is not null and awaited';

/** A run that failed tells of it in the same commit, unless it has a caller to tell; see sql/outbox.ts. */
const TELL_OF_FAILURES = `, told as (
    insert into outbox (name, flow_id, run_id, depth, data)
    select 'flow.failed', flow_id, id, depth + 1, case when error_len > 0 then substring($1::bytea from error_at for error_len) else 'null' end
    from moved where status = 'failed' and not dry and not test and not (${HAS_CALLER}) order by id
  )`;

/**
 * finish of runs that somebody awaits: the output is kept ($21, $22), unless the caller waits for a step only, the parent is
 * woken and the process of the caller rung. $23 is this process. Parents are locked in the order of
 * their ids, so that two commits cannot deadlock; a parent that ends in this very statement needs no waking.
 */
const finishAwaited = ({ lock, guard, columns, more, answer }: Finishing): string => `
  with moves as (${MOVES}), outputs as (
    select * from unnest($2::uuid[], $21::int[], $22::int[]) as o (id, output_at, output_len)
  )${lock}, moved as (
    delete from runs r using moves m where ${STILL_OURS}${guard}
    returning r.id, r.event_id, r.flow_id, r.version, r.started_at, r.parent, r.awaited, r.awaited_by, r.answer_from, r.rerun_of, r.dry, r.test, r.depth,
      m.at, m.status, m.error_at, m.error_len${columns}
  ), kept as (
    insert into finished_runs (id, event_id, flow_id, version, status, started_at, finished_at, error, parent, rerun_of, dry, test, resolution, output)
    select id, event_id, flow_id, version, status, started_at, to_timestamp(at / 1000),
      case when error_len > 0 then substring($1::bytea from error_at for error_len) end, parent, rerun_of, dry, test,
      case when status = 'failed' and ${HAS_CALLER} then 'caller' end,
      case when output_len > 0 and answer_from is distinct from 'step' then substring($1::bytea from output_at for output_len) end
    from moved join outputs using (id)
  ), parents as (
    select r.id from runs r where r.id = any (array(select parent from moved where awaited)) and r.id <> all ($2::uuid[])
    order by r.id for update
  ), woken as (
    update runs r set woken = true, due_at = case when r.status = 'waiting' then now() else r.due_at end
    from parents where r.id = parents.id
  ), rows as (${ROWS}
  )${DROPS}${more}
  ${answer}`;

/** What a kind of end has of its own: around the compare-and-set, and behind it. */
interface Finishing {
  readonly lock: string;
  readonly guard: string;
  readonly columns: string;
  readonly more: string;
  readonly answer: string;
}

const AWAITED: Finishing = { lock: '', guard: '', columns: '', more: '', answer: `select id, ${ring('$23')} from moved` };
const FAILED: Finishing = { ...AWAITED, more: TELL_OF_FAILURES };

/** The end of runs that have lanes: the next in line have their turn by the same commit. */
const LANED: Finishing = {
  lock: `, ${locking(`select r.lane from runs r join moves m on ${STILL_OURS} where r.lane is not null`)}`,
  guard: ` and ${LOCKED}`,
  columns: ', r.lane, r.turn',
  more: `${TELL_OF_FAILURES}, ${FREED}, ${HANDING_OVER}, handed_over as (${HANDED_OVER})`,
  answer: `select id, ${ring('$23')}::text as rung, null::uuid as next, null::uuid as lane from moved
  union all select null, null, next, lane from handed_over`,
};

export interface TransitionTexts {
  readonly plain: string;
  readonly dropping: string;
}

export const RECORD: TransitionTexts & { readonly awaited: string } = {
  plain: record(''),
  dropping: record(DROPS),
  awaited: RECORD_AWAITED,
};
export const SUSPEND: TransitionTexts = { plain: suspend(''), dropping: suspend(DROPS) };
export const FINISH: TransitionTexts & { readonly awaited: string; readonly failed: string; readonly laned: string } = {
  plain: finish(''),
  dropping: finish(DROPS),
  awaited: finishAwaited(AWAITED),
  failed: finishAwaited(FAILED),
  laned: finishAwaited(LANED),
};
