import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Drafts, an operator's pause beside what the text says, and where a version came from. Revisions of drafts come from
 * one sequence: a draft that was deleted and begun anew never has a revision that somebody still holds of the old one.
 * A draft refers to no flow: its flow may not exist yet.
 */
export class Drafts1764000000004 implements MigrationInterface {
  readonly name = 'Drafts1764000000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create sequence draft_revision as int;

      create table drafts (
        flow_id text primary key,
        text text not null,
        base_version int not null,
        base_hash text not null,
        revision int not null default nextval('draft_revision'),
        updated_at timestamptz not null default now()
      );

      alter table flows add column paused boolean not null default false;
      alter table flow_versions
        add column origin text not null default 'folder' check (origin in ('folder', 'draft', 'deploy', 'rollback')),
        add column restored int;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table flow_versions drop column restored, drop column origin;
      alter table flows drop column paused;
      drop table drafts;
      drop sequence draft_revision;
    `);
  }
}
