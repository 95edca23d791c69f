import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Runs that people start again, and what became of the ones that failed. */
export class Operators1763770000000 implements MigrationInterface {
  readonly name = 'Operators1763770000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- rerun_of: the run that this one repeats. dry: a rehearsal, whose components answer without acting.
      alter table runs add column rerun_of uuid, add column dry boolean not null default false;
      alter table finished_runs add column rerun_of uuid, add column dry boolean not null default false;

      -- A failed run is a dead letter until somebody re-runs or discards it.
      alter table finished_runs
        add column resolution text check (resolution in ('rerun', 'discarded')),
        add column resolution_reason text, add column resolved_at timestamptz, add column resolved_by uuid;
      create index finished_runs_dead on finished_runs (id) where status = 'failed' and resolution is null and not dry;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index finished_runs_dead;
      alter table finished_runs drop column resolution, drop column resolution_reason, drop column resolved_at, drop column resolved_by;
      alter table finished_runs drop column rerun_of, drop column dry;
      alter table runs drop column rerun_of, drop column dry;
    `);
  }
}
