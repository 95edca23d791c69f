import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Lists say what was passed over in a run and what it waits for. Few rows of a journal tell that; without an index of them, all
 * the items of every loop on the page would be read.
 */
export class ToldRows1764700000050 implements MigrationInterface {
  readonly name = 'ToldRows1764700000050';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create index journal_told on journal (run_id) where status in ('failed', 'waiting', 'retrying')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index journal_told');
  }
}
