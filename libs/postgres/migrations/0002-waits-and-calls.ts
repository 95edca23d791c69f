import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Runs that wait for other runs and for requests; runs that flows, schedules and people start. */
export class WaitsAndCalls1763710000000 implements MigrationInterface {
  readonly name = 'WaitsAndCalls1763710000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table journal drop constraint journal_status_check;
      alter table journal add constraint journal_status_check
        check (status in ('started', 'waiting', 'succeeded', 'skipped', 'retrying', 'failed'));

      -- parent: the run whose \`call\` step started this one. awaited: its output is kept and its end wakes the parent.
      alter table runs add column parent uuid, add column awaited boolean not null default false,
        add column depth int not null default 0, add column woken boolean not null default false;
      alter table finished_runs add column parent uuid, add column output bytea;

      -- Requests that came to resume URLs; the first one for a step counts.
      create table resumptions (
        run_id uuid not null,
        path text not null,
        received_at timestamptz not null,
        request bytea not null,
        body bytea not null,
        primary key (run_id, path)
      );

      -- What all processes of an instance must share and nobody else may know.
      create table instance_secrets (
        name text primary key,
        value bytea not null,
        created_at timestamptz not null default now()
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table instance_secrets, resumptions;
      alter table finished_runs drop column parent, drop column output;
      alter table runs drop column parent, drop column awaited, drop column depth, drop column woken;
      delete from journal where status = 'waiting';
      alter table journal drop constraint journal_status_check;
      alter table journal add constraint journal_status_check
        check (status in ('started', 'succeeded', 'skipped', 'retrying', 'failed'));
    `);
  }
}
