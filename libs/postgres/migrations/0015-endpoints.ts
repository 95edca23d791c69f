import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Shared endpoints that were made through the API. `definition` is what `endpoints.json` would say of one; the secret of
 * its credential is sealed with the credentials. Revisions come from one sequence: an endpoint that was removed and made
 * anew never has a revision that somebody still holds of the old one.
 */
export class Endpoints1764300000015 implements MigrationInterface {
  readonly name = 'Endpoints1764300000015';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create sequence endpoint_revision as int;

      create table endpoints (
        name text primary key,
        definition json not null,
        revision int not null default nextval('endpoint_revision'),
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now()
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table endpoints; drop sequence endpoint_revision;');
  }
}
