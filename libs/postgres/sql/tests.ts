/** A run that is a test: of no version, due at once, also while its flow is paused. */
export const INSERT_TEST_RUN = `
  insert into runs (id, event_id, flow_id, version, status, due_at, test, journal_rows)
  values ($1::uuid, $2::uuid, $3, 0, 'queued', now(), true, $4::int)`;

export const INSERT_TEST = `
  insert into tests (run_id, flow_id, text, step, path, partly) values ($1::uuid, $2, $3, $4, $5, $6::text[])`;

export const FIND_TESTS = `
  select run_id as "runId", flow_id as "flowId", text, step, path, partly, created_at as "createdAt" from tests where run_id = any ($1::uuid[])`;

/** Tests whose runs are history that was dropped. The newest ones are left alone: their runs may not be visible yet. */
export const TRIM_TESTS = `
  delete from tests t where created_at < now() - interval '1 hour'
    and not exists (select from runs r where r.id = t.run_id) and not exists (select from finished_runs f where f.id = t.run_id)`;

export const LIST_PINS = `select step, output, pinned_at as "pinnedAt" from pins where flow_id = $1 order by step`;

export const PIN = `
  insert into pins (flow_id, step, output) values ($1, $2, $3)
  on conflict (flow_id, step) do update set output = excluded.output, pinned_at = now() returning pinned_at as "pinnedAt"`;

export const UNPIN = `delete from pins where flow_id = $1 and step = $2`;

/** Under another step, which keeps its own where it has one. */
export const MOVE_PIN = `
  update pins set step = $3 where flow_id = $1 and step = $2 and not exists (select from pins where flow_id = $1 and step = $3)`;

/** How many steps of a flow are pinned beside this one. */
export const COUNT_PINS = `select count(*)::int as count from pins where flow_id = $1 and step <> $2`;
