import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the page of health says of the present, kept for as long as a trend is looked at. */
export class HealthSamples1764600000045 implements MigrationInterface {
  readonly name = 'HealthSamples1764600000045';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- A row for each ten minutes in which a runner was up. at: when they began. Durations in milliseconds.
      create table health_samples (
        at timestamptz primary key,
        queued int not null,
        oldest_ms float8,
        p95_ms float8,
        retries int not null,
        database_bytes float8 not null
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table health_samples');
  }
}
