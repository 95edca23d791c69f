import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Credentials with sealed secrets, and when each credential, sealed or not, was last used. `definition` is the public
 * part; `sealed` an envelope that only the key opens.
 */
export class SealedCredentials1763700600000 implements MigrationInterface {
  readonly name = 'SealedCredentials1763700600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create sequence sealed_revision;

      create table sealed_credentials (
        name text primary key,
        definition json not null,
        sealed text not null,
        revision bigint not null default nextval('sealed_revision'),
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now()
      );

      create table credential_uses (
        name text primary key,
        succeeded_at timestamptz,
        failed_at timestamptz,
        failure_code text,
        failure_reason text
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table credential_uses, sealed_credentials; drop sequence sealed_revision;');
  }
}
