/** Those of $1 that have an answer: they ended, or answered a caller who waits for a step. */
export const ANSWERED = `
  select w.id from unnest($1::uuid[]) as w (id)
  where exists (select from finished_runs f where f.id = w.id)
    or exists (
      select from runs r join journal j on j.run_id = r.id
      where r.id = w.id and r.answer_from = 'step' and j.kind = 'respond' and j.status = 'succeeded'
    )`;

/** What is known of one run: it is active or has ended, and what its respond step said. No row: it is not kept any more. */
export const ANSWER = `
  select k.event_id, k.status, k.answer_from, k.output, k.ended, j.data as response
  from (
    select event_id, case when status in ('behind', 'paced') then 'queued' else status end as status, answer_from, null::bytea as output, false as ended from runs where id = $1
    union all
    select event_id, status, null, output, true from finished_runs where id = $1
  ) as k
  left join lateral (
    select data from journal where run_id = $1 and kind = 'respond' and status = 'succeeded' limit 1
  ) as j on true`;
