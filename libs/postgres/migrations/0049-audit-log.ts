import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What people and scripts changed, and who it was. */
export class AuditLog1764800000049 implements MigrationInterface {
  readonly name = 'AuditLog1764800000049';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- id begins with its time. subject: of what the action is, such as the id of a flow. person: as they call themselves.
      create table audit_log (
        id uuid primary key,
        action text not null,
        subject text,
        details jsonb not null,
        via text not null check (via in ('studio', 'api', 'command-line', 'folder')),
        person text,
        address text
      );
      create index audit_log_subject on audit_log (subject, id desc);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table audit_log');
  }
}
