import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a pause holds is found by its flow. */
export class HeldRuns1764500000044 implements MigrationInterface {
  readonly name = 'HeldRuns1764500000044';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create index runs_held on runs (flow_id, id) where status = 'held'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index runs_held');
  }
}
