import { isDead } from './dead.js';

/**
 * Which rows `p` of a partition outlast it. Collected events need their run; active runs need their event and their journal, dead letters
 * need themselves, their event and their journal, and a run that called another one needs its outcome.
 */
export const NEEDED = {
  events: `p.id in (select event_id from runs union all select f.event_id from finished_runs f where ${isDead('f')}
    union all select event_id from collected where run_id is null)`,
  finished_runs: `((${isDead('p')}) or p.parent in (select id from runs))`,
  journal: `p.run_id in (select id from runs union all select f.id from finished_runs f where ${isDead('f')})`,
} as const;

/** The attached partitions of these tables. */
export const PARTITIONS = `
  select p.relname as parent, c.relname as name from pg_inherits i
  join pg_class p on p.oid = i.inhparent join pg_class c on c.oid = i.inhrelid
  where p.relname = any ($1::text[]) and p.relnamespace = current_schema()::regnamespace order by c.relname`;

/** Runs that are still active although they began within these ids: what they write next belongs there too. */
export const ACTIVE_WITHIN = `select id, journal_rows from runs where id >= $1::uuid and id < $2::uuid`;

/** Of the runs that were active at the copy ($1, $2), those that wrote or ended since. */
export const CHANGED = `
  select b.id from unnest($1::uuid[], $2::int[]) as b (id, journal_rows)
  left join runs r on r.id = b.id where r.id is null or r.journal_rows <> b.journal_rows`;

interface CatchUp {
  readonly text: string;
  /** What its parameters are. */
  readonly takes: 'changed' | 'bounds' | 'nothing';
}

/** What brings a copy up to date, once nobody can write to the partition that it was made of. */
export const CATCH_UP: Readonly<Record<keyof typeof NEEDED, (from: string, copy: string) => readonly CatchUp[]>> = {
  events: (from, copy) => [
    {
      text: `insert into ${copy} select p.* from ${from} p where p.id in (
        select event_id from runs where event_id >= $1::uuid and event_id < $2::uuid
        union select f.event_id from finished_runs f where ${isDead('f')} and f.event_id >= $1::uuid and f.event_id < $2::uuid
        union select event_id from collected where run_id is null and event_id >= $1::uuid and event_id < $2::uuid
      ) on conflict do nothing`,
      takes: 'bounds',
    },
  ],
  finished_runs: (from, copy) => [
    {
      text: `insert into ${copy} select p.* from ${from} p where p.id = any ($1::uuid[]) and ${NEEDED.finished_runs} on conflict do nothing`,
      takes: 'changed',
    },
    {
      text: `update ${copy} k set resolution = p.resolution, resolution_reason = p.resolution_reason, resolved_at = p.resolved_at, resolved_by = p.resolved_by
        from ${from} p where p.id = k.id and p.resolution is distinct from k.resolution`,
      takes: 'nothing',
    },
  ],
  journal: (from, copy) => [
    { text: `delete from ${copy} where run_id = any ($1::uuid[])`, takes: 'changed' },
    { text: `insert into ${copy} select p.* from ${from} p where p.run_id = any ($1::uuid[]) and ${NEEDED.journal}`, takes: 'changed' },
  ],
};
