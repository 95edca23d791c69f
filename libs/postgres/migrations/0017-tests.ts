import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Tests of drafts: runs that count for nothing but themselves, what each of them tests, and the samples that tests take in place of
 * doing a step. A test has no version: its text is here, as it was when it began.
 */
export class Tests1764000000017 implements MigrationInterface {
  readonly name = 'Tests1764000000017';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table runs add column test boolean not null default false;
      alter table finished_runs add column test boolean not null default false;

      -- step: null for the whole flow. partly: ids of steps of which only a part is done.
      create table tests (
        run_id uuid primary key,
        flow_id text not null,
        text text not null,
        step text,
        path text,
        partly text[] not null default '{}',
        created_at timestamptz not null default now()
      );

      create table pins (
        flow_id text not null,
        step text not null,
        output bytea not null,
        pinned_at timestamptz not null default now(),
        primary key (flow_id, step)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table pins, tests;
      delete from runs where test;
      delete from finished_runs where test;
      alter table finished_runs drop column test;
      alter table runs drop column test;
    `);
  }
}
