import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The uses of credentials that have a rate: a row for each, which says what all processes have to know. */
export class CredentialRates1764200000013 implements MigrationInterface {
  readonly name = 'CredentialRates1764200000013';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table credential_rates (
        name text primary key,
        state json not null
      ) with (fillfactor = 50)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table credential_rates');
  }
}
